import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@meshlift/protocol';
import { viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestClient, TestServer } from '../testing/test-server.ts';

describe('a message that is none of the protocol', () => {
  it.each([
    ['an unknown name', 'stream:steal', [{}], 'UNKNOWN_REQUEST'],
    ['the name of an object method', 'constructor', [{}], 'UNKNOWN_REQUEST'],
    ['a prototype name', '__proto__', [{}], 'UNKNOWN_REQUEST'],
    ['no payload', 'stream:watch', [], 'BAD_REQUEST'],
    ['a payload of another type', 'stream:watch', ['watch'], 'BAD_REQUEST'],
    ['a missing field', 'stream:watch', [{ streamId: 'x' }], 'BAD_REQUEST'],
    ['two payloads', 'session:close', [{ sessionId: 'x'.repeat(22) }, {}], 'BAD_REQUEST'],
    ['an ID with a path in it', 'stream:publish', [{ streamId: '../x', publishKey: 'k' }], 'BAD_REQUEST'],
    ['binary data', 'stream:watch', [Buffer.from('x')], 'BAD_REQUEST'],
    [
      'a list that is too long',
      'stream:watch',
      [
        {
          streamId: 'x',
          rtpCapabilities: { codecs: Array(129).fill(viewerCapabilities().codecs[0]), headerExtensions: [] },
        },
      ],
      'BAD_REQUEST',
    ],
  ])('is answered with a code, and the connection is kept (%s)', async (_, name, args, code) => {
    const server = await TestServer.start();
    const client = await server.connect();
    expect(await client.raw(name, ...args)).toMatchObject({ error: { code, message: expect.any(String) } });
    expect(await client.refused('session:close', { sessionId: 'x'.repeat(22) })).toBe('SESSION_NOT_FOUND');
    expect(await server.metric('meshlift_sessions')).toBe(0);
  });

  it('ends the connection after twenty of them', async () => {
    const server = await TestServer.start();
    const client = await server.connect();
    for (let message = 0; message < 20; message += 1) client.socket.emit('nonsense');
    await client.ended();
    expect(client.socket.connected).toBe(false);
  });

  it('ends the connection when it is larger than 64 KiB', async () => {
    const server = await TestServer.start();
    const client = await server.connect();
    client.socket.emit('stream:watch', { streamId: 'x'.repeat(70_000) });
    await client.ended();
    expect(client.socket.connected).toBe(false);
  });

  it('is refused when it comes too often', async () => {
    const server = await TestServer.start();
    const client = await server.connect();
    const close = () => client.refused('session:close', { sessionId: 'x'.repeat(22) });
    const codes = new Set(await Promise.all(Array.from({ length: 101 }, close)));
    expect(codes).toEqual(new Set(['SESSION_NOT_FOUND', 'RATE_LIMITED']));
  });
});

describe('a session', () => {
  it('can be used by nobody but its owner', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const owner = await server.connect();
    const { sessionId } = await owner.request('stream:publish', stream);
    const stranger = await server.connect();
    expect(await stranger.refused('session:close', { sessionId })).toBe('SESSION_NOT_FOUND');
    expect(await stranger.refused('transport:restartIce', { sessionId })).toBe('SESSION_NOT_FOUND');
    expect(
      (await owner.request('transport:restartIce', { sessionId })).iceParameters.usernameFragment,
    ).toBeTruthy();
  });

  it('of a publisher takes no requests of viewers', async () => {
    const server = await TestServer.start();
    const owner = await server.connect();
    const { sessionId } = await owner.request('stream:publish', await server.createStream());
    expect(await owner.refused('consumer:resume', { sessionId, consumerIds: [] })).toBe('WRONG_STATE');
  });
});

describe('a client', () => {
  it.each([
    ['newer than the server', PROTOCOL_VERSION + 1, { upgrade: 'server' }],
    ['too old', OLDEST_PROTOCOL_VERSION - 1, { upgrade: 'client' }],
    ['of no version', '2' as unknown as number, {}],
  ])('that is %s is refused with a code, and which side to update', async (_, protocol, which) => {
    const server = await TestServer.start();
    const client = new TestClient(server.url, { protocol });
    onTestFinished(() => client.close());
    const refusal = await new Promise((resolve) => client.socket.once('connect_error', resolve));
    const message = expect.stringContaining(`versions ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION} `);
    expect((refusal as { data: unknown }).data).toEqual({
      error: { code: 'PROTOCOL_VERSION', message, ...which },
    });
  });

  it('of each version that is served is greeted in its own, with those that are served', async () => {
    const server = await TestServer.start();
    const serves = { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };
    for (let protocol = serves.oldest; protocol <= serves.newest; protocol += 1) {
      const client = new TestClient(server.url, { protocol });
      onTestFinished(() => client.close());
      expect(await client.next('server:welcome')).toMatchObject({ protocol, serves });
    }
  });

  it('of a foreign page is let in only where the configuration says so', async () => {
    const server = await TestServer.start({ allowedOrigins: ['https://friend.example'] });
    const foreign = new TestClient(server.url, { origin: 'https://foe.example' });
    await new Promise((resolve) => foreign.socket.once('connect_error', resolve));
    expect(foreign.socket.connected).toBe(false);
    const friend = new TestClient(server.url, { origin: 'https://friend.example' });
    await friend.next('server:welcome');
    const own = new TestClient(server.url, { origin: server.url });
    await own.next('server:welcome');
    for (const client of [foreign, friend, own]) client.close();
  });

  it('is told when the server stops', async () => {
    const server = await TestServer.start();
    const client = await server.connect();
    const stopped = server.server.close();
    await client.next('server:closing');
    await client.ended();
    await stopped;
  });
});
