import { setPriority } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import { serveTasks } from '../machine/child.ts';
import type { Door } from '../relays/relay.ts';
import { sum } from '../statistics.ts';
import { ReceivingPeer } from './receiving-peer.ts';
import { type Joined, Viewer } from './viewer.ts';

export type { Joined } from './viewer.ts';

export interface JoinOptions {
  /** How many may be on their way at a time. Default 20. */
  atOnce?: number;
  /** Spreads their coming evenly over so many ms; then `atOnce` does not count. */
  withinMs?: number;
  /** Whether it is enough that their connections stand; then `firstPacketMs` says when that was. Default false. */
  untilConnected?: boolean;
  /** Whether they say how old the pictures are that come. */
  delays?: boolean;
}

/** What viewers received within some time. */
export interface Counted {
  viewers: number;
  /** Viewers that received nothing at all. */
  without: number;
  received: number;
  lost: number;
  bytes: number;
  seconds: number;
  /** How much of one core this process has used, from 0 to 1: near 1 it is what is measured, and not the relay. */
  utilisation: number;
  /** Of those that were asked to say: the age of each picture when its last packet came, in ms, by viewer. */
  delays: number[][];
}

const viewers: Viewer[] = [];

/**
 * A peer with its certificate and its offer made, except where the offer comes from the relay: hundreds of viewers
 * do that on hundreds of machines, and here it would only delay each other.
 */
async function peerFor(door: Door, { delays }: { delays: boolean }): Promise<ReceivingPeer> {
  const peer = new ReceivingPeer();
  if (delays) peer.measureDelays();
  if (door.kind !== 'janus') await peer.offer();
  return peer;
}

const tasks = {
  hurry(): void {
    try {
      setPriority(-10);
    } catch {
      // It is measured with what there is; only root may be in a hurry.
    }
  },

  async join(
    door: Door,
    count: number,
    { atOnce = 20, withinMs, untilConnected = false, delays = false }: JoinOptions,
  ): Promise<Joined[]> {
    const makeReady = pLimit(20);
    const peers = await Promise.all(
      Array.from({ length: count }, () => makeReady(() => peerFor(door, { delays }))),
    );
    const limit = pLimit(withinMs === undefined ? atOnce : Number.POSITIVE_INFINITY);
    return Promise.all(
      peers.map((peer, index) =>
        limit(async () => {
          if (withinMs !== undefined) await wait((index * withinMs) / count);
          const { viewer, joined } = await Viewer.join(door, peer, { untilConnected });
          if (viewer) viewers.push(viewer);
          return joined;
        }),
      ),
    );
  },

  cpuSeconds(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },

  async count(seconds: number): Promise<Counted> {
    const watching = [...viewers];
    for (const viewer of watching) viewer.take();
    const startedAt = performance.now();
    const cpuBefore = process.cpuUsage();
    await wait(seconds * 1_000);
    const taken = watching.map((viewer) => viewer.take());
    const ms = performance.now() - startedAt;
    const { user, system } = process.cpuUsage(cpuBefore);
    return {
      viewers: watching.length,
      without: taken.filter(({ received }) => received === 0).length,
      received: sum(taken.map(({ received }) => received)),
      lost: sum(taken.map(({ lost }) => lost)),
      bytes: sum(taken.map(({ bytes }) => bytes)),
      seconds: ms / 1_000,
      utilisation: (user + system) / 1_000 / ms,
      delays: taken.map(({ delays }) => delays).filter((of) => of.length > 0),
    };
  },

  async leave(count = viewers.length): Promise<void> {
    // A relay that has stopped need not be told.
    await Promise.allSettled(sendAway(viewers.splice(0, count)));
  },

  async leaveLast(count: number): Promise<void> {
    await Promise.all(sendAway(viewers.splice(-count)));
  },
};

function sendAway(leaving: readonly Viewer[]): Promise<void>[] {
  const limit = pLimit(20);
  return leaving.map((viewer) => limit(() => viewer.leave()));
}

export type CrowdTasks = typeof tasks;

serveTasks(tasks);
