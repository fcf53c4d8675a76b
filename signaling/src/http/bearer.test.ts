import { describe, expect, it } from 'vitest';
import { ask, publishOffer, refusalOf, SDP } from '../testing/sdp-client.ts';
import { TestServer } from '../testing/test-server.ts';

/** `POST` of an offer by WHIP with this very header. */
const publishWith = (server: TestServer, authorization: string, streamId = 'my-show') =>
  ask('POST', `${server.url}/whip/${streamId}`, { headers: { ...SDP, authorization }, body: publishOffer });

const statusWith = (server: TestServer, authorization: string) =>
  ask('GET', `${server.url}/api/streams/my-show`, { headers: { authorization } });

describe('a bearer token on an ID that nobody has', () => {
  it.each([
    'Bearer Bearer s3cret',
    'Bearer Bearer',
    'bearer bearer  s3cret',
    'Bearer two words',
    'Bearer tab\tin-it',
    'Bearer key, Bearer other',
    'Bearer "quoted"',
    'Bearer k=ey',
    'Bearer schlüssel',
    `Bearer ${'x'.repeat(129)}`,
  ])('%s is refused in words, and claims nothing', async (authorization) => {
    const server = await TestServer.start();
    const response = await publishWith(server, authorization);
    expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const { error } = (await response.clone().json()) as { error: { message: string } };
    expect(await refusalOf(response)).toEqual([401, 'KEY_MALFORMED']);
    expect(error.message).not.toMatch(/s3cret|other|schl|quoted/);
    expect(await server.metric('meshlift_streams')).toBe(0);
    // Nobody else gets the stream by the first word of it.
    for (const cut of ['Bearer', 'two', 'key', 'tab', 'x']) {
      expect(await refusalOf(await statusWith(server, `Bearer ${cut}`))).not.toContain(200);
    }
  });

  it.each(['Bearer', 'Bearer ', 'Basic dXNlcjpwYXNz', 'Bearer,key', 'Bearers key', ''])(
    '"%s" is none: 401, and what is wanted',
    async (authorization) => {
      const server = await TestServer.start();
      const response = await publishWith(server, authorization);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await refusalOf(response)).toEqual([401, 'KEY_REQUIRED']);
    },
  );

  it.each(['Bearer s3cret', 'bearer s3cret', 'BEARER   s3cret', 'Bearer s3cret \t'])(
    '"%s" is the key s3cret, wherever a key is taken',
    async (authorization) => {
      const server = await TestServer.start();
      expect((await publishWith(server, authorization)).status).toBe(201);
      expect((await statusWith(server, 'Bearer s3cret')).status).toBe(200);
      expect(await refusalOf(await statusWith(server, 'Bearer Bearer'))).toEqual([401, 'KEY_MALFORMED']);
      expect((await server.call('DELETE', '/api/streams/my-show', 's3cret')).status).toBe(204);
    },
  );

  it('is taken whole up to 128 characters of every kind that is allowed', async () => {
    const server = await TestServer.start();
    const key = `${'aZ09-._~+/'.repeat(12)}abcdef==`;
    expect(key).toHaveLength(128);
    expect((await publishWith(server, `Bearer ${key}`)).status).toBe(201);
    expect((await statusWith(server, `Bearer ${key}`)).status).toBe(200);
    expect(await refusalOf(await statusWith(server, `Bearer ${key.slice(0, -1)}`))).toEqual([
      403,
      'STREAM_NOT_YOURS',
    ]);
  });
});
