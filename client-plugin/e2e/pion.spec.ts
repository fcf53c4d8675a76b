import { mergeTests } from '@playwright/test';
import { hasPion, nativeTest } from './support/native.ts';
import { expect, test as whipTest } from './support/whip-fixtures.ts';

const test = mergeTests(nativeTest, whipTest);

test.skip(!hasPion, 'the player on pion was not built');

test('pion plays by WHEP what a browser publishes, and goes on when the publisher comes back', async ({
  server,
  newPublisher,
  viewByPion,
}) => {
  const stream = await server.createStream();
  const first = await newPublisher();
  await first.publish(stream, { codec: 'VP8' });
  const viewer = viewByPion(stream.whepUrl);
  expect(await viewer.receives('video', 50)).toBe(1);
  expect(await viewer.receives('audio', 50)).toBe(1);

  await first.stop();
  await (await newPublisher()).publish(stream, { codec: 'VP8' });
  const session = await viewer.receives('video', 50, 1);
  expect(await viewer.receives('audio', 50, 1)).toBe(session);
  expect(await server.metric('meshlift_viewers')).toEqual([1]);
  expect(await viewer.stop()).toBe(200);
});

test('pion that waits for a publisher joins again when it comes', async ({
  server,
  newPublisher,
  viewByPion,
}) => {
  const stream = await server.createStream();
  const first = await newPublisher();
  await first.publish(stream, { codec: 'H264' });
  await first.stop();
  const viewer = viewByPion(stream.whepUrl);
  await viewer.connects();
  await (await newPublisher()).publish(stream, { codec: 'H264' });
  const session = await viewer.receives('video', 50, 1);
  expect(await viewer.receives('audio', 50, 1)).toBe(session);
});
