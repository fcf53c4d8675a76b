import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import type { types } from 'mediasoup';

/** One encoded stream: what encodes and packs it, in the words of `gst-launch-1.0`. */
export interface EncoderBranch {
  ssrc: number;
  /** Everything from the source to the encoder, such as `videotestsrc is-live=true ! x264enc`. */
  encode: string;
}

const payloaders = new Map([
  ['video/H264', 'rtph264pay config-interval=-1'],
  ['video/VP8', 'rtpvp8pay'],
  ['video/VP9', 'rtpvp9pay'],
  ['audio/opus', 'rtpopuspay'],
]);

const PAYLOAD_TYPE = 102;

const LAUNCHER = 'gst-launch-1.0';

/** Whether there is no GStreamer here. Setup says so where it cannot be had, and these tests count as skipped. */
export const missingGstreamer: boolean = spawnSync(LAUNCHER, ['--version'], { stdio: 'ignore' }).status !== 0;

/** A producer that is fed by a real encoder, as one that WHIP brings is by a broadcaster's. */
export class GstEncoder {
  readonly producer: types.Producer;
  readonly #transport: types.PlainTransport;
  readonly #branches: readonly EncoderBranch[];
  readonly #payloader: string;
  #launched: ChildProcess | undefined;

  /**
   * Makes the producer, and does not send yet.
   *
   * @param mimeType of all branches: H264, VP8, VP9 or opus
   * @param parameters what SDP would say of the codec
   */
  static async create(
    router: types.Router,
    mimeType: types.RouterRtpCodecCapability['mimeType'],
    branches: readonly EncoderBranch[],
    parameters: Record<string, unknown> = {},
  ): Promise<GstEncoder> {
    const transport = await router.createPlainTransport({
      listenInfo: { protocol: 'udp', ip: '127.0.0.1' },
      rtcpMux: true,
      comedia: true,
    });
    const audio = mimeType.startsWith('audio/');
    const producer = await transport.produce({
      kind: audio ? 'audio' : 'video',
      rtpParameters: {
        codecs: [
          {
            mimeType,
            payloadType: PAYLOAD_TYPE,
            clockRate: audio ? 48_000 : 90_000,
            ...(audio ? { channels: 2 } : { rtcpFeedback: [{ type: 'nack', parameter: 'pli' }] }),
            parameters,
          },
        ],
        encodings: branches.map(({ ssrc }) => ({ ssrc })),
        rtcp: { cname: 'test' },
      },
      keyFrameRequestDelay: 500,
    });
    return new GstEncoder(producer, transport, branches, payloaders.get(mimeType) ?? '');
  }

  private constructor(
    producer: types.Producer,
    transport: types.PlainTransport,
    branches: readonly EncoderBranch[],
    payloader: string,
  ) {
    this.producer = producer;
    this.#transport = transport;
    this.#branches = branches;
    this.#payloader = payloader;
  }

  /** Starts to send. Needs GStreamer with its base, good, bad and ugly plugins. */
  async send(): Promise<void> {
    // All branches leave by one port, since the transport takes packets from the first that sends.
    const { localPort } = this.#transport.tuple;
    const pipeline = [
      `funnel name=all ! udpsink host=127.0.0.1 port=${localPort} sync=false async=false`,
      ...this.#branches.map(
        ({ ssrc, encode }) => `${encode} ! ${this.#payloader} pt=${PAYLOAD_TYPE} ssrc=${ssrc} ! all.`,
      ),
    ].join(' ');
    const launched = spawn(LAUNCHER, ['-q', ...pipeline.split(/\s+/)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await once(launched, 'spawn');
    this.#launched = launched;
  }

  /** Lets the encoder stand still, as one that hangs. */
  freeze(): void {
    this.#launched?.kill('SIGSTOP');
  }

  /** Lets it go on. */
  thaw(): void {
    this.#launched?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.#transport.close();
    const launched = this.#launched;
    this.#launched = undefined;
    if (!launched || launched.exitCode !== null) return;
    const ended = once(launched, 'close');
    launched.kill('SIGKILL');
    await ended;
  }
}
