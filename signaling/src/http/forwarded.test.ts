import type { CreatedStream, StreamLinks } from '@meshlift/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, play, publishLive, publishOffer, SDP, sessionUrl } from '../testing/sdp-client.ts';
import { TestClient, TestServer } from '../testing/test-server.ts';
import { baseUrlOf } from './base-url.ts';
import { clientAddress } from './forwarded.ts';

const PUBLIC = 'https://live.example.org';

/** What a proxy adds that ends TLS for live.example.org. */
const PROXIED = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'live.example.org',
  'x-forwarded-port': '443',
};

const linksOf = (base: string, streamId: string): StreamLinks => ({
  streamId,
  watchUrl: `${base}/watch/${streamId}`,
  embedUrl: `${base}/embed/${streamId}`,
  whipUrl: `${base}/whip/${streamId}`,
  whepUrl: `${base}/whep/${streamId}`,
});

/** Everywhere that links are made, asked with these headers. */
async function linksThrough(server: TestServer, headers: Record<string, string>) {
  const response = await ask('POST', `${server.url}/api/streams`, { headers });
  const { publishKey, ...created } = (await response.json()) as CreatedStream;
  const { streamId } = created;
  const bearer = { authorization: `Bearer ${publishKey}` };
  const status = await ask('GET', `${server.url}/api/streams/${streamId}`, {
    headers: { ...headers, ...bearer },
  });
  const { watchUrl } = (await status.json()) as StreamLinks;
  const whip = await ask('POST', `${server.url}/whip/${streamId}`, {
    headers: { ...headers, ...bearer, ...SDP },
    body: publishOffer,
  });
  const client = new TestClient(server.url, { headers });
  onTestFinished(() => client.close());
  await client.next('server:welcome');
  const { links } = await client.request('stream:publish', { streamId, publishKey });
  return { streamId, created, watchUrl, links, location: sessionUrl(whip), whep: whip.headers.get('whep') };
}

describe('links behind a trusted proxy', () => {
  it('begin with what it was asked for, wherever they are made', async () => {
    const server = await TestServer.start({ trustedProxies: 1 });
    const { streamId, created, watchUrl, links, location, whep } = await linksThrough(server, PROXIED);
    const expected = linksOf(PUBLIC, streamId);
    expect(created).toEqual(expected);
    expect(links).toEqual(expected);
    expect([watchUrl, whep]).toEqual([expected.watchUrl, expected.whepUrl]);
    expect(location).toMatch(/^https:\/\/live\.example\.org\/whip\/sessions\//);
    expect(server.log.join()).not.toContain('MESHLIFT_TRUSTED_PROXIES');
  });

  it('do so for viewers by WHEP, with their extensions', async () => {
    const server = await TestServer.start({ trustedProxies: 1 });
    const stream = await server.createStream();
    await publishLive(server, stream, 'audio');
    const played = await ask('POST', `${server.url}/whep/${stream.streamId}`, {
      headers: { ...SDP, ...PROXIED },
      body: publishOffer.replaceAll('sendonly', 'recvonly'),
    });
    expect(sessionUrl(played)).toMatch(/^https:\/\/live\.example\.org\/whep\/sessions\//);
    expect(played.headers.get('link')).toContain(`<${sessionUrl(played)}/events>`);
  });
});

describe('links without a trusted proxy', () => {
  it('begin with what the client asked, whatever it says of itself', async () => {
    const server = await TestServer.start();
    const { streamId, created, links, location, whep } = await linksThrough(server, PROXIED);
    const expected = linksOf(server.url, streamId);
    expect(created).toEqual(expected);
    expect(links).toEqual(expected);
    expect(whep).toBe(expected.whepUrl);
    expect(location.startsWith(server.url)).toBe(true);
    expect(
      sessionUrl(
        await ask('POST', `${server.url}/whip/other`, {
          headers: { ...SDP, ...PROXIED, authorization: 'Bearer key' },
          body: publishOffer,
        }),
      ).startsWith(server.url),
    ).toBe(true);
  });

  it.each(['for', 'proto', 'host', 'port', 'prefix'])(
    'make the server warn by X-Forwarded-%s alone',
    async (name) => {
      const server = await TestServer.start();
      await ask('GET', `${server.url}/healthz`, { headers: { [`x-forwarded-${name}`]: 'anything' } });
      expect(server.log.filter((line) => line.includes('MESHLIFT_TRUSTED_PROXIES'))).toHaveLength(1);
    },
  );

  it('make the server warn, once, and without saying who asked', async () => {
    const server = await TestServer.start();
    for (let request = 0; request < 3; request += 1) {
      await ask('GET', `${server.url}/healthz`, { headers: PROXIED });
      await play(server, 'nobody');
    }
    const warnings = server.log.filter((line) => line.includes('MESHLIFT_TRUSTED_PROXIES'));
    expect(warnings).toHaveLength(1);
    expect(JSON.parse(warnings[0] ?? '')).toMatchObject({ level: 'warn' });
    expect(server.log.join()).not.toMatch(/203\.0\.113|live\.example/);
  });
});

it('a prefix that a trusted proxy takes away is warned of: nothing is served below a path', async () => {
  const server = await TestServer.start({ trustedProxies: 1 });
  await ask('GET', `${server.url}/healthz`, { headers: { ...PROXIED, 'x-forwarded-prefix': '/' } });
  expect(server.log.filter((line) => line.includes('X-Forwarded-Prefix'))).toHaveLength(0);
  const headers = { ...PROXIED, 'x-forwarded-prefix': '/live' };
  const response = await ask('POST', `${server.url}/api/streams`, { headers });
  expect(((await response.json()) as CreatedStream).watchUrl).toMatch(
    /^https:\/\/live\.example\.org\/watch\//,
  );
  expect(server.log.filter((line) => line.includes('X-Forwarded-Prefix'))).toHaveLength(1);
});

it('a page of the own origin may connect behind a proxy that asks under another host', async () => {
  const server = await TestServer.start({ trustedProxies: 1, allowedOrigins: ['https://friend.example'] });
  const own = new TestClient(server.url, { origin: PUBLIC, headers: PROXIED });
  await own.next('server:welcome');
  own.close();
  const foe = new TestClient(server.url, { origin: 'https://foe.example', headers: PROXIED });
  await new Promise((resolve) => foe.socket.once('connect_error', resolve));
  foe.close();
});

describe('what begins a link', () => {
  const base = (headers: Record<string, string>, trustedProxies = 1) =>
    baseUrlOf({ headers: { host: 'inside:8080', ...headers } }, { publicUrl: undefined, trustedProxies });

  it.each<[Record<string, string>, string]>([
    [{}, 'http://inside:8080'],
    [{ 'x-forwarded-proto': 'https', host: 'live.example.org' }, PUBLIC],
    [{ 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'live.example.org:443' }, PUBLIC],
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'live.example.org:8443' }, `${PUBLIC}:8443`],
    [
      { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'live.example.org', 'x-forwarded-port': '8443' },
      `${PUBLIC}:8443`,
    ],
    [
      { 'x-forwarded-proto': 'https', 'x-forwarded-port': '8443', host: 'live.example.org' },
      `${PUBLIC}:8443`,
    ],
    // TLS ends in front of the proxy that says this.
    [{ 'x-forwarded-proto': 'https', 'x-forwarded-port': '80', host: 'live.example.org' }, PUBLIC],
    [{ 'x-forwarded-host': '[2001:db8::1]', 'x-forwarded-port': '8080' }, 'http://[2001:db8::1]:8080'],
    // What is no host names none.
    [{ 'x-forwarded-host': 'evil.example/path' }, 'http://inside:8080'],
    [{ 'x-forwarded-host': 'someone@evil.example' }, 'http://inside:8080'],
    [{ 'x-forwarded-host': '"><script>' }, 'http://inside:8080'],
    [{ 'x-forwarded-host': 'live.example.org', 'x-forwarded-port': '80;x' }, 'http://live.example.org'],
    [{ 'x-forwarded-host': 'live.example.org', 'x-forwarded-port': '70000' }, 'http://inside:8080'],
    [{ host: 'no host' }, 'http://localhost'],
    // One proxy: what stands to the left of its own word is the client's.
    [{ 'x-forwarded-proto': 'http, https', 'x-forwarded-host': 'evil.example, live.example.org' }, PUBLIC],
  ])('%j: %s', (headers, expected) => {
    expect(base(headers)).toBe(expected);
  });

  it('is the outermost trusted proxy’s word of several', () => {
    const headers = {
      'x-forwarded-proto': 'https, http',
      'x-forwarded-host': 'evil, live.example.org, inner',
    };
    expect(base(headers, 2)).toBe(PUBLIC);
    expect(base({ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'live.example.org' }, 3)).toBe(PUBLIC);
    expect(base(headers, 0)).toBe('http://inside:8080');
  });

  it.each([
    [0, '198.51.100.1, 203.0.113.7', '127.0.0.1'],
    [1, '198.51.100.1, 203.0.113.7', '203.0.113.7'],
    [2, '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    [3, '198.51.100.1, 203.0.113.7', '198.51.100.1'],
    [1, '', '127.0.0.1'],
  ])('and %i proxies with "%s" make it %s who asks', (proxies, forwardedFor, expected) => {
    const request = { headers: { 'x-forwarded-for': forwardedFor }, socket: { remoteAddress: '127.0.0.1' } };
    expect(clientAddress(request as unknown as Parameters<typeof clientAddress>[0], proxies)).toBe(expected);
  });
});
