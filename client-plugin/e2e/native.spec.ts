import { mergeTests } from '@playwright/test';
import { expect, type Viewer } from './support/fixtures.ts';
import { type BroadcastOptions, missingForNative, nativeTest } from './support/native.ts';
import { test as whipTest } from './support/whip-fixtures.ts';

const test = mergeTests(whipTest, nativeTest);

/** The tone of the test picture, in hertz. */
const TONE = 440;

const missing = missingForNative();
test.skip(missing !== undefined, `native programs need ${missing}`);

const broadcasts: (BroadcastOptions & { name: string; mimeType: string })[] = [
  { name: 'VP8', codec: 'vp8', mimeType: 'video/VP8' },
  { name: 'VP9', codec: 'vp9', mimeType: 'video/VP9' },
  { name: 'H.264 constrained baseline', codec: 'h264', profile: 'baseline', mimeType: 'video/H264' },
  { name: 'H.264 high', codec: 'h264', profile: 'high', mimeType: 'video/H264' },
];

/** The codec of the picture that a page decodes. */
function decodedCodec({ page }: Viewer): Promise<string | undefined> {
  return page.evaluate(async () => {
    for (const connection of window.probe.connections) {
      const stats = [...(await connection.getStats()).values()];
      const video = stats.find(
        ({ type, kind, framesDecoded }) => type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0,
      );
      if (video) return stats.find(({ id }) => id === video.codecId)?.mimeType;
    }
    return undefined;
  });
}

for (const { name, mimeType, ...options } of broadcasts) {
  test(`what GStreamer publishes by WHIP in ${name} is seen and heard on a watch page`, async ({
    server,
    broadcast,
    watch,
  }) => {
    const { whipUrl, publishKey, watchUrl } = await server.createStream();
    const broadcaster = broadcast(whipUrl, publishKey, options);
    await broadcaster.connects();
    const viewer = await watch(watchUrl);
    const { width, height } = await viewer.seesMotion();
    expect([width, height]).toEqual([640, 360]);
    expect(await decodedCodec(viewer)).toBe(mimeType);
    await viewer.hears(TONE);
  });
}

test('GStreamer plays by WHEP what a browser publishes, and is counted as a viewer while it does', async ({
  server,
  studio,
  view,
}) => {
  const streamId = new URL(await studio.goLive(server.url)).pathname.split('/').at(-1);
  const viewer = view(`${server.url}/whep/${streamId}`);
  expect(await viewer.seesMotion()).toBeGreaterThan(0);
  await viewer.hearsTone();
  expect(await server.metric('meshlift_viewers')).toEqual([1]);
  expect(await viewer.stop()).toBe(200);
  await expect.poll(() => server.metric('meshlift_viewers')).toEqual([0]);
});

test('GStreamer plays by WHEP what GStreamer publishes by WHIP', async ({ server, broadcast, view }) => {
  const { whipUrl, whepUrl, publishKey } = await server.createStream();
  const broadcaster = broadcast(whipUrl, publishKey, { codec: 'h264', profile: 'baseline' });
  await broadcaster.connects();
  const viewer = view(whepUrl, ['h264']);
  expect(await viewer.seesMotion()).toBe(640);
  await viewer.hearsTone();
});

test('neither who sends nor who plays is given up for not asking for consent, as browsers do', async ({
  server,
  broadcast,
  view,
}) => {
  test.setTimeout(120_000);
  const { whipUrl, whepUrl, publishKey } = await server.createStream();
  const broadcaster = broadcast(whipUrl, publishKey, { codec: 'vp8' });
  await broadcaster.connects();
  const viewer = view(whepUrl, ['vp8']);
  // At 30 pictures a second this is longer than the relay waits for anybody's sign of life.
  expect(await viewer.seesMotion(1_000)).toBe(640);
  expect(await server.metric('meshlift_viewers')).toEqual([1]);
});

test('viewers of a broadcaster that deletes its session wait for it, and see it again when it is back', async ({
  server,
  broadcast,
  watch,
}) => {
  const { whipUrl, publishKey, watchUrl } = await server.createStream();
  const first = broadcast(whipUrl, publishKey, { codec: 'vp8' });
  await first.connects();
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  expect(await first.stop()).toBe(200);
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'waiting');
  broadcast(whipUrl, publishKey, { codec: 'vp8' });
  await viewer.seesMotion();
});

test('a broadcaster without the key is refused', async ({ server, broadcast }) => {
  const { whipUrl } = await server.createStream();
  const broadcaster = broadcast(whipUrl, 'x'.repeat(43), { codec: 'vp8' });
  const status = await broadcaster.until(({ event, status }) => (event === 'refused' ? status : undefined));
  expect([401, 403]).toContain(status);
});

test('GStreamer, which knows no mark for video that lies on its side, plays that of a phone upright', async ({
  server,
  newPublisher,
  view,
}) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  await publisher.publish(stream, { kinds: ['video'], layers: undefined, codec: 'VP8', phone: true });
  const viewer = view(stream.whepUrl);
  // The counter can be read in what stands upright alone.
  expect(await viewer.seesMotion()).toBeLessThanOrEqual(360);
});
