import { describe, expect, it } from 'vitest';
import {
  ask,
  FRAGMENT,
  liveStreams,
  play,
  publish,
  publishLive,
  publishOffer,
  refusalOf,
  SDP,
  sessionUrl,
  unservedOffer,
} from '../testing/sdp-client.ts';
import { TestServer } from '../testing/test-server.ts';

async function startWithStream(overrides: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(overrides);
  return { server, ...(await server.createStream()) };
}

describe('an offer by WHIP', () => {
  it('is answered with the session, which its address does not tell the stream by', async () => {
    const { server, streamId, publishKey } = await startWithStream();
    const response = await publish(server, streamId, publishKey);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/sdp');
    expect(response.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect(await response.text()).toMatch(/^v=0\r\n/);
    const location = sessionUrl(response);
    expect(location).toMatch(new RegExp(`^${server.url}/whip/sessions/[\\w-]{200,512}$`));
    expect(location).not.toContain(streamId);
    expect(response.headers.get('etag')).toMatch(/^"[\w-]{12}"$/);
    expect(response.headers.get('whep')).toBe(`${server.url}/whep/${streamId}`);
  });

  it('has addresses of the public URL, where there is one', async () => {
    const { server, streamId, publishKey } = await startWithStream({ publicUrl: 'https://live.example.org' });
    const response = await publish(server, streamId, publishKey);
    expect(sessionUrl(response)).toMatch(/^https:\/\/live\.example\.org\/whip\/sessions\//);
    expect(response.headers.get('whep')).toBe(`https://live.example.org/whep/${streamId}`);
  });

  it('makes the stream live for those who watch by socket', async () => {
    const { server, streamId, publishKey } = await startWithStream();
    await publishLive(server, { streamId, publishKey }, 'audio', 'video');
    const viewer = await server.connect();
    const { state, consumers } = await viewer.request('stream:watch', {
      streamId,
      rtpCapabilities: server.node.routerRtpCapabilities,
    });
    expect([state, consumers.map(({ kind }) => kind)]).toEqual(['live', ['audio', 'video']]);
  });

  it('may replace one of the same key that never connected', async () => {
    const { server, streamId, publishKey } = await startWithStream();
    const first = sessionUrl(await publish(server, streamId, publishKey));
    const second = sessionUrl(await publish(server, streamId, publishKey));
    expect(await refusalOf(await ask('PATCH', first))).toEqual([404, 'SESSION_NOT_FOUND']);
    expect((await ask('DELETE', second)).status).toBe(200);
  });
});

describe('what is wrong with a request is said', () => {
  it.each<[string, Record<string, string>]>([
    ['no key', {}],
    ['an empty one', { authorization: 'Bearer' }],
    ['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
    ['a wrong one', { authorization: 'Bearer not-the-key' }],
  ])('with %s: 401, and the live stream goes on', async (_, headers) => {
    const { server, streamId, publishKey } = await startWithStream();
    const live = await publishLive(server, { streamId, publishKey }, 'audio');
    const response = await ask('POST', `${server.url}/whip/${streamId}`, {
      headers: { ...SDP, ...headers },
      body: publishOffer,
    });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await refusalOf(response)).toEqual([401, 'KEY_REQUIRED']);
    expect(await liveStreams(server)).toBe(1);
    expect((await ask('DELETE', live.url)).status).toBe(200);
  });

  it.each([
    ['another content type', { 'content-type': 'application/json' }, '{}', [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['a fragment', FRAGMENT, publishOffer, [415, 'UNSUPPORTED_MEDIA_TYPE']],
    [
      'a charset that nobody knows',
      { 'content-type': 'application/sdp; charset=klingon' },
      publishOffer,
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    [
      'an encoding that nobody knows',
      { ...SDP, 'content-encoding': 'zoo' },
      publishOffer,
      [415, 'UNSUPPORTED_MEDIA_TYPE'],
    ],
    ['more than 64 KiB', SDP, `v=0\r\n${'a=x\r\n'.repeat(13_200)}`, [413, 'TOO_LARGE']],
    ['nothing', SDP, '', [400, 'SDP_INVALID']],
    ['no SDP', SDP, 'hello', [400, 'SDP_INVALID']],
    ['codecs of which none is served', SDP, unservedOffer, [406, 'SDP_UNSUPPORTED']],
  ])('with %s', async (_, headers, body, expected) => {
    const { server, streamId, publishKey } = await startWithStream();
    const url = `${server.url}/whip/${streamId}`;
    const authorization = `Bearer ${publishKey}`;
    expect(await refusalOf(await ask('POST', url, { headers: { ...headers, authorization }, body }))).toEqual(
      expected,
    );
    expect(await server.metric('meshlift_relays')).toBe(0);
  });

  it.each([
    ['m-lines', 'm=video 9 UDP/TLS/RTP/SAVPF 96\r\n'],
    ['candidates', 'a=candidate:1 1 udp 1 ::1\r\n'],
    ['SSRCs', 'a=ssrc:1 cname:x\r\n'],
    ['lines that are empty', '\n'],
    ['parameters', `a=fmtp:96 ${'a=1;'.repeat(10_000)}\r\n`],
  ])('for an offer of very many %s: 400, and no worker minds', async (_, line) => {
    const { server, streamId, publishKey } = await startWithStream();
    const pids = server.node.workerPids();
    const room = 64 * 1024 - publishOffer.length - 3;
    const offer = `${publishOffer}${line.repeat(Math.floor(room / line.length))}a=x`;
    expect(await refusalOf(await publish(server, streamId, publishKey, offer))).toEqual([400, 'SDP_INVALID']);
    expect(server.node.workerPids()).toEqual(pids);
    expect((await publish(server, streamId, publishKey)).status).toBe(201);
  });

  it('takes the content type with parameters, and in capitals', async () => {
    const { server, streamId, publishKey } = await startWithStream();
    for (const type of ['application/sdp; charset=utf-8', 'Application/SDP']) {
      const headers = { 'content-type': type, authorization: `Bearer ${publishKey}` };
      const url = `${server.url}/whip/${streamId}`;
      expect((await ask('POST', url, { headers, body: publishOffer })).status).toBe(201);
    }
  });

  it('names the line that is wrong, and what was offered and is served', async () => {
    const { server, streamId, publishKey } = await startWithStream();
    const sentence = async (offer: string) => {
      const { error } = (await (await publish(server, streamId, publishKey, offer)).json()) as {
        error: { message: string };
      };
      return error.message;
    };
    expect(await sentence('v=0\r\nwhat?\r\n')).toContain('Line 2 is none of SDP: "what?"');
    expect(await sentence(unservedOffer)).toContain('Offered: H265. Served: VP8, VP9');
  });

  it.each(['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])(
    'of the endpoint by %s: 405 with Allow',
    async (method) => {
      const { server, streamId } = await startWithStream();
      for (const path of [`/whip/${streamId}`, `/whep/${streamId}`]) {
        const response = await ask(method, server.url + path);
        expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
      }
    },
  );

  it.each(['/whip', '/whip/', '/whip/a/b', '/whip/sessions/a/b', '/whep'])('at %s: 404', async (path) => {
    const server = await TestServer.start();
    const headers = { ...SDP, authorization: 'Bearer key' };
    const response = await ask('POST', server.url + path, { headers, body: publishOffer });
    expect(await refusalOf(response)).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    ['%2e%2e%2f', [404, 'STREAM_NOT_FOUND']],
    ['a%2Fb', [404, 'STREAM_NOT_FOUND']],
    ['%00', [404, 'STREAM_NOT_FOUND']],
    ['%F0%9F%8E%A5', [404, 'STREAM_NOT_FOUND']],
    ['x'.repeat(65), [404, 'STREAM_NOT_FOUND']],
    ['%zz', [400, 'BAD_REQUEST']],
    ['%ff', [400, 'BAD_REQUEST']],
  ])('of the odd ID %s', async (id, expected) => {
    const server = await TestServer.start();
    expect(await refusalOf(await publish(server, id, 'key'))).toEqual(expected);
    expect(await refusalOf(await play(server, id))).toEqual(expected);
  });
});
