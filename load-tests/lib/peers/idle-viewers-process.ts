import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import { serveTasks } from '../machine/child.ts';
import { AwaitedStream } from './awaited-stream.ts';
import { IdleViewer } from './idle-viewer.ts';

/** How many requests of one connection the server takes in a second, with some to spare. */
const REQUESTS_PER_SECOND = 18;

/** How some work went that was done as fast as the server answered. */
export interface Answered {
  /** How long each answer took, in ms. */
  ms: number[];
  /** What went wrong, once for each time. */
  failures: string[];
  seconds: number;
  /** How much of one core this process has used, from 0 to 1. */
  utilisation: number;
}

const viewers: IdleViewer[] = [];
/** What has gone wrong outside any request. */
let broken: string[] = [];
let stream: AwaitedStream | undefined;
let made = 0;

const tasks = {
  /** Lets viewers in, so many at a time. Their answer is complete when they may wait for the stream. */
  async join(server: string, count: number, atOnce: number): Promise<Answered> {
    stream ??= await AwaitedStream.offer(server);
    const { streamId } = stream;
    const limit = pLimit(atOnce);
    return watched((answer) =>
      Promise.all(
        Array.from({ length: count }, () =>
          limit(() =>
            answer(async () => {
              const address = addressOf(made++);
              viewers.push(await IdleViewer.join({ server, streamId }, address, (why) => broken.push(why)));
            }),
          ),
        ),
      ),
    );
  },

  /** Each asks in its turn, so many at a time, and none more often than the server lets it. */
  async ask(seconds: number, atOnce: number): Promise<Answered> {
    const startedAt = performance.now();
    const over = () => performance.now() - startedAt >= seconds * 1_000;
    let turn = 0;
    return watched((answer) =>
      Promise.all(
        Array.from({ length: atOnce }, async () => {
          while (!over()) {
            const viewer = viewers[turn % viewers.length];
            const due = startedAt + (Math.floor(turn / viewers.length) * 1_000) / REQUESTS_PER_SECOND;
            turn += 1;
            const early = due - performance.now();
            if (early > 0) await wait(early);
            await answer(async () => viewer?.ask());
          }
        }),
      ),
    );
  },

  async leave(): Promise<void> {
    const limit = pLimit(50);
    await Promise.all(viewers.splice(0).map((viewer) => limit(() => viewer.leave())));
  },

  /** What has gone wrong since this was asked the last time, beside what was asked for. */
  takeBroken(): string[] {
    const taken = broken;
    broken = [];
    return taken;
  },
};

export type IdleViewersTasks = typeof tasks;

/** Times each answer, and the whole. */
async function watched(
  work: (answer: (request: () => Promise<void>) => Promise<void>) => Promise<unknown>,
): Promise<Answered> {
  const ms: number[] = [];
  const failures: string[] = [];
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await work(async (request) => {
    const askedAt = performance.now();
    try {
      await request();
      ms.push(performance.now() - askedAt);
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  });
  const took = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ms, failures, seconds: took / 1_000, utilisation: (user + system) / 1_000 / took };
}

/** An address for each, of those that are set aside for measurements (RFC 2544): 198.18.0.0/15. */
function addressOf(index: number): string {
  return `198.${18 + ((index >> 16) & 1)}.${(index >> 8) & 0xff}.${index & 0xff}`;
}

serveTasks(tasks);
