import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { NatsProcess } from '@meshlift/cluster/testing/nats';
import { z } from 'zod';
import { createProcessGroup } from '../machine/create-process-group.ts';
import { freePort } from '../machine/free-port.ts';
import type { ProcessGroup } from '../machine/process-group.ts';
import type { Clip } from '../peers/clip.ts';
import { Publisher } from '../peers/publisher.ts';
import { Audience } from './audience.ts';
import { Member, type MemberOptions } from './member.ts';

const createdSchema = z.object({ streamId: z.string(), publishKey: z.string() });

/** What NATS tells of itself, as far as it is of use here. */
const monitorSchema = z.object({ in_msgs: z.number() });

const LOOK_EVERY_MS = 50;

export interface Stream {
  readonly streamId: string;
  readonly publishKey: string;
}

/** Several servers with their NATS, as processes of this machine. Whatever is started by it ends with it. */
export class ClusterUnderTest {
  readonly nats: NatsProcess;
  readonly #monitor: number | undefined;
  readonly #env: Record<string, string>;
  readonly #group: ProcessGroup;
  readonly #members = new Set<Member>();
  readonly #helpers: { stop(): Promise<void> }[] = [];

  /**
   * @param options.natsHost the address that NATS listens on, where members reach it by another than the loopback
   * @param options.counted whether NATS counts its messages
   */
  static async start({
    natsHost,
    counted = false,
  }: {
    natsHost?: string;
    counted?: boolean;
  } = {}): Promise<ClusterUnderTest> {
    const monitor = counted ? await freePort('tcp') : undefined;
    const nats = await NatsProcess.launch({
      ...(natsHost !== undefined && { host: natsHost }),
      ...(monitor !== undefined && { args: ['-m', String(monitor)] }),
    });
    return new ClusterUnderTest(nats, monitor);
  }

  private constructor(nats: NatsProcess, monitor: number | undefined) {
    this.nats = nats;
    this.#monitor = monitor;
    this.#group = createProcessGroup('cluster');
    this.#env = {
      MESHLIFT_CLUSTER_URL: nats.url,
      MESHLIFT_CLUSTER_KEY: randomBytes(32).toString('base64url'),
    };
  }

  /** Starts a server; resolves when all others know it. */
  async add(
    role: MemberOptions['role'],
    region: string,
    options: Partial<Pick<MemberOptions, 'env' | 'within'>> = {},
  ): Promise<Member> {
    const env = { ...this.#env, ...options.env };
    const member = await Member.start({ ...options, role, region, group: this.#group, env });
    this.#members.add(member);
    await this.agree();
    return member;
  }

  /** Resolves when every process counts as many others as there are. */
  async agree(): Promise<void> {
    await until(async () => {
      const counts = await Promise.all([...this.#members].map((one) => one.metric('meshlift_cluster_nodes')));
      return counts.every((count) => count === this.#members.size);
    });
  }

  /** Forgets a process that has been killed. */
  async kill(member: Member): Promise<void> {
    this.#members.delete(member);
    await member.kill();
  }

  /** How many messages NATS has got so far, where it counts them. */
  async messages(): Promise<number> {
    const told = await fetch(`http://127.0.0.1:${this.#monitor}/varz`);
    return monitorSchema.parse(await told.json()).in_msgs;
  }

  async createStream(door: Member): Promise<Stream> {
    const created = await fetch(`${door.url}/api/streams`, { method: 'POST' });
    return createdSchema.parse(await created.json());
  }

  async publish(door: Member, { streamId, publishKey: key }: Stream, clip: Clip): Promise<Publisher> {
    const url = `${door.url}/whip/${streamId}`;
    return this.#keep(await Publisher.start({ kind: 'whip', url, key }, { clip }));
  }

  async audience(): Promise<Audience> {
    return this.#keep(await Audience.start());
  }

  async stop(): Promise<void> {
    for (const helper of this.#helpers.reverse()) await helper.stop();
    await Promise.all([...this.#members].map((member) => member.kill()));
    await this.nats.end();
    await this.#group.close();
  }

  #keep<T extends { stop(): Promise<void> }>(helper: T): T {
    this.#helpers.push(helper);
    return helper;
  }
}

/** Looks again and again until something is so. @throws Error when it is not in time */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  { withinMs = 20_000, what = 'what was waited for' }: { withinMs?: number; what?: string } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`${what} has not come about in ${withinMs / 1_000} s`);
    await wait(LOOK_EVERY_MS);
  }
}
