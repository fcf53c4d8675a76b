import { connect } from 'node:net';
import { allowedLabels } from '@meshlift/telemetry';
import { describe, expect, it } from 'vitest';
import { TestServer } from './testing/test-server.ts';

describe('POST /api/streams', () => {
  it('creates a stream with an ID of 128 bits, a key of 256, and the links to it', async () => {
    const server = await TestServer.start();
    const response = await server.call('POST', '/api/streams');
    expect(response.status).toBe(201);
    const stream = (await response.json()) as Record<string, string>;
    expect(stream).toMatchObject({
      streamId: expect.stringMatching(/^[A-Za-z0-9]{22}$/),
      publishKey: expect.stringMatching(/^[A-Za-z0-9]{43}$/),
      watchUrl: `${server.url}/watch/${stream.streamId}`,
      embedUrl: `${server.url}/embed/${stream.streamId}`,
      whipUrl: `${server.url}/whip/${stream.streamId}`,
      whepUrl: `${server.url}/whep/${stream.streamId}`,
    });
  });

  it('is limited by address, and by the number of streams', async () => {
    const server = await TestServer.start({ maxStreams: 2 });
    const answers = [];
    for (let call = 0; call < 61; call += 1) {
      answers.push(
        (await (await server.call('POST', '/api/streams')).json()) as { error?: { code: string } },
      );
    }
    expect(answers.slice(0, 2).every(({ error }) => error === undefined)).toBe(true);
    expect(answers[2]?.error?.code).toBe('SERVER_FULL');
    expect(answers[60]?.error?.code).toBe('RATE_LIMITED');
  });

  it('builds links from the public URL where there is one', async () => {
    const server = await TestServer.start({ publicUrl: 'https://live.example.org' });
    const { watchUrl, streamId } = await server.createStream();
    expect(watchUrl).toBe(`https://live.example.org/watch/${streamId}`);
  });
});

describe('what only the owner of a stream may do', () => {
  it.each([
    ['POST', '/rotate'],
    ['DELETE', ''],
  ])('%s %s needs the publish key', async (method, path) => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const answer = async (id: string, key?: string) => {
      const response = await server.call(method, `/api/streams/${id}${path}`, key);
      const body = response.status === 204 ? {} : ((await response.json()) as { error?: { code: string } });
      return [response.status, body.error?.code];
    };
    expect(await answer(streamId)).toEqual([401, 'KEY_REQUIRED']);
    expect(await answer(streamId, 'not-the-key')).toEqual([403, 'STREAM_NOT_YOURS']);
    expect(await answer('NobodyHasEverClaimedMe', publishKey)).toEqual([404, 'STREAM_NOT_FOUND']);
    expect(await answer(encodeURIComponent('a/b c'), publishKey)).toEqual([404, 'STREAM_NOT_FOUND']);
    const [status, code] = await answer(streamId, publishKey);
    expect(code).toBeUndefined();
    expect(status).toBeLessThan(300);
    expect(await answer(streamId, publishKey)).toEqual([404, 'STREAM_NOT_FOUND']);
  });
});

describe('every answer', () => {
  it('says what was wrong in the one error shape', async () => {
    const server = await TestServer.start();
    const unknown = await server.call('GET', '/api/nothing');
    expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
    const method = await server.call('PUT', '/api/streams');
    expect([method.status, method.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('V5 V18: sets no cookie, leaks no referrer and is not framed', async () => {
    const server = await TestServer.start();
    const { streamId } = await server.createStream();
    for (const path of ['/', '/studio', `/watch/${streamId}`, '/api/streams', '/healthz', '/nothing']) {
      const { headers } = await server.call('GET', path);
      expect(headers.get('set-cookie')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
    const { headers } = await server.call('GET', '/');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it.each([
    [['*'], 'frame-ancestors *'],
    [
      ['https://friend.example', 'http://localhost:8100'],
      'frame-ancestors https://friend.example http://localhost:8100',
    ],
    [[], "frame-ancestors 'none'"],
  ])(
    'lets pages of %j hold the embedded player in a frame, and nothing else',
    async (frameOrigins, allowed) => {
      const server = await TestServer.start({ frameOrigins });
      const policyOf = async (path: string) => {
        const { headers } = await server.call('GET', path);
        return headers.get('content-security-policy')?.split(';');
      };
      expect(await policyOf('/embed/anything')).toContain(allowed);
      expect(await policyOf('/EMBED/anything?muted=0')).toContain(allowed);
      expect((await server.call('GET', '/embed/anything')).headers.get('x-frame-options')).toBeNull();
      for (const path of ['/', '/studio', '/watch/anything', '/privacy', '/embed.html', '/nothing']) {
        expect(await policyOf(path)).toContain("frame-ancestors 'none'");
      }
      const rules = await server.call('GET', '/embed.json');
      expect([rules.headers.get('cache-control'), await rules.json()]).toEqual([
        'no-cache',
        { frameOrigins },
      ]);
    },
  );

  it('V15: allows pages to load from nowhere but here', async () => {
    const server = await TestServer.start();
    const policy = (await server.call('GET', '/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:/);
    expect(policy.split(';')).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/\bwss?:/);
  });

  it('lets nobody but the studio have camera, microphone and screen, and no page what none needs', async () => {
    const server = await TestServer.start();
    const featuresOf = async (path: string) =>
      (await server.call('GET', path)).headers.get('permissions-policy')?.split(', ') ?? [];
    for (const path of ['/', '/watch/anything', '/embed/anything', '/privacy', '/nothing', '/studio.html']) {
      expect(await featuresOf(path)).toEqual(
        expect.arrayContaining(['camera=()', 'microphone=()', 'display-capture=()', 'geolocation=()']),
      );
      expect(await featuresOf(path)).toEqual(
        expect.arrayContaining(['autoplay=(self)', 'fullscreen=(self)']),
      );
    }
    for (const path of ['/studio', '/studio/', '/Studio?room=kitchen']) {
      expect(await featuresOf(path)).toEqual(
        expect.arrayContaining(['camera=(self)', 'microphone=(self)', 'display-capture=(self)', 'usb=()']),
      );
    }
  });

  it('keeps streams and rooms out of search engines', async () => {
    const server = await TestServer.start();
    const robots = async (path: string) => (await server.call('GET', path)).headers.get('x-robots-tag');
    for (const path of [
      '/watch/anything',
      '/embed/anything',
      '/studio?room=kitchen',
      '/studio',
      '/nothing',
    ]) {
      expect(await robots(path)).toBe('noindex, nofollow');
    }
    for (const path of ['/', '/privacy']) expect(await robots(path)).toBeNull();
  });

  it('lets pages of other origins use the API and load the plugin, or only those allowed', async () => {
    const everybody = await TestServer.start();
    expect((await everybody.call('POST', '/api/streams')).headers.get('access-control-allow-origin')).toBe(
      '*',
    );
    const some = await TestServer.start({ allowedOrigins: ['https://friend.example'] });
    const asked = (origin: string) =>
      fetch(`${some.url}/api/streams`, { method: 'POST', headers: { origin } });
    expect((await asked('https://friend.example')).headers.get('access-control-allow-origin')).toBe(
      'https://friend.example',
    );
    expect((await asked('https://foe.example')).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('survives a request that is not HTTP', async () => {
    const server = await TestServer.start();
    await new Promise<void>((resolve) => {
      const socket = connect(server.port, '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect((await server.call('GET', '/healthz')).status).toBe(200);
  });
});

describe('pages', () => {
  it('are served whatever is asked after the stream ID', async () => {
    const server = await TestServer.start();
    for (const path of [
      '/',
      '/studio',
      '/watch/anything',
      '/watch/anything?x=1',
      '/embed/anything?controls',
    ]) {
      const response = await server.call('GET', path);
      expect([response.status, response.headers.get('content-type')]).toEqual([
        200,
        expect.stringMatching(/^text.html; charset=utf-8$/i),
      ]);
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<!doctype html>');
    }
  });

  it('load parts that are compressed, of which those that never change may be kept for good', async () => {
    const server = await TestServer.start();
    const html = await (await server.call('GET', '/watch/anything')).text();
    const [asset] = /\/assets\/[^"]+\.js/.exec(html) ?? [];
    const response = await server.call('GET', asset ?? '');
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toContain('immutable');
    expect(response.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);
    const plugin = await server.call('GET', '/meshlift.mjs');
    expect([plugin.status, plugin.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    expect(plugin.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  });

  it.each([
    '/watch',
    '/watch/a/b',
    '/embed',
    '/embed/a/b',
    '/home.html/',
    '/../package.json',
    '/%2e%2e/package.json',
    '/%zz',
  ])('are not found under %s', async (path) => {
    const server = await TestServer.start();
    const response = await server.call('GET', path);
    expect([400, 404]).toContain(response.status);
    expect(await response.json()).toMatchObject({ error: { code: expect.any(String) } });
  });
});

describe('an address that leads nowhere', () => {
  /** As browsers ask when somebody opens an address. */
  const OPENED = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };

  it.each(['/nothing', '/watch', '/%zz', '/api/nothing', '/watch/a/b', '/assets/nothing.js'])(
    'is a page for people: %s',
    async (path) => {
      const server = await TestServer.start();
      const response = await fetch(server.url + path, { headers: { ...OPENED, range: 'bytes=0-3' } });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        404,
        expect.stringMatching(/^text.html; charset=utf-8$/i),
      ]);
      expect(await response.text()).toContain('data-testid="missing"');
      expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    },
  );

  it.each([
    ['GET', '*/*'],
    ['GET', 'application/json'],
    ['GET', 'application/json, text/html'],
    ['POST', OPENED.accept],
  ])('is an error with a code for programs (%s, Accept: %s)', async (method, accept) => {
    const server = await TestServer.start();
    const response = await fetch(`${server.url}/nothing`, { method, headers: { accept } });
    expect([response.status, await response.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
    expect(response.headers.get('vary')).toContain('Accept');
  });
});

describe('health', () => {
  it('is live and ready while it serves', async () => {
    const server = await TestServer.start();
    expect((await server.call('GET', '/healthz')).status).toBe(200);
    expect((await server.call('GET', '/readyz')).status).toBe(200);
  });
});

describe('metrics', () => {
  it('V6: stand on their own port and have no label that could name anybody', async () => {
    const server = await TestServer.start();
    await server.createStream();
    expect((await server.call('GET', '/metrics')).status).toBe(404);
    const text = await (await fetch(`http://127.0.0.1:${server.server.metricsPort}/metrics`)).text();
    expect(text).toContain('meshlift_streams{state="idle"} 1');
    const own = text.split('\n').filter((line) => line.startsWith('meshlift_'));
    const labels = own.flatMap((line) =>
      [...line.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label ?? ''),
    );
    expect(labels.length).toBeGreaterThan(0);
    expect(labels.filter((label) => !allowedLabels.has(label))).toEqual([]);
  });
});
