import { viewerCapabilities } from '@meshlift/sfu/testing';
import { audioSection, offerOf, videoSection } from '@meshlift/sfu/testing/sdp';
import { describe, expect, it, vi } from 'vitest';
import {
  ask,
  FRAGMENT,
  liveStreams,
  play,
  publish,
  publishLive,
  refusalOf,
  sessionUrl,
  unservedOffer,
} from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

/** What the media worker refuses, though it is valid SDP. */
const oneSsrc = offerOf([audioSection({ lines: ['a=ssrc:5000 cname:test'] }), videoSection()]);
const twoPicturesOneSsrc = offerOf([videoSection({ mid: '0' }), videoSection({ mid: '1' })]);
const shortFingerprint = offerOf([audioSection()]).replace(/sha-256 .*/g, 'sha-256 AB:CD');

const RESTART = 'a=ice-ufrag:another\r\na=ice-pwd:anotherpasswordanother\r\n';

async function liveByWhip() {
  const server = await TestServer.start();
  const stream = await server.createStream();
  return { server, stream, first: await publishLive(server, stream, 'audio', 'video') };
}

/** Publishes in place of somebody who is live; resolves when packets can pass. */
async function takeOver(
  server: TestServer,
  { streamId, publishKey }: Awaited<ReturnType<TestServer['createStream']>>,
) {
  const peer = await SdpPeer.create('SendOnly', 'audio', 'video');
  const response = await publish(server, streamId, publishKey, peer.offer);
  const url = sessionUrl(response);
  await peer.connect(await response.text());
  peer.send();
  return { peer, url };
}

describe('an encoder that comes back with its key before it is considered gone', () => {
  it('takes over at once; the session before has ended, and its requests do not touch the new one', async () => {
    const { server, stream, first } = await liveByWhip();
    const second = await takeOver(server, stream);
    await vi.waitFor(async () => expect(await liveStreams(server)).toBe(1));
    const headers = { ...FRAGMENT, 'if-match': '*' };
    expect(await refusalOf(await ask('PATCH', first.url, { headers, body: RESTART }))).toEqual([
      404,
      'SESSION_NOT_FOUND',
    ]);
    await ask('DELETE', first.url);
    expect(await liveStreams(server)).toBe(1);
    expect(await server.metric('meshlift_sessions')).toBe(1);
    expect((await ask('DELETE', second.url)).status).toBe(200);
  });

  it('is what viewers see from then on', async () => {
    const { server, stream } = await liveByWhip();
    const viewer = await server.connect();
    await viewer.request('stream:watch', {
      streamId: stream.streamId,
      rtpCapabilities: viewerCapabilities(),
    });
    await takeOver(server, stream);
    await viewer.next('consumer:opened', ({ consumer }) => consumer.kind === 'video');
    await viewer.next('stream:state', ({ state }) => state === 'live');
    const player = await SdpPeer.create('RecvOnly', 'video');
    const answered = await play(server, stream.streamId, player.offer);
    await player.connect(await answered.text());
    await vi.waitFor(() => expect(player.received.video).toBeGreaterThan(0), { timeout: 5_000 });
  });

  it.each([
    ['that is no SDP', 'hello', [400, 'SDP_INVALID']],
    ['of codecs that are not served', unservedOffer, [406, 'SDP_UNSUPPORTED']],
    ['whose tracks have the same SSRC', oneSsrc, [422, 'RTP_REJECTED']],
    ['whose second picture has the SSRC of the first', twoPicturesOneSsrc, [422, 'RTP_REJECTED']],
    ['whose fingerprint no handshake can fit', shortFingerprint, [400, 'SDP_INVALID']],
  ])('does not end the session that is live by an offer %s', async (_, offer, refusal) => {
    const { server, stream, first } = await liveByWhip();
    const player = await SdpPeer.create('RecvOnly', 'audio', 'video');
    await player.connect(await (await play(server, stream.streamId, player.offer)).text());
    const watcher = await server.connect();
    await watcher.request('stream:watch', {
      streamId: stream.streamId,
      rtpCapabilities: viewerCapabilities(),
    });
    const sessions = await server.metric('meshlift_sessions');
    expect(await refusalOf(await publish(server, stream.streamId, stream.publishKey, offer))).toEqual(
      refusal,
    );
    const { video } = player.received;
    await vi.waitFor(() => expect(player.received.video).toBeGreaterThan(video + 10), { timeout: 5_000 });
    expect(await liveStreams(server)).toBe(1);
    expect(await server.metric('meshlift_sessions')).toBe(sessions);
    expect(watcher.received('stream:state')).toEqual([]);
    expect(watcher.received('consumer:closed')).toEqual([]);
    const headers = { ...FRAGMENT, 'if-match': first.etag };
    expect((await ask('PATCH', first.url, { headers, body: RESTART })).status).toBeLessThan(300);
    expect((await ask('DELETE', first.url)).status).toBe(200);
  });

  it('is refused as often as it tries, at no cost to the live session', async () => {
    const { server, stream } = await liveByWhip();
    for (let attempt = 0; attempt < 12; attempt += 1) {
      const response = await publish(server, stream.streamId, stream.publishKey, oneSsrc);
      expect(await refusalOf(response)).toEqual([422, 'RTP_REJECTED']);
    }
    expect(await server.metric('meshlift_sessions')).toBe(1);
    expect(await liveStreams(server)).toBe(1);
  });

  it('is refused when two of them take the stream from each other for ever', async () => {
    const { server, stream } = await liveByWhip();
    for (let takeover = 0; takeover < 6; takeover += 1) {
      await takeOver(server, stream);
      await vi.waitFor(async () => expect(await liveStreams(server)).toBe(1));
    }
    const response = await publish(server, stream.streamId, stream.publishKey);
    expect(response.headers.get('retry-after')).toBe('60');
    expect(await refusalOf(response)).toEqual([409, 'STREAM_LIVE']);
    expect(await liveStreams(server)).toBe(1);
  });
});

describe('a page whose stream an encoder takes over', () => {
  it('is told so', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const page = await server.connect();
    const { sessionId } = await page.request('stream:publish', stream);
    await takeOver(server, stream);
    const { error } = await page.next('session:closed', (closed) => closed.sessionId === sessionId);
    expect(error.code).toBe('SESSION_REPLACED');
  });

  it('is told so when it comes back, if it was away', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const page = await server.connect();
    const { sessionId } = await page.request('stream:publish', stream);
    page.close();
    await takeOver(server, stream);
    const again = await server.connect();
    expect(await again.refused('session:resume', { sessionId })).toBe('SESSION_REPLACED');
  });
});
