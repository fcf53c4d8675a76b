import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';
import { type EncoderBranch, GstEncoder, missingGstreamer } from '../testing/gst-encoder.ts';
import { reportOn } from './ingest-report.ts';
import { type InspectorPace, ProducerInspector } from './producer-inspector.ts';

/** Starting an encoder on a busy machine takes seconds, and a key frame that is late more than ten. */
const PATIENCE = { timeout: 60_000, interval: 100 };

const HASTE: Partial<InspectorPace> = {
  sampleMs: 2_000,
  headersMs: 1_000,
  headersEveryMs: 500,
  countersEveryMs: 500,
};

const CONSTRAINED_BASELINE = {
  'profile-level-id': '42e01f',
  'packetization-mode': 1,
  'level-asymmetry-allowed': 1,
};

let worker: types.Worker;
let router: types.Router;

beforeAll(async () => {
  const workerBin = findWorker();
  worker = await createWorker({ logLevel: 'warn', ...(workerBin ? { workerBin } : {}) });
  router = await worker.createRouter({ mediaCodecs });
});
afterAll(() => worker.close());

/** A picture that moves, in the size of a small camera. */
function picture(format = 'I420'): string {
  return `videotestsrc is-live=true pattern=ball ! video/x-raw,format=${format},width=320,height=240,framerate=30/1`;
}

/** Without delimiters of access units, so that the first packet of a key frame is known as one. */
function x264(options: string, format?: string): EncoderBranch {
  return { ssrc: 1_001, encode: `${picture(format)} ! x264enc aud=false speed-preset=ultrafast ${options}` };
}

async function encoder(
  mimeType: types.RouterRtpCodecCapability['mimeType'],
  branches: EncoderBranch[],
  parameters?: Record<string, unknown>,
): Promise<GstEncoder> {
  const made = await GstEncoder.create(router, mimeType, branches, parameters);
  onTestFinished(() => made.close());
  return made;
}

async function inspect({ producer }: GstEncoder): Promise<ProducerInspector> {
  const inspector = await ProducerInspector.start({ router, producer, pace: HASTE });
  onTestFinished(() => inspector.close());
  return inspector;
}

function codes(inspector: ProducerInspector): string[] {
  return reportOn([inspector.observations]).findings.map(({ code }) => code);
}

/** Until the packets of the beginning have been read, by their payloads and by their headers. */
async function sampled(inspector: ProducerInspector): Promise<void> {
  await expect.poll(() => inspector.observations.width, PATIENCE).toBeDefined();
  await expect.poll(() => inspector.observations.order.frames, PATIENCE).toBeGreaterThan(20);
}

describe.skipIf(missingGstreamer)('an inspector finds, in what a real encoder sends,', () => {
  it('B-frames, by slices and by order', { timeout: 90_000 }, async () => {
    const sending = await encoder(
      'video/H264',
      [x264('bframes=2 b-adapt=false key-int-max=60')],
      CONSTRAINED_BASELINE,
    );
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => codes(inspector), PATIENCE).toContain('B_FRAMES');
    await sampled(inspector);

    const { slices, order, sentProfile } = inspector.observations;
    expect(slices.b / slices.seen).toBeGreaterThan(0.5);
    expect(order.backward / order.frames).toBeGreaterThan(0.5);
    expect(sentProfile?.name).toBe('Main');
  });

  it('nothing but its one layer, where there is nothing else', { timeout: 90_000 }, async () => {
    const sending = await encoder(
      'video/H264',
      [x264('tune=zerolatency key-int-max=30 ! video/x-h264,profile=constrained-baseline')],
      CONSTRAINED_BASELINE,
    );
    const inspector = await inspect(sending);
    await sending.send();
    await sampled(inspector);
    await expect.poll(() => inspector.observations.keyFrames.usualSeconds, PATIENCE).toBeDefined();
    await expect.poll(() => inspector.observations.bitrate, PATIENCE).toBeGreaterThan(0);

    const { tracks, findings } = reportOn([inspector.observations]);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['ONE_LAYER', 'hint']]);
    expect(tracks).toMatchObject([
      { kind: 'video', codec: 'H264', profile: 'Constrained Baseline', width: 320, height: 240, layers: 1 },
    ]);
    expect(inspector.observations.slices.b).toBe(0);
    expect(inspector.observations.order.backward).toBe(0);

    // Opened before media came, it has asked for no key frame.
    const stats = await sending.producer.getStats();
    expect(stats.map(({ pliCount, firCount }) => pliCount + firCount)).toEqual([0]);
  });

  it('key frames every 20 seconds', { timeout: 90_000 }, async () => {
    const sending = await encoder(
      'video/H264',
      [x264('tune=zerolatency key-int-max=600')],
      CONSTRAINED_BASELINE,
    );
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => codes(inspector), PATIENCE).toContain('KEY_FRAMES_RARE');
    expect(inspector.observations.keyFrames.asked).toBe(0);

    // A viewer who comes now asks for one, and this encoder does not listen.
    const viewing = await router.createDirectTransport();
    onTestFinished(() => viewing.close());
    await viewing.consume({ producerId: sending.producer.id, rtpCapabilities: router.rtpCapabilities });
    const severity = () =>
      reportOn([inspector.observations]).findings.find(({ code }) => code === 'KEY_FRAMES_RARE')?.severity;
    await expect.poll(severity, PATIENCE).toBe('problem');
  });

  it('High 4:2:2', { timeout: 90_000 }, async () => {
    const sending = await encoder(
      'video/H264',
      [x264('tune=zerolatency key-int-max=30 ! video/x-h264,profile=high-4:2:2', 'Y42B')],
      CONSTRAINED_BASELINE,
    );
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => codes(inspector), PATIENCE).toContain('PROFILE_UNUSUAL');
    const { findings } = reportOn([inspector.observations]);
    expect(findings[0]?.message).toContain('High 4:2:2');
  });

  it.each([
    ['video/VP8', 'vp8enc'],
    ['video/VP9', 'vp9enc'],
  ] as const)('the size of %s, and no fault', { timeout: 90_000 }, async (mimeType, element) => {
    const encode = `${picture()} ! ${element} deadline=1 cpu-used=8 keyframe-max-dist=30`;
    const sending = await encoder(
      mimeType,
      [{ ssrc: 1_001, encode }],
      mimeType === 'video/VP9' ? { 'profile-id': 0 } : {},
    );
    const inspector = await inspect(sending);
    await sending.send();
    await sampled(inspector);
    expect(inspector.observations).toMatchObject({ width: 320, height: 240, slices: { seen: 0, b: 0 } });
    expect(inspector.observations.order.backward).toBe(0);
    expect(codes(inspector)).toEqual(['ONE_LAYER']);
  });

  it('two layers, and the size of the larger', { timeout: 90_000 }, async () => {
    const sending = await encoder(
      'video/H264',
      [
        {
          ssrc: 1_001,
          encode: `${picture()} ! videoscale ! video/x-raw,width=160,height=120 ! x264enc tune=zerolatency key-int-max=30`,
        },
        { ssrc: 1_002, encode: `${picture()} ! x264enc tune=zerolatency key-int-max=30` },
      ],
      CONSTRAINED_BASELINE,
    );
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => inspector.observations.width, PATIENCE).toBe(320);
    await expect.poll(() => inspector.observations.bitrate, PATIENCE).toBeGreaterThan(0);
    await expect.poll(() => inspector.observations.layers, PATIENCE).toBe(2);
    expect(codes(inspector)).not.toContain('ONE_LAYER');
  });

  it('sound that stops, and comes back', { timeout: 90_000 }, async () => {
    const sending = await encoder('audio/opus', [
      { ssrc: 1_001, encode: 'audiotestsrc is-live=true ! opusenc' },
    ]);
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => inspector.observations.bitrate, PATIENCE).toBeGreaterThan(0);
    expect(codes(inspector)).toEqual([]);
    sending.freeze();
    await expect.poll(() => codes(inspector), PATIENCE).toEqual(['NO_MEDIA']);
    sending.thaw();
    await expect.poll(() => codes(inspector), PATIENCE).toEqual([]);
  });
});

describe.skipIf(missingGstreamer)('an inspector closes', () => {
  const branches = [x264('tune=zerolatency key-int-max=30')];

  it('with its producer', async () => {
    const sending = await encoder('video/H264', branches, CONSTRAINED_BASELINE);
    const inspector = await inspect(sending);
    sending.producer.close();
    expect(inspector.closed).toBe(true);
    inspector.close();
    expect(inspector.observations.begun).toBe(false);
  });

  it('with a router that closes while it starts', async () => {
    const other = await worker.createRouter({ mediaCodecs });
    const sending = await GstEncoder.create(other, 'video/H264', branches, CONSTRAINED_BASELINE);
    const starting = ProducerInspector.start({
      router: other,
      producer: sending.producer,
    });
    other.close();
    expect((await starting).closed).toBe(true);
  });

  it('at once with a producer that is closed already', async () => {
    const sending = await encoder('video/H264', branches, CONSTRAINED_BASELINE);
    sending.producer.close();
    expect((await inspect(sending)).closed).toBe(true);
  });

  it('with a worker that dies', async () => {
    const workerBin = findWorker();
    const dying = await createWorker({ logLevel: 'none', ...(workerBin ? { workerBin } : {}) });
    const other = await dying.createRouter({ mediaCodecs });
    const sending = await GstEncoder.create(other, 'video/H264', branches, CONSTRAINED_BASELINE);
    const [early, late] = await Promise.all([
      ProducerInspector.start({ router: other, producer: sending.producer, pace: HASTE }),
      ProducerInspector.start({ router: other, producer: sending.producer, pace: HASTE }),
    ]);
    const starting = ProducerInspector.start({
      router: other,
      producer: sending.producer,
    });
    process.kill(dying.pid, 'SIGKILL');
    expect((await starting).closed).toBe(true);
    expect([early.closed, late.closed]).toEqual([true, true]);
  });

  it('and traces nothing any more, while media flows', async () => {
    const sending = await encoder('video/H264', branches, CONSTRAINED_BASELINE);
    const inspector = await inspect(sending);
    await sending.send();
    await expect.poll(() => inspector.observations.begun, PATIENCE).toBe(true);
    inspector.close();
    await expect.poll(async () => (await sending.producer.dump()).traceEventTypes, PATIENCE).toEqual([]);
  }, 60_000);
});
