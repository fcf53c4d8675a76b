import { describe, expect, it } from 'vitest';
import { ask, play, publish, publishLive, SDP, sessionUrl } from '../testing/sdp-client.ts';
import { TestServer } from '../testing/test-server.ts';

const iceServers = [
  { urls: 'stun:stun.example.org' },
  {
    urls: ['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443'],
    username: 'someone "special"',
    credential: 'back\\slash',
  },
];

/** As RFC 9725, section 4.6, writes them. */
const LINKS = [
  '<stun:stun.example.org>; rel="ice-server"',
  ...['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443'].map(
    (url) =>
      `<${url}>; rel="ice-server"; username="someone \\"special\\""; credential="back\\\\slash"; credential-type="password"`,
  ),
];

const ORIGIN = 'https://studio.example';

/** What a browser asks before a page of another origin may. */
const preflight = (url: string, method: string, headers: string) =>
  ask('OPTIONS', url, {
    headers: {
      origin: ORIGIN,
      'access-control-request-method': method,
      'access-control-request-headers': headers,
    },
  });

const listOf = (value: string | null) => (value ?? '').split(',').map((name) => name.trim().toLowerCase());

describe.each(['whip', 'whep'])('OPTIONS of an endpoint of %s', (protocol) => {
  it('says what may be posted and which ICE servers there are, whether the stream is there or not', async () => {
    const server = await TestServer.start({ iceServers });
    const { streamId } = await server.createStream();
    for (const id of [streamId, 'nobody']) {
      const response = await ask('OPTIONS', `${server.url}/${protocol}/${id}`);
      expect(response.ok).toBe(true);
      expect(response.headers.get('accept-post')).toBe('application/sdp');
      expect(response.headers.get('link')).toBe(LINKS.join(', '));
    }
  });

  it('has no Link where there are no ICE servers', async () => {
    const server = await TestServer.start();
    expect((await ask('OPTIONS', `${server.url}/${protocol}/nobody`)).headers.get('link')).toBeNull();
  });
});

describe('what is taken', () => {
  it.each([
    ['POST', '/whip/my-show', 'accept-post', 'application/sdp'],
    ['POST', '/whep/my-show', 'accept-post', 'application/sdp'],
    ['OPTIONS', '/whip/sessions/any', 'accept-patch', 'application/trickle-ice-sdpfrag'],
    ['OPTIONS', '/whep/sessions/any', 'accept-patch', 'application/trickle-ice-sdpfrag'],
  ])('is said by %s %s', async (method, path, header, type) => {
    const server = await TestServer.start();
    const response = await ask(method, server.url + path, { headers: { 'content-type': 'text/plain' } });
    expect(response.headers.get(header)).toBe(type);
  });

  it('is said by PATCH of a session with another type', async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const url = sessionUrl(await publish(server, streamId, publishKey));
    const response = await ask('PATCH', url, { headers: { ...SDP, 'if-match': '*' }, body: 'hello' });
    expect([response.status, response.headers.get('accept-patch')]).toEqual([
      415,
      'application/trickle-ice-sdpfrag',
    ]);
  });
});

describe('pages of other origins', () => {
  it('may publish and play, change sessions and end them', async () => {
    const server = await TestServer.start();
    for (const [path, method, headers] of [
      ['/whip/my-show', 'POST', 'authorization,content-type'],
      // A browser asks before it may ask for the ICE servers.
      ['/whip/my-show', 'OPTIONS', 'authorization'],
      ['/whep/my-show', 'OPTIONS', ''],
      ['/whip/sessions/any', 'OPTIONS', ''],
      ['/whip/sessions/any', 'PATCH', 'content-type,if-match'],
      ['/whip/sessions/any', 'DELETE', 'authorization'],
      ['/whep/my-show', 'POST', 'content-type'],
      ['/whep/sessions/any/layer', 'POST', 'content-type'],
      ['/whep/sessions/any/events/one', 'GET', 'accept'],
    ] as const) {
      const response = await preflight(server.url + path, method, headers);
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      expect(response.headers.get('access-control-allow-methods')).toContain(method);
      expect(listOf(response.headers.get('access-control-allow-headers'))).toEqual(headers.split(','));
      expect(listOf(response.headers.get('access-control-allow-methods'))).toContain('options');
    }
  });

  it('may read what they need of the answers, those included that are errors', async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const headers = { ...SDP, origin: ORIGIN };
    const answers = [
      await publish(server, streamId, publishKey),
      await ask('POST', `${server.url}/whip/${streamId}`, { headers, body: 'hello' }),
      await ask('PUT', `${server.url}/whep/${streamId}`, { headers }),
    ];
    for (const response of answers) {
      expect(listOf(response.headers.get('access-control-expose-headers'))).toEqual(
        expect.arrayContaining([
          ...['location', 'etag', 'link', 'whep', 'accept-post', 'accept-patch', 'allow', 'retry-after'],
          'www-authenticate',
        ]),
      );
    }
  });

  it('that are not allowed get no permission', async () => {
    const server = await TestServer.start({ allowedOrigins: ['https://friend.example'] });
    const response = await preflight(`${server.url}/whip/my-show`, 'POST', 'content-type');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a session that was made', () => {
  it('comes with the ICE servers; one by WHEP with its extensions, too', async () => {
    const server = await TestServer.start({ iceServers });
    const stream = await server.createStream();
    const published = await publish(server, stream.streamId, stream.publishKey);
    expect(published.headers.get('link')).toBe(LINKS.join(', '));
    await publishLive(server, stream, 'audio', 'video');
    const played = await play(server, stream.streamId);
    const url = sessionUrl(played);
    expect(played.headers.get('link')).toBe(
      [
        ...LINKS,
        `<${url}/events>; rel="urn:ietf:params:whep:ext:core:server-sent-events"; events="active,inactive,layers,viewercount"`,
        `<${url}/layer>; rel="urn:ietf:params:whep:ext:core:layer"`,
      ].join(', '),
    );
  });
});
