import { describe, expect, it } from 'vitest';
import {
  ask,
  play,
  publish,
  publishLive,
  refusalOf,
  sessionUrl,
  unservedOffer,
} from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

const ID = 'my-show';
const KEY = 'my~own.key/of+any=';

const claim = (server: TestServer, key = KEY, id = ID) => publish(server, id, key);

/** Claimed, and left again before anything was sent. */
async function claimAndLeave(server: TestServer) {
  expect((await ask('DELETE', sessionUrl(await claim(server)))).status).toBe(200);
}

describe('an ID that nobody has', () => {
  it('is claimed by who publishes first, whose key is its key from then on', async () => {
    const server = await TestServer.start();
    await publishLive(server, { streamId: ID, publishKey: KEY }, 'audio');
    expect(await refusalOf(await claim(server, 'another'))).toEqual([401, 'KEY_REQUIRED']);
    expect((await claim(server)).status).toBe(201);
    expect((await server.call('DELETE', `/api/streams/${ID}`, KEY)).status).toBe(204);
  });

  it('cannot be claimed where claims are closed; those that were created can be published to', async () => {
    const server = await TestServer.start({ openClaims: false });
    expect(await refusalOf(await claim(server))).toEqual([404, 'STREAM_NOT_FOUND']);
    expect(await server.metric('meshlift_streams')).toBe(0);
    const { streamId, publishKey } = await server.createStream();
    expect((await publish(server, streamId, publishKey)).status).toBe(201);
  });

  it.each([
    ['whose codecs are not served', unservedOffer, 406],
    ['that is no SDP', 'hello', 400],
  ])('is not claimed by an offer %s: nothing is left of it', async (_, offer, status) => {
    const server = await TestServer.start();
    expect((await publish(server, ID, KEY, offer)).status).toBe(status);
    await expect.poll(() => server.metric('meshlift_streams')).toBe(0);
    expect(await server.metric('meshlift_relays')).toBe(0);
    expect((await claim(server, 'somebody-else')).status).toBe(201);
  });

  it('is not lost to one who is about to connect by a later offer that is refused', async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    for (const [id, key] of [
      [ID, KEY],
      [streamId, publishKey],
    ] as const) {
      const peer = await SdpPeer.create('SendOnly', 'audio');
      const response = await publish(server, id, key, peer.offer);
      expect((await publish(server, id, key, unservedOffer)).status).toBe(406);
      await peer.connect(await response.text());
      expect((await ask('DELETE', sessionUrl(response))).status).toBe(200);
    }
  });

  it('cannot be claimed when the server is full, and is told when to try again', async () => {
    const server = await TestServer.start({ maxStreams: 1 });
    expect((await claim(server)).status).toBe(201);
    const response = await claim(server, KEY, 'another-show');
    expect(response.headers.get('retry-after')).toBe('10');
    expect(await refusalOf(response)).toEqual([503, 'SERVER_FULL']);
    // The one that is there may still publish.
    expect((await claim(server)).status).toBe(201);
  });

  it('is claimed no more often than streams are created; those that are there may publish', async () => {
    const server = await TestServer.start();
    for (let claimed = 0; claimed < 60; claimed += 1) {
      expect((await claim(server, KEY, `show-${claimed}`)).status).toBe(201);
    }
    const response = await claim(server, KEY, 'one-more');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refusalOf(response)).toEqual([429, 'RATE_LIMITED']);
    expect((await claim(server, KEY, 'show-0')).status).toBe(201);
  });

  it('can be guessed at no faster than keys of other streams', async () => {
    const server = await TestServer.start();
    const { streamId } = await server.createStream();
    const codes = [];
    for (let guess = 0; guess < 32; guess += 1) {
      codes.push((await refusalOf(await claim(server, `guess-${guess}`, streamId)))[1]);
    }
    expect([codes[0], codes.at(-1)]).toEqual(['KEY_REQUIRED', 'RATE_LIMITED']);
  });
});

describe('an ID whose stream has ended', () => {
  /** Ends by itself when its publisher does not come back. */
  async function afterItsEnd(server: TestServer) {
    const { url } = await publishLive(server, { streamId: ID, publishKey: KEY }, 'audio');
    await ask('DELETE', url);
    await expect.poll(() => server.metric('meshlift_streams'), { timeout: 10_000 }).toBe(0);
  }

  it('goes back to its own key, and to no other', async () => {
    const server = await TestServer.start({ graceSeconds: 1 });
    await afterItsEnd(server);
    expect(await refusalOf(await play(server, ID))).toEqual([404, 'STREAM_NOT_FOUND']);
    expect(await refusalOf(await claim(server, 'a-stranger'))).toEqual([401, 'KEY_REQUIRED']);
    expect((await claim(server)).status).toBe(201);
  });

  it('goes back to its own key where claims are closed, too', async () => {
    const server = await TestServer.start({ graceSeconds: 1, openClaims: false });
    const stream = await server.createStream();
    const { url } = await publishLive(server, stream, 'audio');
    await ask('DELETE', url);
    await expect.poll(() => server.metric('meshlift_streams'), { timeout: 10_000 }).toBe(0);
    expect((await publish(server, stream.streamId, 'a-stranger')).status).toBe(401);
    expect((await publish(server, stream.streamId, stream.publishKey)).status).toBe(201);
  });

  it('stays with its key when what it sends then is refused, or the server is full', async () => {
    const server = await TestServer.start({ graceSeconds: 1, maxStreams: 1 });
    await afterItsEnd(server);
    expect((await publish(server, ID, KEY, unservedOffer)).status).toBe(406);
    expect(await refusalOf(await claim(server, 'a-stranger'))).toEqual([401, 'KEY_REQUIRED']);
    const { streamId, publishKey } = await server.createStream();
    expect(await refusalOf(await claim(server))).toEqual([503, 'SERVER_FULL']);
    await server.call('DELETE', `/api/streams/${streamId}`, publishKey);
    expect(await refusalOf(await claim(server, 'a-stranger'))).toEqual([401, 'KEY_REQUIRED']);
    expect((await claim(server)).status).toBe(201);
  });

  it('that was revoked goes back to nobody', async () => {
    const server = await TestServer.start();
    await claimAndLeave(server);
    expect((await server.call('DELETE', `/api/streams/${ID}`, KEY)).status).toBe(204);
    for (const key of [KEY, 'a-stranger']) {
      expect(await refusalOf(await claim(server, key))).toEqual([404, 'STREAM_NOT_FOUND']);
    }
  });

  it('that was rotated goes back to nobody, and the new one keeps the key', async () => {
    const server = await TestServer.start();
    await claimAndLeave(server);
    const response = await server.call('POST', `/api/streams/${ID}/rotate`, KEY);
    const { streamId } = (await response.json()) as { streamId: string };
    for (const key of [KEY, 'a-stranger']) {
      expect(await refusalOf(await claim(server, key))).toEqual([404, 'STREAM_NOT_FOUND']);
    }
    expect((await claim(server, KEY, streamId)).status).toBe(201);
  });
});
