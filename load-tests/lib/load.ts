import type { Crowd } from './peers/crowd.ts';
import type { Door, RelayUnderTest } from './relays/relay.ts';
import type { Bench } from './scenario.ts';

/** More than this lost on the way, and what was measured is something else. */
const MOST_LOST = 0.001;

/** A crowd that uses more of its core may be what is measured. */
export const MOST_USED = 0.85;

/** What a relay did for its viewers within some time, and what that cost. */
export interface Load {
  viewers: number;
  packetsPerSecond: number;
  /** Packets forwarded for each second of any of its processes on a core. */
  packetsPerCpuSecond: number;
  /** Cores it used. */
  cpu: number;
  /** Bytes that all its processes hold. */
  memory: number;
  /** Part of the packets that did not come, from 0 to 1. */
  loss: number;
  /** How much of its core the crowd used, from 0 to 1. */
  crowd: number;
}

/** How long those who have just come may take until everything runs evenly, in seconds. */
const SETTLE = 2;

/** The same for the first ones, since Meshlift looks into the packets of a new encoder for four seconds. */
const SETTLE_FIRST = 4;

/** A measurement that does not count is made again so many times. */
const TRIES = 3;

/**
 * Brings as many viewers in as are missing and measures for `bench.wishes.seconds`.
 *
 * @returns `undefined` when no measurement was one to count; `bench` has been told why
 */
export async function loadOf(
  bench: Bench,
  { relay, crowd }: { relay: RelayUnderTest; crowd: Crowd },
  viewers: number,
  door: Door = relay.doors[0],
): Promise<Load | undefined> {
  const there = (await crowd.count(0)).viewers;
  const joined = await crowd.join(door, viewers - there);
  const failure = joined.find((one) => 'failed' in one);
  if (failure) bench.discard(`${relay.name}, ${viewers} viewers: one did not come in: ${failure.failed}`);
  await crowd.count(there === 0 ? SETTLE_FIRST : SETTLE);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const load = await measureLoad(relay, crowd, bench.wishes.seconds);
    const doubt = doubtAbout(load, viewers);
    if (!doubt) return load;
    bench.discard(`${relay.name}, ${viewers} viewers: ${doubt}`);
  }
  return undefined;
}

/** Measures for so many seconds. */
export async function measureLoad(relay: RelayUnderTest, crowd: Crowd, seconds: number): Promise<Load> {
  const before = relay.group.usage;
  const counted = await crowd.count(seconds);
  const after = relay.group.usage;
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    viewers: counted.viewers,
    packetsPerSecond: counted.received / counted.seconds,
    packetsPerCpuSecond: counted.received / cpuSeconds,
    cpu: cpuSeconds / counted.seconds,
    memory: after.memory,
    loss: counted.lost / (counted.received + counted.lost),
    crowd: counted.utilisation,
  };
}

/** Why a measurement does not count; `undefined` for one that does. */
export function doubtAbout({ viewers, loss, crowd }: Load, wanted: number): string | undefined {
  if (viewers < wanted) return `only ${viewers} of ${wanted} viewers came in`;
  if (!(loss <= MOST_LOST)) return `${(loss * 100).toFixed(2)} % of the packets were lost`;
  if (crowd > MOST_USED)
    return `the viewers used ${Math.round(crowd * 100)} % of their core: they are the bottleneck`;
  return undefined;
}
