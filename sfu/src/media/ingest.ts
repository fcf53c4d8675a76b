import { type IngestReport, type MediaKind, MeshliftError, type RtpParameters } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import type { ViewerCounts } from '../inspect/decoding-watch.ts';
import type { IngestInspector } from '../inspect/ingest-inspector.ts';
import { MediaWatch, type Passage } from './media-watch.ts';
import type { SessionTransport } from './session-transport.ts';

/**
 * Viewers that need a key frame within this time of each other share one: the publisher is asked at most
 * twice a second, whatever the audience does.
 */
const KEY_FRAME_REQUEST_DELAY_MS = 510;

/** Camera, microphone, screen and its sound, twice. */
const MOST_PRODUCERS = 8;

export interface IngestOptions {
  sessionId: string;
  sourceId: string;
  transport: SessionTransport;
  /** For what comes from an encoder that somebody has set up. */
  inspector?: IngestInspector | undefined;
  /** Whether anybody watches: a publisher that is asked for nothing sends no video. */
  isWanted: (producerId: string) => boolean;
  /** Called when media that is expected has never arrived, and when it does or is not expected any more. */
  mediaMissing: (missing: boolean) => void;
}

/** The session that brings a relay the media of one source: one transport and the producers on it. */
export class Ingest {
  readonly sessionId: string;
  readonly sourceId: string;
  readonly transport: SessionTransport;
  /** How often the layers of a track have been put in another order; kept by the relay. */
  reorders = 0;
  readonly #producers = new Map<string, types.Producer>();

  readonly #inspector: IngestInspector | undefined;
  readonly #isWanted: (producerId: string) => boolean;
  readonly #watch: MediaWatch;

  constructor({ sessionId, sourceId, transport, inspector, isWanted, mediaMissing }: IngestOptions) {
    this.sessionId = sessionId;
    this.sourceId = sourceId;
    this.transport = transport;
    this.#inspector = inspector;
    this.#isWanted = isWanted;
    this.#watch = new MediaWatch(() => this.#passage(), mediaMissing);
    transport.expectConnection();
    transport.on('flow', (flowing) => {
      inspector?.setConnected(flowing);
      if (flowing) this.#watch.start();
    });
  }

  /** Whether it came by an offer, which names all it sends at once. */
  get isInspected(): boolean {
    return this.#inspector !== undefined;
  }

  /** What arrives, and what is to be mended; nothing of one that is not inspected. */
  get report(): IngestReport {
    return this.#inspector?.report ?? { tracks: [], findings: [] };
  }

  /** The tracks that viewers are looked at for. */
  get inspectedVideos(): types.Producer[] {
    return this.#inspector ? this.producers.filter(({ kind, paused }) => kind === 'video' && !paused) : [];
  }

  /** What a look at some viewers of a track has found. */
  viewersSeen(producerId: string, viewers: readonly ViewerCounts[]): void {
    this.#inspector?.viewersSeen(producerId, viewers);
  }

  get producers(): types.Producer[] {
    return [...this.#producers.values()];
  }

  /** @throws MeshliftError `RTP_REJECTED`, `WRONG_STATE` past 8 producers, or `SESSION_NOT_FOUND` */
  async openProducer(options: {
    kind: MediaKind;
    rtpParameters: RtpParameters;
    paused: boolean;
  }): Promise<types.Producer> {
    if (this.#producers.size >= MOST_PRODUCERS) {
      throw new MeshliftError('WRONG_STATE', `A session sends at most ${MOST_PRODUCERS} tracks.`);
    }
    const producer = await this.transport.produce({
      kind: options.kind,
      rtpParameters: unnamed(options.rtpParameters) as types.RtpParameters,
      paused: options.paused,
      keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
    });
    this.#producers.set(producer.id, producer);
    producer.observer.once('close', () => this.#producers.delete(producer.id));
    // Before media comes: looking into its packets later would cost a key frame.
    await this.#inspector?.add(producer);
    if (producer.closed) throw new MeshliftError('SESSION_NOT_FOUND');
    return producer;
  }

  /** @throws MeshliftError `SESSION_NOT_FOUND` */
  producer(producerId: string): types.Producer {
    const producer = this.#producers.get(producerId);
    if (!producer) throw new MeshliftError('SESSION_NOT_FOUND', 'This session has no such producer.');
    return producer;
  }

  close(): void {
    this.#watch.close();
    this.#inspector?.close();
    this.transport.close();
  }

  async #passage(): Promise<Passage> {
    if (!this.producers.some((producer) => this.#isSending(producer))) return 'none expected';
    const hasReceived = await this.transport.hasReceivedMedia();
    if (hasReceived === undefined) return 'none expected';
    return hasReceived ? 'passes' : 'missing';
  }

  /** Whether media of a track is to be expected. Encoders send whether anybody watches or not. */
  #isSending({ id, kind, paused }: types.Producer): boolean {
    return !paused && (kind === 'audio' || this.#inspector !== undefined || this.#isWanted(id));
  }
}

/**
 * What viewers may know of a track. Encoders write `user@host` into the CNAME (RFC 7022, section 3) and their own
 * names into the msid; without them mediasoup makes one CNAME at random for all tracks of a session.
 */
function unnamed({ msid: _, rtcp, ...rest }: RtpParameters): RtpParameters {
  return { ...rest, ...(rtcp && { rtcp: { reducedSize: rtcp.reducedSize } }) };
}
