import { type MediaNode, MeshliftError } from '@meshlift/protocol';
import { Gauge, type Logger, type Registry } from '@meshlift/telemetry';
import { newPublishKey, newStreamId } from '../privacy/capabilities.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { type Lifecycle, Stream } from './stream.ts';

/** All streams of this server. */
export class Streams {
  readonly #node: MediaNode;
  readonly #logger: Logger;
  readonly #graceMs: number;
  readonly #maxStreams: number;
  readonly #byId = new Map<string, Stream>();
  readonly #byRelay = new Map<string, Stream>();
  readonly #sessions: SessionRegistry;

  constructor(options: {
    node: MediaNode;
    sessions: SessionRegistry;
    logger: Logger;
    registry: Registry;
    graceSeconds: number;
    maxStreams: number;
  }) {
    this.#node = options.node;
    this.#sessions = options.sessions;
    this.#logger = options.logger;
    this.#graceMs = options.graceSeconds * 1_000;
    this.#maxStreams = options.maxStreams;
    this.#followNode();
    this.#registerMetrics(options.registry);
  }

  /** @throws MeshliftError `SERVER_FULL` */
  create(): { stream: Stream; publishKey: string } {
    if (this.#byId.size >= this.#maxStreams) throw new MeshliftError('SERVER_FULL');
    const publishKey = newPublishKey();
    const stream = new Stream(newStreamId(), publishKey, {
      node: this.#node,
      logger: this.#logger,
      graceMs: this.#graceMs,
      sessions: this.#sessions,
      ended: (ended) => this.#remove(ended),
    });
    this.#byId.set(stream.id, stream);
    this.#byRelay.set(stream.relayId, stream);
    return { stream, publishKey };
  }

  /**
   * The stream to watch under an ID. Unknown, revoked, ended and never published IDs take the same way to
   * the same answer.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`
   */
  toWatch(streamId: string): Stream {
    const stream = this.#byId.get(streamId);
    if (stream?.state === 'live' || stream?.state === 'waiting') return stream;
    throw new MeshliftError('STREAM_NOT_FOUND');
  }

  /** The stream to publish to, rotate or end. @throws MeshliftError `STREAM_NOT_FOUND`, `STREAM_NOT_YOURS` */
  toOwn(streamId: string, publishKey: string): Stream {
    const stream = this.#byId.get(streamId);
    if (!stream) throw new MeshliftError('STREAM_NOT_FOUND');
    stream.assertKey(publishKey);
    return stream;
  }

  /** Moves a stream to a new ID. */
  async rotate(stream: Stream): Promise<void> {
    const oldId = stream.id;
    const newId = newStreamId();
    await stream.rotate(newId, () => {
      this.#byId.delete(oldId);
      this.#byId.set(newId, stream);
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byId.values()].map((stream) => stream.end()));
  }

  #remove(stream: Stream): void {
    this.#byId.delete(stream.id);
    this.#byRelay.delete(stream.relayId);
  }

  #followNode(): void {
    const node = this.#node;
    node.on('ingestFlow', ({ relayId, flowing }) => this.#byRelay.get(relayId)?.ingestFlow(flowing));
    node.on('relayLost', ({ relayId }) => void this.#byRelay.get(relayId)?.relayLost());
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
