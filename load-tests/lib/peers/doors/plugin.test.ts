import { expect, onTestFinished, test } from 'vitest';
import { runStream } from '../../testing/running-stream.ts';
import { ReceivingPeer } from '../receiving-peer.ts';
import { enterByPlugin } from './plugin.ts';

function peer(): ReceivingPeer {
  const made = new ReceivingPeer();
  onTestFinished(() => made.close());
  return made;
}

test('a peer that enters by the messages of the plugin receives the stream until it leaves', async () => {
  const { url, streamId, metric } = await runStream();
  const viewer = peer();

  const entry = await enterByPlugin({ kind: 'plugin', server: url, streamId }, viewer);
  await viewer.connected;
  await viewer.firstPacket;
  expect(viewer.take().received).toBeGreaterThan(0);
  expect(await metric('meshlift_viewers')).toBe(1);

  await entry.leave();
  expect(await metric('meshlift_viewers')).toBe(0);
  expect(await metric('meshlift_sessions')).toBe(1);
});

test('it says why it was not let in, and leaves no connection behind', async () => {
  const { url, metric } = await runStream();
  await expect(enterByPlugin({ kind: 'plugin', server: url, streamId: 'unknown' }, peer())).rejects.toThrow(
    'stream:watch was refused: STREAM_NOT_FOUND',
  );
  await expect.poll(() => metric('meshlift_connections')).toBe(0);
});

test('it leaves no connection behind when the server has ended its session before', async () => {
  const { url, streamId, ingest, metric } = await runStream();
  const entry = await enterByPlugin({ kind: 'plugin', server: url, streamId }, peer());
  if (ingest.kind !== 'whip') throw new Error('the stream is published by WHIP');
  const authorization = `Bearer ${ingest.key}`;
  await fetch(`${url}/api/streams/${streamId}`, { method: 'DELETE', headers: { authorization } });

  await expect(entry.leave()).rejects.toThrow('SESSION_NOT_FOUND');
  await expect.poll(() => metric('meshlift_connections')).toBe(0);
});
