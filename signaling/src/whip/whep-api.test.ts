import { audioSection, h264, offerOf, receiving, rtx, video, videoSection } from '@meshlift/sfu/testing/sdp';
import { describe, expect, it } from 'vitest';
import {
  ask,
  FRAGMENT,
  liveStreams,
  play,
  playOffer,
  publish,
  publishLive,
  publishOffer,
  refusalOf,
  SDP,
  sessionUrl,
} from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

async function startLive(...kinds: ('audio' | 'video')[]) {
  const server = await TestServer.start();
  const stream = await server.createStream();
  return { server, ...stream, ...(await publishLive(server, stream, ...kinds)) };
}

const pictureOf = (...codecs: ReturnType<typeof video>[]) => offerOf([receiving(videoSection({ codecs }))]);

describe('an offer by WHEP', () => {
  it('is answered with the session, which its address does not tell the stream by', async () => {
    const { server, streamId } = await startLive('audio', 'video');
    const response = await play(server, streamId);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toMatch(/^application\/sdp\b/);
    expect(sessionUrl(response)).toMatch(new RegExp(`^${server.url}/whep/sessions/[\\w-]{200,512}$`));
    expect(response.headers.get('etag')).toMatch(/^"[\w-]{12}"$/);
    const answer = await response.text();
    expect(answer.match(/^a=(?:sendonly|recvonly)/gm)).toEqual(['a=sendonly', 'a=sendonly']);
    expect(answer).not.toMatch(/^a=ssrc:/m);
  });

  it.each([
    ['sound', ['audio']],
    ['picture', ['video']],
    ['both', ['audio', 'video']],
  ] as const)('is played to: %s of it', async (_, kinds) => {
    const { server, streamId } = await startLive('audio', 'video');
    const player = await SdpPeer.create('RecvOnly', ...kinds);
    const response = await play(server, streamId, player.offer);
    await player.connect(await response.text());
    for (const kind of kinds) {
      await expect.poll(() => player.received[kind], { timeout: 5_000 }).toBeGreaterThan(10);
    }
  });

  it('counts as a viewer until its session ends', async () => {
    const { server, streamId } = await startLive('audio', 'video');
    const [first, second] = [await play(server, streamId), await play(server, streamId)];
    expect(await server.metric('meshlift_viewers')).toBe(2);
    for (const response of [first, second]) await ask('DELETE', sessionUrl(response));
    expect(await server.metric('meshlift_viewers')).toBe(0);
    expect(await server.metric('meshlift_edges')).toBe(0);
    expect(await liveStreams(server)).toBe(1);
  });

  it('shares what carries the stream with those who number codecs the same way', async () => {
    const { server, streamId } = await startLive('audio', 'video');
    const offers = [video(96, 'VP8'), video(96, 'VP8'), video(120, 'VP8')].map((codec) => pictureOf(codec));
    const urls = [];
    for (const offer of offers) urls.push(sessionUrl(await play(server, streamId, offer)));
    expect(await server.metric('meshlift_edges')).toBe(2);
    for (const url of urls) await ask('DELETE', url);
    expect(await server.metric('meshlift_edges')).toBe(0);
  });

  it('is answered with all codecs that may come, while the publisher is awaited', async () => {
    const { server, streamId, publishKey, url } = await startLive('audio', 'video');
    await ask('DELETE', url);
    const offer = pictureOf(
      video(96, 'VP8'),
      rtx(97, 96),
      h264(102, '42e01f', 1),
      video(45, 'AV1'),
      video(35, 'H265'),
    );
    const response = await play(server, streamId, offer);
    expect(response.status).toBe(201);
    expect(await response.text()).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96 102 45\r\n');
    await publishLive(server, { streamId, publishKey }, 'video');
    expect(await server.metric('meshlift_viewers')).toBe(1);
  });
});

describe('what cannot be played is refused', () => {
  it('alike for a stream that is not there and for one that nobody has published to', async () => {
    const server = await TestServer.start();
    const { streamId } = await server.createStream();
    expect(await refusalOf(await play(server, 'nobody'))).toEqual([404, 'STREAM_NOT_FOUND']);
    expect(await refusalOf(await play(server, streamId))).toEqual([404, 'STREAM_NOT_FOUND']);
    // Offered and not sent yet.
    await publish(server, 'my-show', 'key');
    expect(await refusalOf(await play(server, 'my-show'))).toEqual([404, 'STREAM_NOT_FOUND']);
  });

  it.each([
    [
      'another content type',
      { 'content-type': 'application/json' },
      playOffer,
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    ['a fragment', FRAGMENT, playOffer, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['more than 64 KiB', SDP, `v=0\r\n${'a=x\r\n'.repeat(13_200)}`, [413, 'TOO_LARGE']],
    ['no SDP', SDP, '\r\n', [400, 'SDP_INVALID']],
    ['an offer that sends', SDP, publishOffer, [406, 'SDP_UNSUPPORTED']],
    ['codecs of which none is served', SDP, pictureOf(video(96, 'H265')), [406, 'SDP_UNSUPPORTED']],
    ['codecs of which the stream has none', SDP, pictureOf(video(96, 'AV1')), [406, 'SDP_UNSUPPORTED']],
    [
      'nothing but sound of the wrong kind',
      SDP,
      offerOf([receiving(audioSection({ codecs: [video(8, 'PCMA')] }))]),
      [406, 'SDP_UNSUPPORTED'],
    ],
  ])('for %s', async (_, headers, body, expected) => {
    const { server, streamId } = await startLive('audio', 'video');
    const response = await ask('POST', `${server.url}/whep/${streamId}`, { headers, body });
    expect(await refusalOf(response)).toEqual(expected);
    expect(await server.metric('meshlift_viewers')).toBe(0);
    expect(await server.metric('meshlift_sessions')).toBe(1);
    expect(await server.metric('meshlift_edges')).toBe(0);
    expect(await liveStreams(server)).toBe(1);
  });

  it('by name: what the stream is, and what was offered', async () => {
    const { server, streamId } = await startLive('audio', 'video');
    const response = await play(server, streamId, pictureOf(video(96, 'AV1'), h264(102, '42e01f', 1)));
    expect(await response.json()).toMatchObject({
      error: {
        message:
          "The stream's video is VP8, which is not among what was offered: AV1, H264 (profile 42e01f).",
      },
    });
  });
});

describe('viewers by WHEP', () => {
  it('are dropped when the ID is rotated, and when the stream ends', async () => {
    const { server, streamId, publishKey } = await startLive('audio', 'video');
    const first = sessionUrl(await play(server, streamId));
    const rotated = await server.call('POST', `/api/streams/${streamId}/rotate`, publishKey);
    const { streamId: newId } = (await rotated.json()) as { streamId: string };
    expect(await refusalOf(await ask('PATCH', first))).toEqual([404, 'SESSION_NOT_FOUND']);
    const second = sessionUrl(await play(server, newId));
    await server.call('DELETE', `/api/streams/${newId}`, publishKey);
    expect(await refusalOf(await ask('PATCH', second))).toEqual([404, 'SESSION_NOT_FOUND']);
    expect(await server.metric('meshlift_sessions')).toBe(0);
  });

  it('are told to come again when a worker dies, and a new one serves them', async () => {
    const { server, streamId, publishKey } = await startLive('audio', 'video');
    const url = sessionUrl(await play(server, streamId));
    for (const pid of server.node.workerPids()) process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await ask('PATCH', url)).status, { timeout: 10_000 }).toBe(404);
    expect((await ask('DELETE', url)).status).toBe(200);
    const again = () => publishLive(server, { streamId, publishKey }, 'audio').then(() => 'live', String);
    await expect.poll(again, { timeout: 10_000 }).toBe('live');
  });
});
