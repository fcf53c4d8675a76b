import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ask, publishOffer, refusalOf, SDP, sessionUrl } from '../testing/sdp-client.ts';
import { TestClient, TestServer } from '../testing/test-server.ts';

const KEY = 'my-own-key';

/** A connection whose every byte is ours; it reads nothing unless it is told to. */
function dial(server: TestServer, host = '127.0.0.1'): Socket {
  const socket = connect({ port: server.port, host, allowHalfOpen: true });
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** All that comes until the connection ends. */
async function heard(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise<void>((resolve) => {
    socket.once('end', resolve);
    socket.once('close', resolve);
  });
  return text;
}

const head = (length: number, version = '1.1') =>
  [
    `POST /whip/my-show HTTP/${version}`,
    'Host: localhost',
    `Authorization: Bearer ${KEY}`,
    'Content-Type: application/sdp',
    `Content-Length: ${length}`,
    '\r\n',
  ].join('\r\n');

/** One byte after the other, for as long as the connection takes them. */
function trickle(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), 5);
  socket.once('close', () => clearInterval(timer));
  onTestFinished(() => clearInterval(timer));
}

async function assertUnharmed(server: TestServer): Promise<void> {
  expect((await server.call('GET', '/healthz')).status).toBe(200);
  for (const name of ['streams', 'relays', 'sessions']) {
    expect(await server.metric(`meshlift_${name}`)).toBe(0);
  }
}

describe('a client that is slow', () => {
  it('with the body of its offer has its connection closed, and has claimed nothing', async () => {
    const server = await TestServer.start({}, { httpLimits: { bodyMs: 300, headersMs: 200, checkMs: 50 } });
    const slow = Array.from({ length: 8 }, () => dial(server));
    for (const socket of slow) {
      socket.write(head(60_000));
      trickle(socket, publishOffer);
    }
    for (const text of await Promise.all(slow.map(heard))) expect(text).toMatch(/^(HTTP\/1\.1 408 |$)/);
    await assertUnharmed(server);
  });

  it('with a body in chunks has its connection closed too', async () => {
    const server = await TestServer.start({}, { httpLimits: { bodyMs: 300, headersMs: 200, checkMs: 50 } });
    const socket = dial(server);
    socket.write(head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'));
    trickle(socket, '1\r\nv\r\n');
    await heard(socket);
    await assertUnharmed(server);
  });

  it('is not one that says nothing over its WebSocket', async () => {
    const server = await TestServer.start(
      {},
      { httpLimits: { silenceMs: 300, bodyMs: 300, headersMs: 200, checkMs: 50 } },
    );
    const client = await server.connect(['websocket']);
    // Later than the WebSocket, and closed for its silence.
    await heard(dial(server));
    expect(client.socket.connected).toBe(true);
    expect(await client.refused('room:setLocked', { sessionId: 'x'.repeat(22), locked: true })).toBe(
      'SESSION_NOT_FOUND',
    );
  });
});

describe('a client that ends its side of the connection', () => {
  it('after its request is answered all the same', async () => {
    const server = await TestServer.start();
    const socket = dial(server);
    socket.end('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    expect(await heard(socket)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('in the middle of its offer is refused, and has claimed nothing', async () => {
    const server = await TestServer.start();
    const socket = dial(server);
    socket.end(head(publishOffer.length) + publishOffer.slice(0, 200));
    expect(await heard(socket)).not.toContain('201 Created');
    await assertUnharmed(server);
  });
});

describe('HTTP/1.0', () => {
  it('publishes and hangs up', async () => {
    const server = await TestServer.start();
    const socket = dial(server);
    socket.write(head(publishOffer.length, '1.0') + publishOffer);
    const answer = await heard(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    const location = /^location: (\S+)/im.exec(answer)?.[1] ?? '';
    const ending = dial(server);
    ending.write(`DELETE ${new URL(location).pathname} HTTP/1.0\r\n\r\n`);
    expect(await heard(ending)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('IPv6', () => {
  it('publishes, links back to the address it came by, and opens a socket', async () => {
    const server = await TestServer.start({ host: '::1' });
    const url = `http://[::1]:${server.port}`;
    const headers = { ...SDP, authorization: `Bearer ${KEY}` };
    const response = await ask('POST', `${url}/whip/my-show`, { headers, body: publishOffer });
    expect(sessionUrl(response)).toContain(`${url}/whip/sessions/`);
    expect(response.headers.get('whep')).toBe(`${url}/whep/my-show`);
    expect(await refusalOf(await ask('POST', `${url}/whep/nothing`, { headers: SDP, body: 'x' }))).toEqual([
      404,
      'STREAM_NOT_FOUND',
    ]);
    expect((await ask('DELETE', sessionUrl(response))).status).toBe(200);
    const client = new TestClient(url);
    onTestFinished(() => client.close());
    await client.next('server:welcome');
    await client.request('room:join', { roomId: 'kitchen' });
    expect(server.log.join()).not.toContain('::1');
  });

  it('is counted by rate limits', async () => {
    const server = await TestServer.start({ host: '::1' });
    const create = () =>
      new Promise<number>((resolve, reject) => {
        const asking = request({
          host: '::1',
          port: server.port,
          path: '/api/streams',
          method: 'POST',
        });
        asking.on('response', (response) => resolve(response.resume().statusCode ?? 0)).on('error', reject);
        asking.end();
      });
    const statuses = [];
    for (let time = 0; time < 61; time += 1) statuses.push(await create());
    expect([statuses[59], statuses[60]]).toEqual([201, 429]);
  });
});
