import { webcrypto } from 'node:crypto';
import type { IceServer } from '@meshlift/protocol';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ask, FRAGMENT, play, publish, publishLive, sessionUrl } from '../testing/sdp-client.ts';
import { TestClient, TestServer } from '../testing/test-server.ts';
import { givesPasswordsAway, iceServersFor, RENEW_TURN_EVERY_MS } from './ice-servers.ts';

const turnSecret = 'a secret of some length';
const TURN = 'turn:turn.example.org?transport=udp';
const STUN = 'stun:turn.example.org';
const iceServers: IceServer[] = [{ urls: [STUN, TURN] }];

/** As a TURN server computes it that shares the secret. */
async function passwordOf(username: string): Promise<string> {
  const { subtle } = webcrypto;
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await subtle.importKey('raw', Buffer.from(turnSecret), algorithm, false, ['sign']);
  return Buffer.from(await subtle.sign('HMAC', key, Buffer.from(username))).toString('base64');
}

/** In seconds, until a name runs out. */
const validFor = (username: string) => Number(username.split(':')[0]) - Date.now() / 1_000;

/** Holds what a door has told of against what it should. @returns the name, for others to be compared with */
async function expectTurn(told: IceServer[]): Promise<string> {
  const [stun, turn] = told;
  expect(stun).toEqual({ urls: [STUN] });
  const { urls, username = '', credential } = turn ?? { urls: '' };
  expect(urls).toEqual([TURN]);
  expect(username).toMatch(/^\d{10}:[\w-]{12}$/);
  expect(validFor(username)).toBeGreaterThan(3_500);
  expect(validFor(username)).toBeLessThanOrEqual(3_600);
  expect(credential).toBe(await passwordOf(username));
  return username;
}

/** The ICE servers in a `Link` header (RFC 9725, section 4.6). */
function linked(response: Response): IceServer[] {
  const links = response.headers.get('link')?.split(/, (?=<)/) ?? [];
  return links
    .filter((link) => link.includes('rel="ice-server"'))
    .map((link) => {
      const parameter = (name: string) => new RegExp(`; ${name}="([^"]*)"`).exec(link)?.[1];
      const [username, credential] = [parameter('username'), parameter('credential')];
      return { urls: [link.slice(1, link.indexOf('>'))], ...(username && { username, credential }) };
    });
}

describe('TURN credentials made from a secret', () => {
  it('are good for an hour, and others for everybody who asks at any door', async () => {
    const server = await TestServer.start({ iceServers, turnSecret });
    const stream = await server.createStream();
    const names = [];
    for (const path of ['/whip/anything', '/whep/anything']) {
      names.push(await expectTurn(linked(await ask('OPTIONS', server.url + path))));
    }
    const published = await publish(server, stream.streamId, stream.publishKey);
    names.push(await expectTurn(linked(published)));
    const restarted = await ask('PATCH', sessionUrl(published), {
      headers: { ...FRAGMENT, 'if-match': '*' },
      body: 'a=ice-ufrag:another\r\na=ice-pwd:anotherpasswordanother\r\n',
    });
    expect(restarted.status).toBe(200);
    names.push(await expectTurn(linked(restarted)));
    await publishLive(server, stream, 'audio', 'video');
    names.push(await expectTurn(linked(await play(server, stream.streamId))));
    expect(new Set(names).size).toBe(names.length);
    // Neither the secret nor anything made from it stands in the log.
    expect(server.log.join()).not.toMatch(new RegExp([turnSecret, ...names].join('|')));
  });

  it('come with the greeting of each connection, and anew before they run out', async () => {
    const timers = vi.spyOn(globalThis, 'setInterval');
    onTestFinished(() => timers.mockRestore());
    const server = await TestServer.start({ iceServers, turnSecret });
    const renew = timers.mock.calls.find(([, ms]) => ms === RENEW_TURN_EVERY_MS)?.[0] as () => void;
    const clients = [new TestClient(server.url), new TestClient(server.url)];
    onTestFinished(() => {
      for (const client of clients) client.close();
    });
    const names = [];
    for (const client of clients) {
      names.push(await expectTurn((await client.next('server:welcome')).iceServers));
    }
    renew();
    for (const client of clients) {
      names.push(await expectTurn((await client.next('server:iceServers')).iceServers));
    }
    expect(new Set(names).size).toBe(4);
  });

  it('are not made for STUN servers, nor in place of a password in the configuration', () => {
    const fixed: IceServer[] = [
      { urls: 'stun:stun.example.org' },
      { urls: 'turn:turn.example.org', username: 'u', credential: 'c' },
    ];
    expect(iceServersFor({ iceServers: fixed, turnSecret })).toEqual(fixed);
    expect(iceServersFor({ iceServers: fixed, turnSecret: undefined })).toEqual(fixed);
    expect(givesPasswordsAway({ iceServers: fixed })).toBe(true);
    expect(givesPasswordsAway({ iceServers })).toBe(false);
  });
});
