import { createHmac, randomBytes } from 'node:crypto';
import { MeshliftError } from '@meshlift/protocol';
import type { Subscription } from './bus.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import { type Directory, LEASE_MS } from './directory.ts';
import { type Kind, namesRecordSchema } from './records.ts';
import type { Seal } from './seal.ts';
import { Serial } from './serial.ts';
import type { Store } from './store.ts';

const SECRET_BYTES = 32;
const NAME_BYTES = 16;
const MAX_RACES = 8;
const PURPOSE = 'names';

export interface NamesOptions {
  store: Store;
  seal: Seal;
  directory: Directory;
  log: ClusterLog;
  /**
   * How long to wait for somebody who knows the secret when it is not stored: the engine may just have come back empty.
   *
   * @default as long as a lease; a process that is alone need not wait
   */
  waitMs?: number;
  /** @default the system's monotonic clock */
  clock?: Clock;
}

/**
 * What streams and rooms are called where others may read it: HMACs under a secret that the cluster's processes share.
 * Nobody without it can find out what a name stands for, not even by trying.
 *
 * The secret is not derived from the cluster key, or things would change their names while the key is rotated, with two
 * owners for a while. It is random, and stored once for each key, sealed with it: processes with one, the other or both
 * keys read the same secret. When the engine comes back empty, whoever knows it puts it back.
 */
export class Names {
  readonly #store: Store;
  readonly #seals: readonly Seal[];
  readonly #directory: Directory;
  readonly #log: ClusterLog;
  readonly #serial = new Serial();
  readonly #subscriptions: Subscription[] = [];
  #secret: Buffer;

  private constructor({ store, seal, directory, log }: NamesOptions, secret: Buffer) {
    this.#store = store;
    this.#seals = seal.each();
    this.#directory = directory;
    this.#log = log;
    this.#secret = secret;
  }

  /**
   * Reads the secret, or makes it if this is the first process.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  static async join(options: NamesOptions): Promise<Names> {
    const { store, clock = systemClock, waitMs = LEASE_MS } = options;
    const names = new Names(options, randomBytes(SECRET_BYTES));
    if (!(await names.#isStored()) && waitMs > 0) await names.#appears(clock, waitMs);
    await names.#agree({ mine: false });
    names.#subscriptions.push(
      await store.watch('cluster', 'changes', () => names.#agreeSoon()),
      store.onConnection((connected) => {
        if (connected) names.#agreeSoon();
      }),
    );
    return names;
  }

  /** The name of something, 22 characters: of what a `Directory` knows, or of a key that it must not know. */
  nameOf(kind: Kind | 'keys', id: string): string {
    const digest = createHmac('sha256', this.#secret).update(`${kind}\0${id}`).digest();
    return digest.subarray(0, NAME_BYTES).toString('base64url');
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.close();
  }

  async #isStored(): Promise<boolean> {
    const stored = await Promise.all(this.#seals.map((seal) => this.#read(seal)));
    return stored.some(({ secret }) => secret !== undefined);
  }

  async #appears(clock: Clock, waitMs: number): Promise<void> {
    const appeared = Promise.withResolvers<void>();
    const cancel = clock.after(waitMs, appeared.resolve);
    const watching = await this.#store.watch('cluster', 'current', () => {
      this.#isStored().then(
        (stored) => stored && appeared.resolve(),
        () => {},
      );
    });
    await appeared.promise;
    cancel();
    watching.close();
  }

  /** What fails in here is tried again with the next connection. */
  #agreeSoon(): void {
    this.#agree({ mine: true }).catch((error) => {
      if (MeshliftError.from(error).code === 'INTERNAL') this.#log.error(error as Error);
    });
  }

  /**
   * Brings this process and what is stored to one secret. Of several the smallest is taken, so that processes that made
   * one each come to the same.
   *
   * @param options `mine`: whether things have been named with the secret of this process
   */
  async #agree({ mine }: { mine: boolean }): Promise<void> {
    await this.#serial.run('', async () => {
      for (let race = 0; race < MAX_RACES; race++) {
        const stored = await Promise.all(
          this.#seals.map(async (seal) => ({ seal, ...(await this.#read(seal)) })),
        );
        const secrets = stored.flatMap(({ secret }) => secret ?? []);
        const [smallest = this.#secret] = (mine ? [...secrets, this.#secret] : secrets).sort(Buffer.compare);
        const wrong = stored.filter(({ secret }) => !secret?.equals(smallest));
        const written = await Promise.all(
          wrong.map(({ seal, revision }) => this.#write(seal, smallest, revision)),
        );
        if (!written.every(Boolean)) continue;
        await this.#take(smallest, mine);
        return;
      }
      throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    });
  }

  async #take(secret: Buffer, mine: boolean): Promise<void> {
    if (secret.equals(this.#secret)) return;
    this.#secret = secret;
    if (!mine) return;
    this.#log.warn(
      'The cluster has lost what it had stored and made a new secret; what this server owned is claimed anew',
    );
    await this.#directory.abandon();
  }

  /** What is stored under one key. Its seal shows whose it is; anything else counts as missing. */
  async #read(seal: Seal): Promise<{ secret?: Buffer; revision?: number }> {
    const entry = await this.#store.get('cluster', keyOf(seal));
    if (!entry) return {};
    const { revision } = entry;
    const record = namesRecordSchema.safeParse(entry.value);
    const opened = record.success ? seal.open(PURPOSE, record.data.sealed) : undefined;
    const secret = Buffer.from(typeof opened === 'string' ? opened : '', 'base64url');
    return secret.length === SECRET_BYTES ? { secret, revision } : { revision };
  }

  /** @returns false if somebody else wrote first */
  async #write(seal: Seal, secret: Buffer, after: number | undefined): Promise<boolean> {
    const record = namesRecordSchema.parse({ sealed: seal.seal(PURPOSE, secret.toString('base64url')) });
    return (await this.#store.write('cluster', keyOf(seal), record, { after })) !== undefined;
  }
}

function keyOf(seal: Seal): string {
  return `names-${seal.fingerprint}`;
}
