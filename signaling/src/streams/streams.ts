import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import { Gauge, type Logger, liveIds, type Registry } from '@meshlift/telemetry';
import { KeyHash, newPublishKey } from '../access/capabilities.ts';
import { firstStreamId, isDerivedForm, isDerivedFrom, nextStreamId } from '../access/stream-ids.ts';
import type { Client, Session } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { PastStreams } from './past-streams.ts';
import { type Lifecycle, Stream, type StreamContext } from './stream.ts';
import { StreamPublisher, type WayIn } from './stream-publisher.ts';
import type { StreamSource } from './stream-source.ts';
import { StreamsByRelay } from './streams-by-relay.ts';

/** All streams of this server. */
export class Streams {
  readonly #context: StreamContext;
  readonly #maxStreams: number;
  readonly #openClaims: boolean;
  readonly #past = new PastStreams();
  /** Those whose publisher named them, and whether their ID was kept for its key. */
  readonly #claimed = new WeakMap<Stream, 'of nobody' | 'of the key'>();
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
    this.#openClaims = options.openClaims;
    this.#byRelay = new StreamsByRelay(node);
    this.#registerMetrics(options.registry);
  }

  /** A stream for somebody to publish to. @throws MeshliftError `SERVER_FULL` */
  create(): { stream: Stream; publishKey: string } {
    const { streamId, publishKey } = newOwnership();
    return this.#add(streamId, publishKey, (stream) => new StreamPublisher(stream, this.#context));
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
    const added = this.#add(streamId, publishKey, source);
    this.#past.back(streamId);
    return added;
  }

  /**
   * Whether an ID that no stream has now is known to be this key's: its stream has ended, or the server that made
   * it has been restarted.
   */
  isFreeFor(streamId: string, publishKey: string): boolean {
    if (this.#byId.has(streamId)) return false;
    const owner = this.#past.ownerOf(streamId);
    if (owner) return owner !== 'nobody' && owner.matches(publishKey);
    return isDerivedFrom(new KeyHash(publishKey), streamId);
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
   * nobody has makes the key it comes with the stream's. An ID that a server made can be claimed with the key it
   * was made with and no other, also where claims are not open: that is how a stream outlives a restart.
   *
   * @throws MeshliftError `STREAM_NOT_YOURS` for an ID that is or was another's; `STREAM_NOT_FOUND` for one that
   *   was revoked, and for any unknown one where claims are not open; `SERVER_FULL`
   */
  toClaim(streamId: string, publishKey: string): Stream {
    const own = this.findOwn(streamId, publishKey);
    if (own) return own;
    const owner = this.#past.ownerOf(streamId);
    const made = isDerivedForm(streamId);
    if (owner === 'nobody' || (!owner && !made && !this.#openClaims)) throw this.#notToBeClaimed;
    const yours = owner ? owner.matches(publishKey) : !made || this.isFreeFor(streamId, publishKey);
    if (!yours) throw new MeshliftError('STREAM_NOT_YOURS');
    const source = (stream: Stream) => new StreamPublisher(stream, this.#context);
    const { stream } = this.#add(streamId, publishKey, source);
    this.#past.back(streamId);
    this.#claimed.set(stream, owner ? 'of the key' : 'of nobody');
    return stream;
  }

  /**
   * Opens the way in to a stream, for a client that has shown the key. What was claimed for that alone is
   * forgotten if it cannot be opened.
   *
   * @throws MeshliftError see `StreamPublisher.publish`
   */
  async publish<T>(
    stream: Stream,
    client: Client,
    openWay: (way: WayIn) => Promise<T>,
    options: { by: 'whip' | 'page' },
  ): Promise<{ session: Session; opened: T }> {
    try {
      return await this.toPublish(stream).publish(client, openWay, options);
    } catch (error) {
      this.#unclaim(stream);
      throw error;
    }
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
    const newId = nextStreamId(stream.key, oldId);
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

  /** The same for IDs that nobody has and for those that were revoked: nobody learns which it is. */
  get #notToBeClaimed(): MeshliftError {
    if (this.#openClaims) return new MeshliftError('STREAM_NOT_FOUND');
    return new MeshliftError(
      'STREAM_NOT_FOUND',
      'There is no such stream, and this server lets nobody choose an ID.',
    );
  }

  /** Forgets a stream that was claimed and that nobody publishes to. Its ID is as free as it was before. */
  #unclaim(stream: Stream): void {
    const claim = this.#claimed.get(stream);
    if (!claim || stream.state !== 'idle' || this.toPublish(stream).taken) return;
    void stream.end();
    if (claim === 'of nobody') this.#past.back(stream.id);
  }

  #add(streamId: string, publishKey: string, source: (stream: Stream) => StreamSource) {
    if (this.#byId.size >= this.#maxStreams) throw new MeshliftError('SERVER_FULL');
    const stream = new Stream(streamId, publishKey, this.#context, source);
    this.#byId.set(streamId, stream);
    liveIds.add('stream', streamId);
    this.#byRelay.add(stream);
    return { stream, publishKey };
  }

  /** Another stream may have taken its ID over by now. */
  #remove(stream: Stream): void {
    liveIds.delete(stream.id);
    this.#byRelay.delete(stream);
    if (this.#byId.get(stream.id) !== stream) return;
    this.#byId.delete(stream.id);
    this.#past.ended(stream.id, stream.key);
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
