import { setTimeout as pause } from 'node:timers/promises';
import { MeshliftError } from '@meshlift/protocol';
import type { FollowedEvent } from '@meshlift/protocol/cluster';
import type { Cluster } from '../cluster/cluster.ts';
import { FollowedStream } from './followed-stream.ts';
import type { StreamLink } from './stream-link.ts';
import type { Viewers, ViewersContext } from './viewers.ts';

/** Doors wait for a random part of this before they take a stream over, so that one of them wins quietly. */
const TAKEOVER_SPREAD_MS = 300;
const RETRY_AFTER_MS = 500;
/** An owner that lets a stream go says why, in a message that may come later than what the directory reports. */
const FAREWELL_WITHIN_MS = 1_000;

export interface FollowedStreamsContext extends ViewersContext {
  cluster: Cluster;
  link: StreamLink;
  /** Makes this door the owner of a stream whose owner is gone. @returns the owner, if another door is */
  takeOver(streamId: string): Promise<string | undefined>;
}

/** The streams of other doors that somebody watches through this one. */
export class FollowedStreams {
  readonly #context: FollowedStreamsContext;
  readonly #byName = new Map<string, FollowedStream>();
  /** Streams that are being looked for. */
  readonly #following = new Map<string, Promise<Viewers>>();
  /** Streams whose next owner is being looked for. */
  readonly #orphans = new Set<FollowedStream>();

  constructor(context: FollowedStreamsContext) {
    this.#context = context;
    const { directory, self } = context.cluster;
    directory.watch('streams', ({ name, record }) => {
      const stream = this.#byName.get(name);
      if (!stream) return;
      if (!record) void this.#endUnlessFound(stream);
      else if (record.owner !== self && record.owner !== stream.owner) this.#follow(stream, record.owner);
    });
  }

  /** How many watch, over all of them. */
  get viewerCount(): number {
    return [...this.#byName.values()].reduce((sum, { viewersHere }) => sum + viewersHere.size, 0);
  }

  /**
   * Those who watch a stream through this door, for one more to join.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`; `DIRECTORY_UNAVAILABLE` or `NODE_UNREACHABLE` where it is not known
   */
  async get(streamId: string): Promise<Viewers> {
    const name = this.#nameOf(streamId);
    const known = this.#byName.get(name);
    if (known?.watchable) return known.viewersHere;
    const following = this.#following.get(name) ?? this.#find(streamId, name);
    this.#following.set(name, following);
    try {
      return await following;
    } finally {
      if (this.#following.get(name) === following) this.#following.delete(name);
    }
  }

  receive(door: string, name: string, event: FollowedEvent): void {
    const stream = this.#byName.get(name);
    if (stream) stream.receive(door, event);
    // It has not heard that nobody follows any more.
    else if (event.name === 'state') this.#sayUnfollowed(door, name);
  }

  /** This door owns the stream from now on. @returns those who watch it here, if somebody does */
  handOver(streamId: string): Viewers | undefined {
    return this.#byName.get(this.#nameOf(streamId))?.handOver();
  }

  /** Messages from that door have been lost. */
  followAgain(door: string): void {
    for (const stream of this.#byName.values()) if (stream.owner === door) this.#follow(stream, door);
  }

  ownerGone(door: string): void {
    for (const stream of this.#byName.values()) if (stream.owner === door) void this.#findOwner(stream);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byName.values()].map((stream) => stream.end()));
  }

  /** The same for all IDs that cannot be watched: what the directory says, or does not, decides. */
  async #find(streamId: string, name: string): Promise<Viewers> {
    const { directory, self } = this.#context.cluster;
    const record = await directory.find('streams', name);
    const isWatchable = record?.state === 'live' || record?.state === 'waiting';
    if (!record || !isWatchable || record.owner === self) throw new MeshliftError('STREAM_NOT_FOUND');
    const stream = this.#add({ id: streamId, name, owner: record.owner });
    try {
      await stream.follow();
    } catch (error) {
      if (MeshliftError.from(error).code !== 'NODE_UNREACHABLE') {
        await stream.end();
        throw error;
      }
      await this.#replaceOwner(stream);
    }
    return stream.viewersHere;
  }

  /** Follows an owner without anybody who waits for it. */
  #follow(stream: FollowedStream, owner: string): void {
    stream.follow(owner).catch((error) => {
      const { code } = MeshliftError.from(error);
      if (code === 'STREAM_NOT_FOUND') void this.#endUnlessFound(stream);
      else if (code !== 'DIRECTORY_UNAVAILABLE') void this.#findOwner(stream);
    });
  }

  /** Looks for the next owner of a stream, which this door may become. Those who watch go on meanwhile. */
  async #findOwner(stream: FollowedStream): Promise<void> {
    if (this.#orphans.has(stream)) return;
    this.#orphans.add(stream);
    const giveUpAt = performance.now() + Math.max(this.#context.graceMs, 10_000);
    try {
      while (this.#byName.get(stream.name) === stream) {
        await pause(Math.random() * TAKEOVER_SPREAD_MS, undefined, { ref: false });
        try {
          await this.#replaceOwner(stream);
          return;
        } catch (error) {
          const { code } = MeshliftError.from(error);
          if (code === 'STREAM_NOT_FOUND' || performance.now() > giveUpAt) await stream.end();
        }
        await pause(RETRY_AFTER_MS, undefined, { ref: false });
      }
    } finally {
      this.#orphans.delete(stream);
    }
  }

  /** @throws MeshliftError `STREAM_NOT_FOUND`, `NODE_UNREACHABLE`, `REQUEST_TIMEOUT`, `DIRECTORY_UNAVAILABLE` */
  async #replaceOwner(stream: FollowedStream): Promise<void> {
    const owner = await this.#context.takeOver(stream.id);
    if (owner !== undefined) await stream.follow(owner);
  }

  /** The directory has no owner of it any more. */
  async #endUnlessFound(stream: FollowedStream): Promise<void> {
    await pause(FAREWELL_WITHIN_MS, undefined, { ref: false });
    const { directory } = this.#context.cluster;
    if (this.#byName.get(stream.name) !== stream) return;
    const record = await directory.find('streams', stream.name).catch(() => undefined);
    if (!directory.connected) return;
    if (!record) await stream.end();
    else this.#follow(stream, record.owner);
  }

  #add(options: ConstructorParameters<typeof FollowedStream>[0]): FollowedStream {
    const stream = new FollowedStream(options, {
      ...this.#context,
      unfollowed: (stream) => {
        if (this.#byName.get(stream.name) === stream) this.#byName.delete(stream.name);
      },
    });
    this.#byName.set(options.name, stream);
    return stream;
  }

  #sayUnfollowed(door: string, name: string): void {
    const { link } = this.#context;
    link.sendDemand(door, name, link.demand({ size: 0, wanting: 0 }, { ends: true }));
  }

  #nameOf(streamId: string): string {
    return this.#context.cluster.names.nameOf('streams', streamId);
  }
}
