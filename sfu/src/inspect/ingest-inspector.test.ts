import { ingestReportSchema } from '@meshlift/protocol';
import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';
import { GstEncoder, missingGstreamer } from '../testing/gst-encoder.ts';
import { IngestInspector } from './ingest-inspector.ts';

const PATIENCE = { timeout: 40_000, interval: 100 };

let worker: types.Worker;
let router: types.Router;

beforeAll(async () => {
  const workerBin = findWorker();
  worker = await createWorker({ logLevel: 'warn', ...(workerBin ? { workerBin } : {}) });
  router = await worker.createRouter({ mediaCodecs });
});
afterAll(() => worker.close());

async function camera(): Promise<GstEncoder> {
  const picture = 'videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=30/1';
  const encode = `${picture} ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=30`;
  const made = await GstEncoder.create(router, 'video/H264', [{ ssrc: 1, encode }], {
    'profile-level-id': '42e01f',
    'packetization-mode': 1,
  });
  onTestFinished(() => made.close());
  return made;
}

async function microphone(): Promise<GstEncoder> {
  const encode = 'audiotestsrc is-live=true ! opusenc';
  const made = await GstEncoder.create(router, 'audio/opus', [{ ssrc: 2, encode }]);
  onTestFinished(() => made.close());
  return made;
}

it.skipIf(missingGstreamer)(
  'reports on all tracks, and on what is missing once packets could pass',
  { timeout: 60_000 },
  async () => {
    const [video, audio] = await Promise.all([camera(), microphone()]);
    const inspector = new IngestInspector(router);
    onTestFinished(() => inspector.close());
    await Promise.all([inspector.add(video.producer), inspector.add(audio.producer)]);
    expect(inspector.report).toMatchObject({ tracks: [{ kind: 'video' }, { kind: 'audio' }], findings: [] });

    inspector.setConnected(true);
    await video.send();
    const codes = () => inspector.report.findings.map(({ code }) => code);
    await expect.poll(codes, PATIENCE).toEqual(['NO_MEDIA', 'ONE_LAYER']);
    expect(inspector.report.findings[0]?.message).toContain('no sound');
    expect(ingestReportSchema.parse(JSON.parse(JSON.stringify(inspector.report)))).toEqual(inspector.report);

    inspector.setConnected(false);
    expect(codes()).toEqual(['ONE_LAYER']);
  },
);

it('forgets a producer that closes, and all when it is closed', async () => {
  const [video, audio] = await Promise.all([camera(), microphone()]);
  const inspector = new IngestInspector(router);
  await Promise.all([inspector.add(video.producer), inspector.add(audio.producer)]);
  video.producer.close();
  expect(inspector.report.tracks).toMatchObject([{ kind: 'audio' }]);
  inspector.close();
  inspector.close();
  await inspector.add(audio.producer);
  expect(inspector.report).toEqual({ tracks: [], findings: [] });
});
