import { type IngestTerms, type MediaNode, MeshliftError } from '@meshlift/protocol';
import { Gauge, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import { KeyHash, newPublishKey } from '../access/capabilities.ts';
import { firstStreamId, nextStreamId } from '../access/stream-ids.ts';
import type { Client } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { Claims } from './claims.ts';
import { type Lifecycle, Stream, type StreamContext } from './stream.ts';
import { type Publishing, StreamPublisher } from './stream-publisher.ts';
import type { StreamSource } from './stream-source.ts';
import { StreamsByRelay } from './streams-by-relay.ts';

/** All streams of this server. */
export class Streams {
  readonly #context: StreamContext;
  readonly #maxStreams: number;
  readonly #claims: Claims;
  /** What publishes to each stream that no room offers. */
  readonly #publishers = new WeakMap<Stream, StreamPublisher>();
  readonly #byId = new Map<string, Stream>();
  readonly #byRelay: StreamsByRelay;

  constructor(options: {
    node: MediaNode;
    sessions: SessionRegistry;
    logger: Logger;
    registry: Registry;
    graceSeconds: number;
    maxStreams: number;
    openClaims: boolean;
  }) {
    const { node, sessions, logger, graceSeconds } = options;
    const ended = (stream: Stream) => this.#remove(stream);
    this.#context = { node, sessions, logger, graceMs: graceSeconds * 1_000, ended };
    this.#maxStreams = options.maxStreams;
    this.#claims = new Claims({ open: options.openClaims });
    this.#byRelay = new StreamsByRelay(node);
    this.#registerMetrics(options.registry);
  }

  /** A stream for somebody to publish to. @throws MeshliftError `SERVER_FULL` */
  create(): { stream: Stream; publishKey: string } {
    const { streamId, publishKey } = newOwnership();
    return { stream: this.#addPublished(streamId, publishKey), publishKey };
  }

  /**
   * A stream that shows what is sent to some relay anyhow.
   *
   * @param known an ID that is free again, and its key
   * @throws MeshliftError `SERVER_FULL`
   */
  offer(
    source: (stream: Stream) => StreamSource,
    known?: { streamId: string; publishKey: string },
  ): { stream: Stream; publishKey: string } {
    const { streamId, publishKey } = known ?? newOwnership();
    const stream = this.#add(streamId, publishKey, source);
    this.#claims.reinstate(streamId);
    return { stream, publishKey };
  }

  /** Whether no stream has an ID now, and it is known to be this key's: see `Claims.isOwnedBy`. */
  isFreeFor(streamId: string, publishKey: string): boolean {
    return !this.#byId.has(streamId) && this.#claims.isOwnedBy(streamId, publishKey);
  }

  /**
   * The stream to watch under an ID. Unknown, revoked, ended and never published IDs take the same way to
   * the same answer.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`
   */
  getWatchable(streamId: string): Stream {
    const stream = this.#byId.get(streamId);
    if (stream?.watchable) return stream;
    throw new MeshliftError('STREAM_NOT_FOUND');
  }

  /** The stream to publish to, rotate or end. @throws MeshliftError `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS` */
  getOwned(streamId: string, publishKey: string): Stream {
    const stream = this.findOwn(streamId, publishKey);
    if (!stream) throw new MeshliftError('STREAM_NOT_FOUND');
    return stream;
  }

  /** The stream of that ID, if there is one. @throws MeshliftError `STREAM_NOT_YOURS` */
  findOwn(streamId: string, publishKey: string): Stream | undefined {
    const stream = this.#byId.get(streamId);
    stream?.assertKey(publishKey);
    return stream;
  }

  /**
   * The stream of an ID for the holder of its key, who may be the first to name it: whoever claims an ID that
   * nobody has makes the key it comes with the stream's.
   *
   * @throws MeshliftError `STREAM_NOT_YOURS`, `STREAM_NOT_FOUND`: see `Claims.assertClaimable`; `SERVER_FULL`
   */
  claim(streamId: string, publishKey: string): Stream {
    const own = this.findOwn(streamId, publishKey);
    if (own) return own;
    const claim = this.#claims.assertClaimable(streamId, publishKey);
    const stream = this.#addPublished(streamId, publishKey);
    this.#claims.record(stream, claim);
    return stream;
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
  async rotate(stream: Stream): Promise<void> {
    const oldId = stream.id;
    const newId = nextStreamId(stream.key, oldId);
    await stream.rotate(newId, () => {
      this.#byId.delete(oldId);
      this.#claims.revoke(oldId);
      this.#byId.set(newId, stream);
      liveIds.add('stream', newId);
      liveIds.delete(oldId);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((stream) => stream.end()));
  }

  /** @throws MeshliftError `WRONG_STATE` for a stream that a participant of a room offers */
  #publisherOf(stream: Stream): StreamPublisher {
    const publisher = this.#publishers.get(stream);
    if (!publisher) throw new MeshliftError('WRONG_STATE', 'This stream is sent from a room.');
    return publisher;
  }

  #addPublished(streamId: string, publishKey: string): Stream {
    return this.#add(streamId, publishKey, (stream) => {
      const publisher = new StreamPublisher(stream, this.#context);
      this.#publishers.set(stream, publisher);
      return publisher;
    });
  }

  #add(streamId: string, publishKey: string, source: (stream: Stream) => StreamSource): Stream {
    if (this.#byId.size >= this.#maxStreams) throw new MeshliftError('SERVER_FULL');
    const stream = new Stream(streamId, publishKey, this.#context, source);
    this.#byId.set(streamId, stream);
    liveIds.add('stream', streamId);
    this.#byRelay.add(stream);
    return stream;
  }

  /** Another stream may have taken its ID over by now. */
  #remove(stream: Stream): void {
    liveIds.delete(stream.id);
    this.#byRelay.delete(stream);
    if (this.#byId.get(stream.id) !== stream) return;
    this.#byId.delete(stream.id);
    this.#claims.reserve(stream.id, stream.key);
  }

  #registerMetrics(registry: Registry): void {
    const streams = this.#byId;
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
      help: 'Viewers over all streams',
      registers: [registry],
      collect() {
        this.set([...streams.values()].reduce((sum, stream) => sum + stream.viewers, 0));
      },
    });
  }
}

function newOwnership(): { streamId: string; publishKey: string } {
  const publishKey = newPublishKey();
  return { streamId: firstStreamId(new KeyHash(publishKey)), publishKey };
}
