import { Seal } from '@meshlift/cluster';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { SessionOwner } from '../sessions/session.ts';
import { SessionRegistry } from '../sessions/session-registry.ts';
import { SessionTokens } from '../sessions/session-tokens.ts';
import {
  ask,
  FRAGMENT,
  liveStreams,
  play,
  publish,
  publishLive,
  refusalOf,
  SDP,
  sessionUrl,
} from '../testing/sdp-client.ts';
import { TestServer } from '../testing/test-server.ts';
import { HttpClient } from './http-client.ts';
import { ENDED_KNOWN_MS, SdpSessions } from './sdp-sessions.ts';

/** As the offers of these tests have it. */
const CREDENTIALS = 'a=ice-ufrag:user\r\na=ice-pwd:passwordpasswordpassword\r\n';
const TRICKLE = `${CREDENTIALS}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n`;
const RESTART = 'a=ice-ufrag:another\r\na=ice-pwd:anotherpasswordanother\r\n';

/** A session of each protocol. */
async function open(protocol: string) {
  const server = await TestServer.start();
  const { streamId, publishKey } = await server.createStream();
  if (protocol === 'WHEP') await publishLive(server, { streamId, publishKey }, 'audio', 'video');
  const response =
    protocol === 'WHIP' ? await publish(server, streamId, publishKey) : await play(server, streamId);
  return { server, url: sessionUrl(response), etag: response.headers.get('etag') ?? '' };
}

const patch = (url: string, body: string, ifMatch?: string) =>
  ask('PATCH', url, {
    headers: { ...FRAGMENT, ...(ifMatch !== undefined && { 'if-match': ifMatch }) },
    body,
  });

describe.each(['WHIP', 'WHEP'])('a session by %s', (protocol) => {
  it('takes candidates, which change nothing', async () => {
    const { url, etag } = await open(protocol);
    for (const ifMatch of [etag, '*', `"other", ${etag}`]) {
      const response = await patch(url, TRICKLE, ifMatch);
      expect([response.status, await response.text(), response.headers.get('etag')]).toEqual([204, '', null]);
    }
  });

  it('restarts ICE: it answers with new credentials, and has another tag from then on', async () => {
    const { url, etag } = await open(protocol);
    const response = await patch(url, RESTART, '*');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
    expect(await response.text()).toMatch(/^a=ice-lite\r\na=ice-ufrag:\S+\r\na=ice-pwd:\S+\r\na=candidate:/);
    const now = response.headers.get('etag') ?? '';
    expect(now).toMatch(/^"[\w-]{12}"$/);
    expect(now).not.toBe(etag);
    expect(await refusalOf(await patch(url, RESTART, etag))).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await patch(url, RESTART, now)).status).toBe(204);
    expect((await patch(url, CREDENTIALS, now)).status).toBe(200);
  });

  it.each<[string, string | undefined, [number, string]]>([
    ['no If-Match', undefined, [428, 'PRECONDITION_REQUIRED']],
    ['an old one', '"old"', [412, 'PRECONDITION_FAILED']],
    ['one without quotes', 'old', [412, 'PRECONDITION_FAILED']],
    ['one that has an asterisk in it', '"a,*,b"', [412, 'PRECONDITION_FAILED']],
    ['one that is weak', 'W/"old"', [412, 'PRECONDITION_FAILED']],
  ])('refuses a change with %s', async (_, ifMatch, expected) => {
    const { url } = await open(protocol);
    expect(await refusalOf(await patch(url, TRICKLE, ifMatch))).toEqual(expected);
  });

  it.each([
    ['no fragment', FRAGMENT, '', [400, 'SDP_INVALID']],
    ['one without credentials', FRAGMENT, 'a=end-of-candidates\r\n', [400, 'SDP_INVALID']],
    ['an offer', SDP, 'v=0\r\n', [415, 'UNSUPPORTED_MEDIA_TYPE']],
    ['more than 64 KiB', FRAGMENT, 'a=x\r\n'.repeat(14_000), [413, 'TOO_LARGE']],
  ])('refuses a change that brings %s', async (_, headers, body, expected) => {
    const { url } = await open(protocol);
    const response = await ask('PATCH', url, { headers: { ...headers, 'if-match': '*' }, body });
    expect(await refusalOf(response)).toEqual(expected);
  });

  it('ends, which may be asked for again, and then is unknown to every other request', async () => {
    const { server, url } = await open(protocol);
    const before = await server.metric('meshlift_sessions');
    expect((await ask('DELETE', url)).status).toBe(200);
    expect(await server.metric('meshlift_sessions')).toBe(before - 1);
    expect((await ask('DELETE', url)).status).toBe(200);
    expect(await server.metric('meshlift_sessions')).toBe(before - 1);
    expect(await refusalOf(await patch(url, TRICKLE))).toEqual([404, 'SESSION_NOT_FOUND']);
    expect(await refusalOf(await ask('PATCH', url, { headers: SDP }))).toEqual([404, 'SESSION_NOT_FOUND']);
  });

  it('that was never there is unknown as well, and one of the other protocol', async () => {
    const { url } = await open(protocol);
    const other = url.includes('/whip/') ? url.replace('/whip/', '/whep/') : url.replace('/whep/', '/whip/');
    for (const unknown of [other, url.slice(0, -1), `${url}x`, url.replace(/[^/]+$/, '__proto__')]) {
      expect(await refusalOf(await ask('DELETE', unknown))).toEqual([404, 'SESSION_NOT_FOUND']);
    }
  });

  it.each(['GET', 'HEAD', 'POST', 'PUT'])('does not take %s', async (method) => {
    const { url } = await open(protocol);
    const response = await ask(method, url);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'PATCH, DELETE, OPTIONS']);
  });
});

describe('a publisher that ends its session', () => {
  it('leaves its stream waiting, and may publish again', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const { url } = await publishLive(server, stream, 'audio');
    expect((await ask('DELETE', url)).status).toBe(200);
    expect(await liveStreams(server)).toBe(0);
    expect(await server.metric('meshlift_streams{state="waiting"}')).toBe(1);
    await publishLive(server, stream, 'audio');
  });

  it('keeps it when the ID is rotated, and loses it when the stream ends', async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const { url } = await publishLive(server, { streamId, publishKey }, 'audio');
    const rotated = await server.call('POST', `/api/streams/${streamId}/rotate`, publishKey);
    const { streamId: newId } = (await rotated.json()) as { streamId: string };
    expect((await patch(url, RESTART, '*')).status).toBe(200);
    await server.call('DELETE', `/api/streams/${newId}`, publishKey);
    expect(await refusalOf(await patch(url, RESTART, '*'))).toEqual([404, 'SESSION_NOT_FOUND']);
  });
});

describe('the name of a session that is over', () => {
  const tokens = new SessionTokens({ seal: Seal.random(), self: 'door' });
  const registry = new SessionRegistry(tokens);
  const over = (sessions: SdpSessions) => {
    const client = new HttpClient('whep', 'http://localhost');
    const session = registry.create({ role: 'viewer', owner: {} as SessionOwner, client });
    sessions.add(session, client, '');
    client.emit('over');
    return session.token;
  };

  it('is known for a minute', async () => {
    let now = 1;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const sessions = new SdpSessions('whep', { tokens, registry });
    const name = over(sessions);
    now += ENDED_KNOWN_MS;
    expect(sessions.hasEnded(name)).toBe(true);
    now += 1;
    // The cache looks at the clock once in a millisecond.
    await expect.poll(() => sessions.hasEnded(name)).toBe(false);
  });

  it('is forgotten sooner when ten thousand more have ended', () => {
    const sessions = new SdpSessions('whep', { tokens, registry });
    const [first = '', second = ''] = Array.from({ length: 10_001 }, () => over(sessions));
    expect([sessions.hasEnded(first), sessions.hasEnded(second)]).toEqual([false, true]);
  });
});
