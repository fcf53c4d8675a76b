import { once } from 'node:events';
import { connect } from 'node:net';
import { viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { TestServer } from '../testing/test-server.ts';

const HANDSHAKE = '/socket.io/?EIO=4&transport=polling';

/** Starts a session by hand. @returns the address of its polls */
async function handshake(server: TestServer): Promise<string> {
  const response = await fetch(server.url + HANDSHAKE);
  const { sid } = JSON.parse((await response.text()).slice(1)) as { sid: string };
  return `${HANDSHAKE}&sid=${sid}`;
}

/** A connection of which the test decides every byte. */
async function rawConnection(server: TestServer, text: string) {
  const socket = connect(server.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.write(text);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  const ended = once(socket, 'close');
  const answered = (text: string) =>
    new Promise<void>((resolve) => {
      const check = () => answer.includes(text) && resolve();
      socket.on('data', check);
      check();
    });
  return { ended, answered, answer: () => answer };
}

describe('a client without WebSockets', () => {
  it('gets one answer to each poll, and the server lives on', async () => {
    const server = await TestServer.start();
    const poll = server.url + (await handshake(server));
    const held = fetch(poll);
    const post = await fetch(poll, { method: 'POST', body: '40{"protocol":2}' });
    expect([post.status, await post.text()]).toEqual([200, 'ok']);
    expect([(await held).status, await (await held).text()]).toEqual([
      200,
      expect.stringMatching(/^40\{"sid"/),
    ]);
    expect(await (await fetch(poll)).text()).toContain('server:welcome');
    expect((await server.call('GET', '/healthz')).status).toBe(200);
    expect(server.log.filter((line) => /"level":"(error|warn)"/.test(line))).toEqual([]);
  });

  it.each([
    ['stays on long polling', ['polling' as const]],
    ['moves to a WebSocket in the middle', ['polling' as const, 'websocket' as const]],
  ])('%s and is served like any other', async (_, transports) => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const client = await server.connect(transports);
    const { sessionId } = await client.request('stream:publish', { streamId, publishKey });
    expect(await server.metric('meshlift_sessions')).toBe(1);
    await client.request('session:close', { sessionId });
    expect(await client.refused('stream:watch', { streamId, rtpCapabilities: viewerCapabilities() })).toBe(
      'STREAM_NOT_FOUND',
    );
    client.close();
    await expect.poll(() => server.metric('meshlift_connections')).toBe(0);
  });

  it('is closed when a message is larger than 64 KiB', async () => {
    const server = await TestServer.start();
    const poll = server.url + (await handshake(server));
    const post = await fetch(poll, { method: 'POST', body: `4${'x'.repeat(70_000)}` });
    expect(post.status).toBe(413);
  });
});

describe('answers to polls', () => {
  const asked = {
    'a handshake': (url: string, headers: Record<string, string>) => fetch(url + HANDSHAKE, { headers }),
    'an unknown session': (url: string, headers: Record<string, string>) =>
      fetch(`${url}${HANDSHAKE}&sid=nobody`, { headers }),
    'a message to nobody': (url: string, headers: Record<string, string>) =>
      fetch(url + HANDSHAKE, { method: 'POST', body: '40', headers }),
    'a question of a browser before it asks': (url: string, headers: Record<string, string>) =>
      fetch(url + HANDSHAKE, {
        method: 'OPTIONS',
        headers: { ...headers, 'access-control-request-method': 'POST' },
      }),
  };

  it.each(Object.entries(asked))('V18: carry the headers of all others (%s)', async (_, ask) => {
    const server = await TestServer.start({ allowedOrigins: ['https://friend.example'] });
    const { headers } = await ask(server.url, { origin: 'https://friend.example' });
    expect(headers.get('access-control-allow-origin')).toBe('https://friend.example');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('set-cookie')).toBeNull();
  });

  it('are refused to pages of other origins', async () => {
    const server = await TestServer.start({ allowedOrigins: ['https://friend.example'] });
    const response = await fetch(server.url + HANDSHAKE, { headers: { origin: 'https://foe.example' } });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it.each([
    ['JSONP, which pages of any origin could read', 'GET', `${HANDSHAKE}&j=0`, 400],
    ['a WebSocket without an upgrade', 'GET', '/socket.io/?EIO=4&transport=websocket', 400],
    ['another transport', 'GET', '/socket.io/?EIO=4&transport=webtransport', 400],
    ['no transport', 'GET', '/socket.io/', 400],
    ['another method', 'DELETE', HANDSHAKE, 405],
    ['the headers alone', 'HEAD', HANDSHAKE, 405],
    ['the client', 'GET', '/socket.io/socket.io.js', 404],
  ])('refuse %s', async (_, method, path, status) => {
    const server = await TestServer.start();
    expect((await server.call(method, path)).status).toBe(status);
    expect(await server.metric('meshlift_connections')).toBe(0);
  });
});

describe('a request to change the protocol', () => {
  it('is passed over where nobody speaks another', async () => {
    const server = await TestServer.start();
    for (const upgrade of ['websocket', 'h2c']) {
      const asked = await rawConnection(
        server,
        `GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: ${upgrade}\r\n\r\n`,
      );
      await asked.ended;
      expect(asked.answer()).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*"status":"ok"/);
    }
  });
});

it('closes with idle connections, half requests, held polls and silent WebSockets open', async () => {
  const server = await TestServer.start();
  const host = 'HTTP/1.1\r\nHost: localhost\r\n';
  const idle = await rawConnection(server, `GET /healthz ${host}\r\n`);
  const half = await rawConnection(server, `POST /whip/x ${host}Content-Length: 10\r\n\r\nv=`);
  const poll = await rawConnection(server, `GET ${await handshake(server)} ${host}\r\n`);
  const webSocket = await rawConnection(
    server,
    `GET /socket.io/?EIO=4&transport=websocket ${host}Connection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
  );
  await idle.answered('"status":"ok"');
  await webSocket.answered('"pingInterval"');
  await server.server.close();
  await Promise.all([idle.ended, half.ended, poll.ended, webSocket.ended]);
});
