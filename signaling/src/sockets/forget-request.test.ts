import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTOCOL_VERSION } from '@meshlift/protocol';
import { io } from 'socket.io-client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EventStream } from '../testing/event-stream.ts';
import { ask, playOffer, SDP, sessionUrl } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { ServerProcess } from '../testing/server-process.ts';

/** What a browser says of itself and its page, marked with the way it has come. */
const headersOf = (way: string) => ({
  origin: `https://canaryorigin${way}.example`,
  referer: `https://canaryreferer${way}.example/page`,
  'user-agent': `canaryagent${way}`,
  'accept-language': `canarylanguage${way}`,
  cookie: `other=canarycookie${way}`,
});

/** A socket that has been let in and has come to the last of its transports. */
async function letIn(url: string, way: string, transports: ('polling' | 'websocket')[]) {
  const auth = { protocol: PROTOCOL_VERSION };
  const socket = io(url, { transports, auth, extraHeaders: headersOf(way), forceNew: true });
  onTestFinished(() => void socket.disconnect());
  await new Promise<void>((resolve) => socket.once('server:welcome', () => resolve()));
  await expect.poll(() => socket.io.engine.transport.name).toBe(transports.at(-1));
  return socket;
}

/** A player over WHEP that listens to the events of its session. */
async function listen(url: string, way: string): Promise<EventStream> {
  const peer = await SdpPeer.create('SendOnly', 'audio');
  const publishing = { ...SDP, authorization: 'Bearer of-mine' };
  const published = await ask('POST', `${url}/whip/stream`, { headers: publishing, body: peer.offer });
  await peer.connect(await published.text());
  const headers = headersOf(way);
  const play = () => ask('POST', `${url}/whep/stream`, { headers: { ...SDP, ...headers }, body: playOffer });
  const played = await vi.waitFor(async () => sessionUrl(await play()), { timeout: 5_000 });
  const subscribed = await ask('POST', `${played}/events`, { body: '["viewercount"]' });
  const location = new URL(subscribed.headers.get('location') ?? '', url);
  const events = await EventStream.open(location.href, { headers });
  await expect.poll(() => events.last('viewercount')).toBeDefined();
  return events;
}

it('V23 T4: what a browser said of itself and its page is not in the memory once it is let in, on any way', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'meshlift-heap-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const server = new ServerProcess({}, ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${dir}`]);
  await server.ready();
  const { url } = server;
  const sockets = await Promise.all([
    letIn(url, 'websocket', ['websocket']),
    letIn(url, 'polling', ['polling']),
    letIn(url, 'upgraded', ['polling', 'websocket']),
  ]);
  await listen(url, 'events');
  // Node's parser holds the headers of the last request until the next comes over another connection.
  for (let i = 0; i < 20; i += 1) await fetch(`${url}/healthz`, { headers: { connection: 'close' } });
  server.child.kill('SIGUSR2');
  const snapshot = () => readdirSync(dir).map((name) => join(dir, name))[0] ?? '';
  const whole = () => existsSync(snapshot()) && readFileSync(snapshot(), 'utf8').trimEnd().endsWith('}');
  await expect.poll(whole, { timeout: 30_000 }).toBe(true);
  const heap = readFileSync(snapshot(), 'utf8');
  expect(sockets.map(({ connected }) => connected)).toEqual([true, true, true]);
  expect([...new Set(heap.match(/canary[a-z]+/g))]).toEqual([]);
});
