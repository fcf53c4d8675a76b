import type { ClaimRecord } from '@meshlift/cluster';
import { type IngestTerms, MeshliftError } from '@meshlift/protocol';
import { Gauge, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import { KeyHash, newPublishKey } from '../access/capabilities.ts';
import { firstStreamId, nextStreamId } from '../access/stream-ids.ts';
import { StreamKey } from '../access/stream-keys.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Departures } from '../cluster/departures.ts';
import type { Nodes } from '../cluster/nodes.ts';
import type { Client } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { type Claim, Claims } from './claims.ts';
import { FollowedStreams } from './followed-streams.ts';
import type { PastOwner } from './past-streams.ts';
import { type Lifecycle, Stream, type StreamContext, type StreamOptions } from './stream.ts';
import { StreamLink } from './stream-link.ts';
import { type InheritedRelay, type Publishing, StreamPublisher } from './stream-publisher.ts';
import type { StreamDetails } from './stream-record.ts';
import type { StreamSource } from './stream-source.ts';
import { StreamsByRelay } from './streams-by-relay.ts';
import type { Viewers } from './viewers.ts';

export interface StreamsOptions {
  node: Nodes;
  cluster: Cluster;
  departures: Departures;
  sessions: SessionRegistry;
  logger: Logger;
  registry: Registry;
  graceSeconds: number;
  maxStreams: number;
  openClaims: boolean;
}

/** The streams that this door owns, and those of other doors that somebody watches through it. */
export class Streams {
  readonly #context: StreamContext;
  readonly #maxStreams: number;
  readonly #claims: Claims;
  readonly #link: StreamLink;
  readonly #followed: FollowedStreams;
  /** What publishes to each stream that no room offers. */
  readonly #publishers = new WeakMap<Stream, StreamPublisher>();
  readonly #byId = new Map<string, Stream>();
  /** The same by what they are called in the directory. */
  readonly #byName = new Map<string, Stream>();
  readonly #byRelay: StreamsByRelay;
  /** IDs that are being claimed. */
  readonly #claiming = new Map<string, Promise<unknown>>();

  constructor(options: StreamsOptions) {
    const { node, cluster, sessions, logger, graceSeconds } = options;
    const { directory, names } = cluster;
    this.#maxStreams = options.maxStreams;
    this.#claims = new Claims({ open: options.openClaims });
    this.#byRelay = new StreamsByRelay(node);
    this.#link = new StreamLink(cluster, {
      follow: ({ stream, from, demand, open }) => this.#ownByName(stream).follow(from, demand, { open }),
      demand: (door, stream, demand) => this.#byName.get(stream)?.setDemand(door, demand),
      event: (door, stream, event) => this.#followed.receive(door, stream, event),
      lostTrack: (door) => this.#lostTrack(door),
    });
    const viewers = { node, sessions, graceMs: graceSeconds * 1_000 };
    this.#context = {
      ...viewers,
      ...{ cluster, logger, link: this.#link, byRelay: this.#byRelay },
      ended: (stream) => this.#remove(stream),
    };
    this.#followed = new FollowedStreams({
      ...viewers,
      ...{ cluster, link: this.#link },
      takeOver: (streamId) => this.#takeOver(streamId),
    });
    directory.onLost(({ kind, name }) => {
      if (kind === 'streams') this.#lose(name);
    });
    options.departures.on((door) => this.#doorGone(door));
    this.#nameOf = (streamId) => names.nameOf('streams', streamId);
    this.#keyOf = (key) => new StreamKey(names, key);
    this.#registerMetrics(options.registry);
  }

  readonly #nameOf: (streamId: string) => string;
  readonly #keyOf: (key: string | { inDirectory: string }) => StreamKey;

  /** A stream for somebody to publish to. @throws MeshliftError `SERVER_FULL` */
  async create(): Promise<{ stream: Stream; publishKey: string }> {
    const { streamId, publishKey } = newOwnership();
    const stream = this.#addPublished({ id: streamId, key: this.#keyOf(publishKey) });
    await this.#make(stream);
    return { stream, publishKey };
  }

  /**
   * A stream that shows what is sent to some relay anyhow. Other doors find it once `made` has resolved.
   *
   * @param known an ID that is free again, and its key
   * @throws MeshliftError `SERVER_FULL`
   */
  offer(
    source: (stream: Stream) => StreamSource,
    known?: { streamId: string; publishKey: string },
  ): { stream: Stream; publishKey: string; made: Promise<void> } {
    const { streamId, publishKey } = known ?? newOwnership();
    const stream = this.#add({ id: streamId, key: this.#keyOf(publishKey), source });
    this.#claims.reinstate(streamId);
    const made = this.#make(stream);
    // Not everybody waits for it.
    made.catch(() => undefined);
    return { stream, publishKey, made };
  }

  /** Whether no stream has an ID now, and it is known to be this key's: see `Claims.isOwnedBy`. */
  isFreeFor(streamId: string, publishKey: string): boolean {
    return !this.#byId.has(streamId) && this.#claims.isOwnedBy(streamId, publishKey);
  }

  /**
   * What to watch under an ID, at whichever door its owner is. Unknown, revoked, ended and never published IDs take the
   * same way to the same answer.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`; `DIRECTORY_UNAVAILABLE` or `NODE_UNREACHABLE` where that is not known
   */
  async getWatchable(streamId: string): Promise<Viewers> {
    const stream = this.#byId.get(streamId);
    if (stream?.watchable) return stream.viewersHere;
    return await this.#followed.get(streamId);
  }

  /** Whether this door owns the stream of an ID. */
  owns(streamId: string): boolean {
    return this.#byId.has(streamId);
  }

  /**
   * The other door that owns the stream of an ID, where its publisher's requests are served.
   *
   * @returns undefined if this one does, or nobody
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  async ownerOf(streamId: string): Promise<string | undefined> {
    if (this.#byId.has(streamId)) return undefined;
    const { directory, self } = this.#context.cluster;
    const owner = (await directory.find('streams', this.#nameOf(streamId)))?.owner;
    // One that has ended is replaced by whoever is asked for the stream.
    return owner !== self && directory.nodes.some(({ id }) => id === owner) ? owner : undefined;
  }

  /** The stream to publish to, rotate or end. @throws MeshliftError `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS` */
  getOwned(streamId: string, publishKey: string): Stream {
    const stream = this.findOwn(streamId, publishKey);
    if (!stream) throw new MeshliftError('STREAM_NOT_FOUND');
    return stream;
  }

  /** The stream of that ID, if this door owns it. @throws MeshliftError `STREAM_NOT_YOURS` */
  findOwn(streamId: string, publishKey: string): Stream | undefined {
    const stream = this.#byId.get(streamId);
    stream?.assertKey(publishKey);
    return stream;
  }

  /**
   * The stream of an ID for the holder of its key, who may be the first to name it: whoever claims an ID that
   * nobody has makes the key it comes with the stream's. Of two who do so at the same moment at two doors one is
   * refused.
   *
   * @throws MeshliftError `STREAM_NOT_YOURS`, `STREAM_NOT_FOUND`: see `Claims.assertClaimable`; `STREAM_LIVE` when
   *   another door owns it; `SERVER_FULL`, `DIRECTORY_UNAVAILABLE`
   */
  async claim(streamId: string, publishKey: string): Promise<Stream> {
    for (;;) {
      const own = this.findOwn(streamId, publishKey);
      if (own) return own;
      const claiming = this.#claiming.get(streamId);
      if (!claiming) break;
      await claiming.catch(() => undefined);
    }
    const claiming = this.#claim(streamId, publishKey).finally(() => this.#claiming.delete(streamId));
    this.#claiming.set(streamId, claiming);
    return await claiming;
  }

  /**
   * Opens an ingest of a stream for a client that has shown the key. What was claimed for that alone is forgotten if
   * it cannot be opened.
   *
   * @throws MeshliftError see `StreamPublisher.publish`
   */
  async publish<T extends IngestTerms>(stream: Stream, client: Client, terms: T): Promise<Publishing<T>> {
    try {
      return await this.#publisherOf(stream).publish(client, terms);
    } catch (error) {
      this.#claims.withdraw(stream);
      throw error;
    }
  }

  /** Ends a stream, and its ID for good. */
  async revoke(stream: Stream): Promise<void> {
    this.#claims.revoke(stream.id);
    await stream.end();
  }

  /** Moves a stream to a new ID. */
  async rotate(stream: Stream, publishKey: string): Promise<void> {
    const oldId = stream.id;
    const newId = nextStreamId(new KeyHash(publishKey), oldId);
    await stream.rotate(newId, () => {
      this.#byId.delete(oldId);
      this.#byName.delete(this.#nameOf(oldId));
      this.#claims.revoke(oldId);
      this.#byId.set(newId, stream);
      this.#byName.set(this.#nameOf(newId), stream);
      liveIds.add('stream', newId);
      liveIds.delete(oldId);
    });
  }

  async close(): Promise<void> {
    const ending = [...this.#byId.values()].map(async (stream) => {
      await stream.end();
      await stream.record.written;
    });
    await Promise.all([...ending, this.#followed.close()]);
    this.#link.close();
  }

  async #claim(streamId: string, publishKey: string): Promise<Stream> {
    this.#assertCapacity();
    const { directory } = this.#context.cluster;
    const key = this.#keyOf(publishKey);
    let claim: Claim = 'free';
    let inherited: ReturnType<typeof inheritance>;
    const claimed = await directory.claim('streams', this.#nameOf(streamId), (before): StreamDetails => {
      claim = this.#claims.assertClaimable(streamId, publishKey, before && this.#pastOwner(before));
      inherited = before && inheritance(before);
      return {
        ...(inherited && detailsOf(before)),
        keyHash: key.inDirectory,
        state: inherited?.flow ?? 'idle',
      };
    });
    if ('heldBy' in claimed) throw this.#heldBy(claimed.heldBy);
    const stream = this.#addPublished({ id: streamId, key }, inherited);
    this.#claims.record(stream, claim);
    return stream;
  }

  /** Two came at the same moment; or the owner has just ended, and it is not certain yet. */
  #heldBy({ owner }: ClaimRecord<'streams'>): MeshliftError {
    const isThere = this.#context.cluster.directory.nodes.some(({ id }) => id === owner);
    return new MeshliftError(isThere ? 'STREAM_LIVE' : 'NODE_UNREACHABLE');
  }

  /** Whose an ID is by what the directory has of its last owner. */
  #pastOwner({ past, keyHash }: ClaimRecord<'streams'>): PastOwner | undefined {
    if (past === 'revoked') return 'nobody';
    return keyHash === undefined ? undefined : this.#keyOf({ inDirectory: keyHash });
  }

  /**
   * Makes this door the owner of a stream whose owner is gone.
   *
   * @returns the owner, if another door is
   * @throws MeshliftError `STREAM_NOT_FOUND`; `NODE_UNREACHABLE` for what a room offers, which the room's next owner
   *   offers again; `DIRECTORY_UNAVAILABLE`
   */
  async #takeOver(streamId: string): Promise<string | undefined> {
    const { directory, self } = this.#context.cluster;
    let before: ClaimRecord<'streams'> | undefined;
    const claimed = await directory.claim('streams', this.#nameOf(streamId), (record): StreamDetails => {
      before = record;
      if (!record?.held || record.owner === self) throw new MeshliftError('STREAM_NOT_FOUND');
      if (!inheritance(record)) throw new MeshliftError('NODE_UNREACHABLE');
      return detailsOf(record);
    });
    if ('heldBy' in claimed) return claimed.heldBy.owner;
    const key = this.#keyOf({ inDirectory: before?.keyHash ?? '' });
    this.#addPublished({ id: streamId, key }, before && inheritance(before));
    this.#context.logger.info({ streamId }, 'stream taken over');
    return undefined;
  }

  /** Another door owns a stream of this one, which could not be reached for a while. */
  #lose(name: string): void {
    const stream = this.#byName.get(name);
    if (!stream) return;
    const nameNow = this.#nameOf(stream.id);
    if (name !== nameNow) {
      // The cluster has lost its names, and nobody owns anything.
      this.#byName.delete(name);
      this.#byName.set(nameNow, stream);
      stream.record.makeAs(nameNow);
      return;
    }
    this.#forget(stream);
    this.#context.logger.info({ streamId: stream.id }, 'stream lost to another door');
    void stream.lose();
  }

  async #make(stream: Stream): Promise<void> {
    stream.record.make();
    try {
      await stream.record.made;
    } catch (error) {
      stream.record.abandon();
      await stream.end('MEDIA_FAILED');
      throw error;
    }
  }

  /** @throws MeshliftError `STREAM_NOT_FOUND` */
  #ownByName(name: string): Stream {
    const stream = this.#byName.get(name);
    if (!stream) throw new MeshliftError('STREAM_NOT_FOUND');
    return stream;
  }

  #lostTrack(door: string): void {
    for (const stream of this.#byId.values()) stream.tellAgain(door);
    this.#followed.followAgain(door);
  }

  #doorGone(door: string): void {
    this.#link.forget(door);
    for (const stream of this.#byId.values()) stream.forget(door);
    this.#followed.ownerGone(door);
  }

  /** @throws MeshliftError `WRONG_STATE` for a stream that a participant of a room offers */
  #publisherOf(stream: Stream): StreamPublisher {
    const publisher = this.#publishers.get(stream);
    if (!publisher) throw new MeshliftError('WRONG_STATE', 'This stream is sent from a room.');
    return publisher;
  }

  #addPublished(
    options: Pick<StreamOptions, 'id' | 'key'>,
    inherited?: { flow: 'live' | 'waiting'; relay: InheritedRelay },
  ): Stream {
    let publisher: StreamPublisher | undefined;
    const stream = this.#add({
      ...options,
      source: (stream) => {
        publisher = new StreamPublisher(stream, this.#context, inherited?.relay);
        return publisher;
      },
      ...(inherited && {
        inherited: { flow: inherited.flow, viewers: this.#followed.handOver(options.id) },
      }),
    });
    if (publisher) this.#publishers.set(stream, publisher);
    if (inherited) void publisher?.adopt();
    return stream;
  }

  #add(options: StreamOptions): Stream {
    this.#assertCapacity();
    const stream = new Stream(options, this.#context);
    this.#byId.set(options.id, stream);
    this.#byName.set(stream.record.name, stream);
    liveIds.add('stream', options.id);
    this.#byRelay.add(stream);
    return stream;
  }

  /** @throws MeshliftError `SERVER_FULL` */
  #assertCapacity(): void {
    if (this.#byId.size >= this.#maxStreams) throw new MeshliftError('SERVER_FULL');
  }

  /** Another stream may have taken its ID over by now. */
  #remove(stream: Stream): void {
    const { id, key } = stream;
    if (!this.#forget(stream)) return;
    this.#claims.reserve(id, key);
    stream.record.release(() => leftOf(this.#claims.ownerOf(id)));
  }

  /** @returns false if its ID is another stream's by now */
  #forget(stream: Stream): boolean {
    liveIds.delete(stream.id);
    this.#byRelay.delete(stream);
    if (this.#byId.get(stream.id) !== stream) return false;
    this.#byId.delete(stream.id);
    this.#byName.delete(stream.record.name);
    return true;
  }

  #registerMetrics(registry: Registry): void {
    const streams = this.#byId;
    const followed = this.#followed;
    new Gauge({
      name: 'meshlift_streams',
      help: 'Streams by what they are doing',
      labelNames: ['state'],
      registers: [registry],
      collect() {
        const count: Record<Lifecycle, number> = { idle: 0, live: 0, waiting: 0, ended: 0 };
        for (const { state } of streams.values()) count[state] += 1;
        for (const state of ['idle', 'live', 'waiting'] as const) this.set({ state }, count[state]);
      },
    });
    new Gauge({
      name: 'meshlift_viewers',
      help: 'Viewers over all streams, through this server',
      registers: [registry],
      collect() {
        const here = [...streams.values()].reduce((sum, { viewersHere }) => sum + viewersHere.size, 0);
        this.set(here + followed.viewerCount);
      },
    });
  }
}

function newOwnership(): { streamId: string; publishKey: string } {
  const publishKey = newPublishKey();
  return { streamId: firstStreamId(new KeyHash(publishKey)), publishKey };
}

/** What the owner before has left at a media node, if it has. */
function inheritance({ held, relay, mediaNode, state }: ClaimRecord<'streams'>) {
  if (!held || relay === undefined || mediaNode === undefined) return undefined;
  if (state !== 'live' && state !== 'waiting') return undefined;
  return { flow: state, relay: { relayId: relay, origin: mediaNode } };
}

function detailsOf(record: ClaimRecord<'streams'> | undefined): StreamDetails {
  const { mediaNode, relay, state, keyHash } = record ?? {};
  return { mediaNode, relay, state, keyHash };
}

/** What is kept of an ID without a stream. */
function leftOf(owner: PastOwner | undefined): StreamDetails {
  if (owner === undefined) return {};
  return owner === 'nobody' ? { past: 'revoked' } : { past: 'ended', keyHash: owner.inDirectory };
}
