import { MeshliftError } from '@meshlift/protocol';
import type { Demand, FollowedState } from '@meshlift/protocol/cluster';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import type { StreamKey } from '../access/stream-keys.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Nodes } from '../cluster/nodes.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { Followers } from './followers.ts';
import type { StreamLink } from './stream-link.ts';
import { type StreamDetails, StreamRecord } from './stream-record.ts';
import type { StreamSource } from './stream-source.ts';
import type { StreamsByRelay } from './streams-by-relay.ts';
import { ViewerCount } from './viewer-count.ts';
import { type MediaPlace, Viewers, type Watchable } from './viewers.ts';

/** A stream that nobody has published to is forgotten after this long. */
export const IDLE_FOR_AT_MOST_MS = 60 * 60_000;

/**
 * - `idle`: created, nobody has published yet.
 * - `live`: media can flow from the publisher.
 * - `waiting`: it could, and the publisher is awaited for the grace time; or it is offered and not sent yet.
 * - `ended`: over for good.
 */
export type Lifecycle = 'idle' | 'live' | 'waiting' | 'ended';

/** What a stream needs of the world around it. */
export interface StreamContext {
  node: Nodes;
  logger: Logger;
  graceMs: number;
  sessions: SessionRegistry;
  cluster: Cluster;
  link: StreamLink;
  byRelay: StreamsByRelay;
  /** The stream is over and must not be found any more. */
  ended(stream: Stream): void;
}

export interface StreamOptions {
  id: string;
  key: StreamKey;
  /** Makes what the stream shows. */
  source: (stream: Stream) => StreamSource;
  /** What another owner has left: how media flowed there, and who watches it through this door. */
  inherited?: { flow: 'live' | 'waiting'; viewers: Viewers | undefined };
}

/**
 * What can be watched under one stream ID, at the door that owns it: how media flows to it, who watches it, through this
 * door and others, and what becomes of them when the one who sends drops. Whatever changes it runs through one queue, so
 * that two of them never interleave.
 */
export class Stream implements Watchable {
  readonly source: StreamSource;
  readonly key: StreamKey;
  /** What the other doors know of it. */
  readonly record: StreamRecord;
  /** Those who watch through this door. */
  readonly viewersHere: Viewers;
  /** Changes when the stream is rotated. */
  #id: string;
  readonly #context: StreamContext;
  readonly #queue = pLimit(1);
  readonly #followers = new Followers();
  readonly #viewerCount: ViewerCount;
  /** Numbers what followers are told. */
  #version = 0;
  #allowed = true;
  #state: Lifecycle;
  /** Ends a stream that nobody publishes to: one never published, or one whose publisher does not come back. */
  #deadline: NodeJS.Timeout | undefined;

  constructor({ id, key, source, inherited }: StreamOptions, context: StreamContext) {
    this.#id = id;
    this.key = key;
    this.#context = context;
    this.viewersHere = inherited?.viewers ?? new Viewers(this, context);
    this.source = source(this);
    this.#state = inherited?.flow ?? (this.source.offered ? 'waiting' : 'idle');
    this.#viewerCount = new ViewerCount((viewers) => {
      this.source.viewersChanged(viewers);
      this.viewersHere.sendCount(viewers);
      this.#tellFollowers();
    });
    const { directory, names } = context.cluster;
    const name = names.nameOf('streams', id);
    this.record = new StreamRecord({ directory, name, describe: () => this.#details });
    if (inherited) {
      // Whoever reports that media flows ends the wait.
      this.#endUnlessLiveWithin(context.graceMs);
      this.viewersHere.moveTo(this);
      this.viewersHereChanged();
    } else if (!this.source.offered) {
      this.#endUnlessLiveWithin(IDLE_FOR_AT_MOST_MS);
    }
  }

  get logFields(): { streamId: string } {
    return { streamId: this.#id };
  }

  get id(): string {
    return this.#id;
  }

  get state(): Lifecycle {
    return this.#state;
  }

  get flow(): 'live' | 'waiting' {
    return this.#state === 'live' ? 'live' : 'waiting';
  }

  get viewerCount(): number {
    return this.viewersHere.size + this.#followers.watching;
  }

  /** Whether anybody who has the ID may watch. */
  get allowed(): boolean {
    return this.#allowed;
  }

  get watchable(): boolean {
    return this.#allowed && (this.#state === 'live' || this.#state === 'waiting');
  }

  /** @throws MeshliftError `STREAM_NOT_YOURS` */
  assertKey(publishKey: string): void {
    if (!this.key.matches(publishKey)) throw new MeshliftError('STREAM_NOT_YOURS');
  }

  /** @throws MeshliftError `STREAM_NOT_FOUND` */
  assertNotEnded(): void {
    if (this.#state === 'ended') throw new MeshliftError('STREAM_NOT_FOUND');
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(work);
  }

  async open(): Promise<MediaPlace> {
    await this.source.open();
    const { relayId, sourceId, inheritedFrom } = this.source;
    return { relayId, sourceId, origin: inheritedFrom };
  }

  viewersHereChanged(): void {
    this.#viewerCount.set(this.viewerCount);
    this.source.wantedBy(this.watchable ? this.viewersHere.wanting + this.#followers.wanting : 0);
  }

  /**
   * Another door has viewers of it, or has others than before.
   *
   * @param options.open whether the relay has to be there when it is answered
   * @throws MeshliftError `STREAM_NOT_FOUND`; `SERVER_FULL`
   */
  async follow(door: string, demand: Demand, { open }: { open: boolean }): Promise<FollowedState> {
    if (!this.watchable) throw new MeshliftError('STREAM_NOT_FOUND');
    this.setDemand(door, demand);
    if (open) await this.source.open();
    if (!this.watchable) throw new MeshliftError('STREAM_NOT_FOUND');
    return this.#stateFor(door);
  }

  /** A door that follows has other viewers than before. */
  setDemand(door: string, demand: Demand): void {
    if (this.#followers.set(door, demand)) this.viewersHereChanged();
  }

  /** A door has ended, and nobody watches through it. */
  forget(door: string): void {
    if (this.#followers.delete(door)) this.viewersHereChanged();
  }

  /** Messages to a door have been lost. */
  tellAgain(door: string): void {
    if (this.watchable && this.#followers.has(door)) this.#tell(door);
  }

  /** Media can flow to the relay, or has stopped to. */
  ingestFlow(flowing: boolean): void {
    const next: Lifecycle = flowing ? 'live' : 'waiting';
    if (flowing && this.#state !== 'ended') clearTimeout(this.#deadline);
    if (this.#state === 'ended' || this.#state === next || (!flowing && this.#state === 'idle')) return;
    this.#state = next;
    clearTimeout(this.#deadline);
    if (!flowing && !this.source.offered) this.#endUnlessLiveWithin(this.#context.graceMs);
    this.#context.logger.info({ streamId: this.#id, state: next }, 'stream state');
    this.viewersHere.sendState(next);
    this.changed();
  }

  /** The media node lost the relay: viewers join again. */
  relayLost(): Promise<void> {
    return this.inTurn(async () => {
      this.source.relayLost();
      this.changed();
      await this.viewersHere.dropAll('MEDIA_FAILED');
      this.ingestFlow(false);
    });
  }

  /** What other doors know of it is out of date. */
  changed(): void {
    this.record.update();
    this.#tellFollowers();
  }

  /** Refuses everybody, and drops those who watch, or lets them in again. The ID stays the same. */
  async setAllowed(allowed: boolean): Promise<void> {
    this.#allowed = allowed;
    this.record.update();
    if (allowed) return;
    this.#dropFollowers('STREAM_NOT_FOUND');
    await this.viewersHere.dropAll('STREAM_NOT_FOUND');
  }

  /**
   * Gives the stream a new ID. The publisher goes on and is told; everyone who held the old ID is dropped.
   *
   * @param rename makes the stream findable under the new ID and no longer under the old one
   */
  rotate(newId: string, rename: () => void): Promise<void> {
    return this.inTurn(async () => {
      this.assertNotEnded();
      await this.record.moveTo(this.#context.cluster.names.nameOf('streams', newId), () => {
        this.#dropFollowers('STREAM_NOT_FOUND');
        this.#id = newId;
        rename();
      });
      await this.viewersHere.dropAll('STREAM_NOT_FOUND');
      this.source.renamed();
      this.#context.logger.info({ streamId: newId }, 'stream rotated');
    });
  }

  /**
   * Ends the stream for everybody. Repeating it changes nothing.
   *
   * @param code what its viewers are told
   */
  end(code: 'STREAM_NOT_FOUND' | 'MEDIA_FAILED' = 'STREAM_NOT_FOUND'): Promise<void> {
    if (this.#state !== 'ended') {
      this.#state = 'ended';
      clearTimeout(this.#deadline);
      this.#dropFollowers(code);
      this.#viewerCount.close();
      this.#context.ended(this);
      this.#context.logger.info({ streamId: this.#id }, 'stream ended');
    }
    return this.inTurn(async () => {
      await this.viewersHere.dropAll(code);
      await this.source.close();
    });
  }

  /** Another door owns the stream now. Its publisher and its viewers here join again, and find that door. */
  async lose(): Promise<void> {
    this.#state = 'ended';
    clearTimeout(this.#deadline);
    this.#viewerCount.close();
    this.record.abandon();
    this.#followers.clear();
    await this.inTurn(async () => {
      await this.viewersHere.dropAll('MEDIA_FAILED');
      await this.source.close({ isLost: true });
    });
  }

  /** The process whose media node has the relay, while it is open. */
  get #origin(): string | undefined {
    const { inheritedFrom, relayId } = this.source;
    return inheritedFrom ?? this.#context.node.originOf(relayId);
  }

  get #details(): StreamDetails {
    const { relayId, offered } = this.source;
    const origin = this.#origin;
    return {
      keyHash: this.key.inDirectory,
      state: this.watchable ? this.flow : 'idle',
      ...(origin !== undefined && { mediaNode: origin }),
      ...(!offered && { relay: relayId }),
    };
  }

  #stateFor(door: string): FollowedState {
    const { relayId, sourceId, offered } = this.source;
    const origin = this.#origin;
    this.#version += 1;
    return {
      generation: this.record.generation,
      version: this.#version,
      relayId,
      sourceId,
      ...(origin !== undefined && { origin }),
      flow: this.flow,
      offered,
      viewers: this.viewerCount,
      yours: this.#followers.watchingAt(door),
    };
  }

  #tellFollowers(): void {
    if (!this.watchable) return;
    for (const door of this.#followers.doors) this.#tell(door);
  }

  #tell(door: string): void {
    this.#context.link.sendEvent(door, this.record.name, { name: 'state', state: this.#stateFor(door) });
  }

  #dropFollowers(code: 'STREAM_NOT_FOUND' | 'MEDIA_FAILED'): void {
    const { name, generation } = this.record;
    for (const door of this.#followers.doors) {
      this.#context.link.sendEvent(door, name, { name: 'over', generation, code });
    }
    this.#followers.clear();
  }

  #endUnlessLiveWithin(ms: number): void {
    this.#deadline = setTimeout(() => void this.end(), ms);
    this.#deadline.unref();
  }
}
