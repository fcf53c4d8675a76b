import type { types } from 'mediasoup';
import { layersOf } from '../rtp/layers.ts';
import { codecOf } from './codec-of.ts';
import { DecodingWatch, type ViewerCounts } from './decoding-watch.ts';
import type { FrameOrder } from './frame-order.ts';
import { h264Profile } from './h264-profile.ts';
import { HeaderSampler } from './header-sampler.ts';
import { KeyFrameIntervals } from './key-frame-intervals.ts';
import { layerOrder } from './layer-order.ts';
import type { TrackObservations } from './observations.ts';
import { PayloadSample } from './payload-sample.ts';
import { tracedPacket } from './traced-packet.ts';

/** How long and how often an inspector looks. All in milliseconds. */
export interface InspectorPace {
  /** How long it reads packets at the start, counted from the first: enough for some groups of B-frames. */
  sampleMs: number;
  /** How long it reads headers later, and the rest between: three per cent of the time. */
  headersMs: number;
  headersEveryMs: number;
  /** How often it asks for the producer's counters, which is one message to the worker and back. */
  countersEveryMs: number;
}

const PACE: InspectorPace = {
  sampleMs: 4_000,
  headersMs: 2_000,
  headersEveryMs: 60_000,
  countersEveryMs: 5_000,
};

/** Each costs a key frame of each layer; an order that is in doubt again and again is left as it is. */
const MOST_SAMPLES = 6;

/** Bit rates may be odd for a moment. */
const DOUBTS_IN_A_ROW = 2;

/**
 * Watches what one publisher's encoder sends, as cheaply as it can: a look into the packets at the start, their
 * headers now and then, each key frame and each request for one, and the counters.
 *
 * To be started when the producer is made, before its media comes: it then causes no key frame (see
 * `PayloadSample`). Closes itself with the producer, whatever closed that. Meant for encoders that send all the
 * time; a browser that follows the layers wanted would be called silent while nobody watches.
 */
export class ProducerInspector {
  readonly #producer: types.Producer;
  readonly #pace: InspectorPace;
  readonly #router: types.Router;
  readonly #onOrder: (order: readonly number[]) => void;
  readonly #headers: HeaderSampler;
  /** Of each stream that has sent something, by SSRC. */
  readonly #keyFrames = new Map<number, KeyFrameIntervals>();
  readonly #packetCounts = new Map<number, number>();
  readonly #order: FrameOrder = { frames: 0, backward: 0 };
  readonly #decoding = new DecodingWatch();
  #payload: PayloadSample | undefined;
  #samples = 0;
  #doubts = 0;
  #counters: NodeJS.Timeout | undefined;
  #bitrate: number | undefined;
  #begun = false;
  #connected = true;
  /** When the last packet came, or one was first expected. */
  #quietSince = performance.now();
  #closed = false;

  /**
   * Never rejects: with a producer that is closed, or closes meanwhile, the inspector is closed as well.
   *
   * @param onOrder called with the order in which the producer's encodings belong, from the smallest picture to the
   *   largest, when they are in another one
   * @param pace for tests, that need not wait as long
   */
  static async start(options: {
    router: types.Router;
    producer: types.Producer;
    onOrder?: (order: readonly number[]) => void;
    pace?: Partial<InspectorPace>;
  }): Promise<ProducerInspector> {
    const inspector = new ProducerInspector(options, { ...PACE, ...options.pace });
    await inspector.#begin();
    return inspector;
  }

  private constructor(
    options: {
      router: types.Router;
      producer: types.Producer;
      onOrder?: (order: readonly number[]) => void;
    },
    pace: InspectorPace,
  ) {
    const { router, producer } = options;
    this.#router = router;
    this.#producer = producer;
    this.#pace = pace;
    this.#onOrder = options.onOrder ?? (() => undefined);
    this.#headers = new HeaderSampler(
      producer,
      { firstMs: pace.sampleMs, laterMs: pace.headersMs, everyMs: pace.headersEveryMs },
      (order) => this.#addOrder(order),
    );
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** All that has been measured until now. */
  get observations(): TrackObservations {
    const { kind, paused } = this.#producer;
    const facts = this.#payload?.facts;
    const sequence = facts?.sequence;
    return {
      kind,
      codec: codecOf(this.#producer),
      paused,
      begun: this.#begun,
      silentSeconds: this.#connected ? (performance.now() - this.#quietSince) / 1_000 : 0,
      sentProfile: sequence && h264Profile(sequence.profileIdc, sequence.constraints),
      width: facts?.size?.width,
      height: facts?.size?.height,
      layers: this.#layers(),
      bitrate: this.#bitrate,
      order: { ...this.#order },
      slices: facts?.slices ?? { seen: 0, b: 0 },
      keyFrames: this.#keyFrameFigures(),
      decoding: this.#decoding.trouble,
    };
  }

  /** While the publisher is not connected nothing is to be expected of it. Taken as connected until told. */
  setConnected(connected: boolean): void {
    if (connected === this.#connected) return;
    this.#connected = connected;
    this.#quietSince = performance.now();
  }

  /** What a sample of some of the track's viewers has shown; see `DecodingWatch`. */
  viewersSeen(viewers: readonly ViewerCounts[]): void {
    this.#decoding.sample(performance.now(), viewers);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#counters);
    this.#headers.close();
    this.#payload?.close();
    this.#producer.observer.off('trace', this.#onTrace);
    this.#producer.observer.off('pause', this.#onPause);
    this.#producer.observer.off('resume', this.#onPause);
    this.#producer.observer.off('close', this.#onClose);
    if (!this.#producer.closed) void this.#producer.enableTraceEvent([]).catch(() => undefined);
  }

  readonly #onClose = (): void => this.close();

  /** Nothing is to be expected while the publisher pauses, and nothing to be measured. */
  readonly #onPause = (): void => {
    this.#quietSince = performance.now();
    for (const intervals of this.#keyFrames.values()) intervals.stalled();
  };

  readonly #onTrace = (data: types.ProducerTraceEventData): void => {
    const at = performance.now();
    if (data.type === 'pli' || data.type === 'fir') {
      const ssrc = data.info?.ssrc;
      if (typeof ssrc === 'number') this.#intervalsOf(ssrc).keyFrameAsked(at);
      return;
    }
    const packet = tracedPacket(data);
    if (!packet) return;
    this.#mediaSeen(packet.ssrc, at);
    this.#headers.take(packet);
    if (data.type === 'keyframe') this.#intervalsOf(packet.ssrc).keyFrame(at, packet.timestamp);
  };

  async #begin(): Promise<void> {
    if (this.#producer.closed) {
      this.close();
      return;
    }
    this.#producer.observer.on('close', this.#onClose);
    this.#producer.observer.on('pause', this.#onPause);
    this.#producer.observer.on('resume', this.#onPause);
    this.#producer.observer.on('trace', this.#onTrace);
    this.#counters = setInterval(() => void this.#count(), this.#pace.countersEveryMs).unref();
    if (this.#producer.kind !== 'video') return;
    await this.#headers.begin();
    await this.#samplePayload();
  }

  async #samplePayload(): Promise<void> {
    if (this.#closed) return;
    this.#samples += 1;
    try {
      const payload = await PayloadSample.open({
        router: this.#router,
        producer: this.#producer,
        forMs: this.#pace.sampleMs,
        onLayer: () => this.#checkOrder(),
        onDone: () => {
          this.#checkOrder();
          void this.#count();
        },
      });
      this.#payload = payload;
      if (this.#closed) payload.close();
    } catch {
      // Router, producer or worker are gone. If the producer is not, what the headers tell must do.
    }
  }

  /** Layers that are all known by their sizes need not wait for the sample to be over. */
  #checkOrder(): void {
    if (this.#closed || !this.#payload || layersOf(this.#producer).spatialLayers < 2) return;
    const { layers, done } = this.#payload;
    if (!done && layers.some(({ size }) => !size)) return;
    const order = layerOrder(done ? layers : layers.map(({ size }) => ({ size, bytes: 1 })));
    if (order) this.#onOrder(order);
  }

  /** Looks into the packets again when a layer came late, or when bit rates do not go with the order of the layers. */
  #doubtOrder(stats: readonly types.ProducerStat[]): void {
    const { encodings = [] } = this.#producer.rtpParameters;
    if (encodings.length < 2 || !this.#payload?.done || this.#samples >= MOST_SAMPLES) return;
    const rates = encodings.map(({ rid, ssrc }) => {
      const stat = stats.find((one) => (ssrc === undefined ? one.rid === rid : one.ssrc === ssrc));
      return stat && stat.packetCount > 0 ? stat.bitrate : 0;
    });
    const arriving = rates.map((rate) => rate > 0);
    const late = arriving.some((arrives, place) => arrives && !this.#payload?.layers[place]?.bytes);
    const flowing = rates.filter((rate) => rate > 0);
    const upsideDown = flowing.some(
      (rate, place) => rate > Math.max(...flowing.slice(place + 1)) * 2 && place < flowing.length - 1,
    );
    this.#doubts = late || upsideDown ? this.#doubts + 1 : 0;
    if (this.#doubts < DOUBTS_IN_A_ROW) return;
    this.#doubts = 0;
    void this.#samplePayload();
  }

  async #count(): Promise<void> {
    try {
      const stats = await this.#producer.getStats();
      if (this.#closed) return;
      const at = performance.now();
      for (const { ssrc, packetCount } of stats) {
        if (packetCount > (this.#packetCounts.get(ssrc) ?? 0)) this.#mediaSeen(ssrc, at);
        else this.#intervalsOf(ssrc).stalled();
        this.#packetCounts.set(ssrc, packetCount);
      }
      this.#doubtOrder(stats);
      this.#bitrate = stats.reduce((sum, { bitrate }) => sum + bitrate, 0);
    } catch {
      // The producer has been closed meanwhile, or its worker has died.
    }
  }

  #addOrder({ frames, backward }: FrameOrder): void {
    this.#order.frames += frames;
    this.#order.backward += backward;
  }

  #mediaSeen(ssrc: number, at: number): void {
    this.#begun = true;
    this.#quietSince = at;
    this.#intervalsOf(ssrc).mediaSeen(at);
  }

  #intervalsOf(ssrc: number): KeyFrameIntervals {
    const known = this.#keyFrames.get(ssrc);
    if (known) return known;
    const intervals = new KeyFrameIntervals();
    this.#keyFrames.set(ssrc, intervals);
    return intervals;
  }

  /** Those that have come, once counted; before that, those announced. SVC brings all in one stream. */
  #layers(): number {
    const announced = layersOf(this.#producer).spatialLayers;
    const counted = this.#packetCounts.size;
    return this.#producer.type === 'svc' || counted === 0 ? announced : counted;
  }

  #keyFrameFigures(): TrackObservations['keyFrames'] {
    const figures = [...this.#keyFrames.values()].map((intervals) => intervals.figures);
    const usual = figures.flatMap(({ usualMs }) => (usualMs === undefined ? [] : [usualMs]));
    return {
      usualSeconds: usual.length > 0 ? Math.max(...usual) / 1_000 : undefined,
      longestSeconds: Math.max(0, ...figures.map(({ longestMs }) => longestMs)) / 1_000,
      askable: canBeAsked(this.#producer),
      asked: figures.reduce((sum, { asked }) => sum + asked, 0),
      answered: figures.reduce((sum, { answered }) => sum + answered, 0),
    };
  }
}

function canBeAsked({ rtpParameters }: types.Producer): boolean {
  return rtpParameters.codecs.some(({ rtcpFeedback = [] }) =>
    rtcpFeedback.some(
      ({ type, parameter }) =>
        (type === 'nack' && parameter === 'pli') || (type === 'ccm' && parameter === 'fir'),
    ),
  );
}
