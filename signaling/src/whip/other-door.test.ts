import type { CreatedStream, StreamStatus } from '@meshlift/protocol';
import { expect, it, vi } from 'vitest';
import { liveStreams, play, publish, publishLive, refusalOf, watchLive } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { type Door, testDoors } from '../testing/test-doors.ts';

async function twoDoors() {
  const { doors } = await testDoors(2);
  const [p, v] = doors as [Door, Door];
  return { p: p.server, v: v.server, stream: await p.server.createStream() };
}

it('an encoder publishes through any door to the one that owns the stream, and players watch at both', async () => {
  const { p, v, stream } = await twoDoors();
  const peer = await SdpPeer.create('SendOnly', 'audio', 'video');
  const response = await publish(v, stream.streamId, stream.publishKey, peer.offer);
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toMatch(new RegExp(`^${v.url}/whip/sessions/`));
  expect(response.headers.get('whep')).toBe(`${v.url}/whep/${stream.streamId}`);
  await peer.connect(await response.text());
  peer.send();
  await vi.waitFor(async () => expect(await liveStreams(p)).toBe(1), { timeout: 5_000 });
  expect(await liveStreams(v)).toBe(0);
  await watchLive(v, stream);
  await watchLive(p, stream);
  const status = await v.call('GET', `/api/streams/${stream.streamId}`, stream.publishKey);
  const { state, source, viewers, whipUrl } = (await status.json()) as StreamStatus;
  expect([state, source, viewers]).toEqual(['live', 'whip', 2]);
  expect(whipUrl).toBe(`${v.url}/whip/${stream.streamId}`);
});

it('what the holder of the key asks for at another door happens at the owner, and to viewers everywhere', async () => {
  const { p, v, stream } = await twoDoors();
  await publishLive(p, stream, 'audio');
  const path = `/api/streams/${stream.streamId}`;
  const stranger = 'x'.repeat(43);
  for (const [method, url] of [
    ['GET', path],
    ['POST', `${path}/rotate`],
    ['DELETE', path],
  ] as const) {
    expect(await refusalOf(await v.call(method, url, stranger))).toEqual([403, 'STREAM_NOT_YOURS']);
  }
  expect(await refusalOf(await publish(v, stream.streamId, stranger))).toEqual([401, 'KEY_REQUIRED']);
  const viewer = await v.connect();
  const terms = { rtpCapabilities: v.node.routerRtpCapabilities };
  await viewer.request('stream:watch', { streamId: stream.streamId, ...terms });
  const rotated = await v.call('POST', `${path}/rotate`, stream.publishKey);
  const { streamId: newId } = (await rotated.json()) as CreatedStream;
  expect((await viewer.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
  expect(await refusalOf(await play(v, stream.streamId))).toEqual([404, 'STREAM_NOT_FOUND']);
  await viewer.request('stream:watch', { streamId: newId, ...terms });
  expect((await v.call('DELETE', `/api/streams/${newId}`, stream.publishKey)).status).toBe(204);
  expect((await viewer.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
  await expect.poll(() => liveStreams(p)).toBe(0);
  expect(await viewer.refused('stream:watch', { streamId: newId, ...terms })).toBe('STREAM_NOT_FOUND');
});

it('a page publishes through any door to the one that owns the stream', async () => {
  const { p, v, stream } = await twoDoors();
  const { streamId, publishKey } = stream;
  const first = await p.connect();
  await first.request('stream:publish', { streamId, publishKey });
  const second = await v.connect();
  const { links } = await second.request('stream:publish', { streamId, publishKey });
  expect(links.whipUrl).toBe(`${v.url}/whip/${streamId}`);
  const refused = await second.refused('stream:publish', { streamId, publishKey: 'x'.repeat(43) });
  expect(refused).toBe('STREAM_NOT_YOURS');
});
