import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import { Gauge, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import { newPublishKey, newStreamId } from '../privacy/capabilities.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { PastStreams } from './past-streams.ts';
import { type Lifecycle, Stream, type StreamContext } from './stream.ts';
import { StreamPublisher } from './stream-publisher.ts';
import type { StreamSource } from './stream-source.ts';

/** All streams of this server. */
export class Streams {
  readonly #context: StreamContext;
  readonly #maxStreams: number;
  readonly #openClaims: boolean;
  readonly #past = new PastStreams();
  /** Those whose publisher named them, and whether their ID was kept for its key. */
  readonly #claimed = new WeakMap<Stream, 'of nobody' | 'of the key'>();
  readonly #byId = new Map<string, Stream>();
  /** The sources that media can flow from now, by their relays: a stream may be offered when it flows already. */
  readonly #flowing = new Set<string>();

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
    this.#openClaims = options.openClaims;
    this.#followNode(node);
    this.#registerMetrics(options.registry);
  }

  /** A stream for somebody to publish to. @throws MeshliftError `SERVER_FULL` */
  create(): { stream: Stream; publishKey: string } {
    return this.#add(newStreamId(), newPublishKey(), (stream) => new StreamPublisher(stream, this.#context));
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
    return this.#add(known?.streamId ?? newStreamId(), known?.publishKey ?? newPublishKey(), source);
  }

  /**
   * The stream to watch under an ID. Unknown, revoked, ended and never published IDs take the same way to
   * the same answer.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`
   */
  toWatch(streamId: string): Stream {
    const stream = this.#byId.get(streamId);
    if (stream?.watchable) return stream;
    throw new MeshliftError('STREAM_NOT_FOUND');
  }

  /** The stream to publish to, rotate or end. @throws MeshliftError `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS` */
  toOwn(streamId: string, publishKey: string): Stream {
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
   * @throws MeshliftError `STREAM_NOT_YOURS` for an ID that is or was another's; `STREAM_NOT_FOUND` for one that
   *   was revoked, and for any unknown one where claims are not open; `SERVER_FULL`
   */
  toClaim(streamId: string, publishKey: string): Stream {
    const own = this.findOwn(streamId, publishKey);
    if (own) return own;
    const owner = this.#past.ownerOf(streamId);
    if (owner === 'nobody' || (!owner && !this.#openClaims)) throw new MeshliftError('STREAM_NOT_FOUND');
    if (owner && !owner.matches(publishKey)) throw new MeshliftError('STREAM_NOT_YOURS');
    const source = (made: Stream) => new StreamPublisher(made, this.#context);
    const { stream } = this.#add(streamId, publishKey, source);
    this.#past.back(streamId);
    this.#claimed.set(stream, owner ? 'of the key' : 'of nobody');
    return stream;
  }

  /** Forgets a stream that was claimed and that nobody publishes to. Its ID is as free as it was before. */
  unclaim(stream: Stream): void {
    const claim = this.#claimed.get(stream);
    if (!claim || stream.state !== 'idle' || this.toPublish(stream).taken) return;
    void stream.end();
    if (claim === 'of nobody') this.#past.back(stream.id);
  }

  /** Ends a stream, and its ID for good. */
  async revoke(stream: Stream): Promise<void> {
    this.#past.revoked(stream.id);
    await stream.end();
  }

  /** The way in to a stream of its own. @throws MeshliftError `WRONG_STATE` for one that a participant offers */
  toPublish({ source }: Stream): StreamPublisher {
    if (source instanceof StreamPublisher) return source;
    throw new MeshliftError('WRONG_STATE', 'This stream is sent from a room.');
  }

  /** Moves a stream to a new ID. */
  async rotate(stream: Stream): Promise<void> {
    const oldId = stream.id;
    const newId = newStreamId();
    await stream.rotate(newId, () => {
      this.#byId.delete(oldId);
      this.#past.revoked(oldId);
      this.#byId.set(newId, stream);
      liveIds.add('stream', newId);
      liveIds.delete(oldId);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((stream) => stream.end()));
  }

  #add(streamId: string, publishKey: string, source: (stream: Stream) => StreamSource) {
    if (this.#byId.size >= this.#maxStreams) throw new MeshliftError('SERVER_FULL');
    const stream = new Stream(streamId, publishKey, this.#context, source);
    this.#byId.set(streamId, stream);
    liveIds.add('stream', streamId);
    const { relayId, sourceId } = stream.source;
    if (this.#flowing.has(keyOf(relayId, sourceId))) stream.ingestFlow(true);
    return { stream, publishKey };
  }

  /** Another stream may have taken its ID over by now. */
  #remove(stream: Stream): void {
    liveIds.delete(stream.id);
    if (this.#byId.get(stream.id) !== stream) return;
    this.#byId.delete(stream.id);
    this.#past.ended(stream.id, stream.key);
  }

  #followNode(node: MediaNode): void {
    const inRelay = (relayId: string) =>
      [...this.#byId.values()].filter(({ source }) => source.relayId === relayId);
    node.on('ingestFlow', ({ relayId, sourceId, flowing }) => {
      if (flowing) this.#flowing.add(keyOf(relayId, sourceId));
      else this.#flowing.delete(keyOf(relayId, sourceId));
      for (const stream of inRelay(relayId)) {
        if (stream.source.sourceId === sourceId) stream.ingestFlow(flowing);
      }
    });
    node.on('relayLost', ({ relayId }) => {
      for (const stream of inRelay(relayId)) void stream.relayLost();
    });
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

const keyOf = (relayId: string, sourceId: string) => `${relayId} ${sourceId}`;
