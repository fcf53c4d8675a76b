import { maskText } from '@meshlift/telemetry';
import { expect, it } from 'vitest';
import {
  ask,
  FRAGMENT,
  play,
  publish,
  publishLive,
  refusalOf,
  sessionUrl,
  unservedOffer,
} from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

/** The values of lines of SDP that say who somebody is, where, and what lets others in. */
function secretsOf(sdp: string): string[] {
  const said = sdp.matchAll(/^a=(?:ice-ufrag:|ice-pwd:|fingerprint:\S+ |candidate:(?:\S+ ){4})(\S+)/gm);
  // What is very short may stand in a log by chance.
  return [...new Set([...said].map(([, value]) => value ?? ''))].filter((value) => value.length > 6);
}

it('V14 J11: nothing of WHIP and WHEP that could name anybody is in any line that was logged', async () => {
  const server = await TestServer.start();
  const claimed = { streamId: 'secret-show', publishKey: 'secret.key~of/mine=' };
  const created = await server.createStream();
  const publisher = await publishLive(server, claimed, 'audio', 'video');
  const player = await SdpPeer.create('RecvOnly', 'audio');
  const played = await play(server, claimed.streamId, player.offer);
  const answer = await played.text();
  const viewer = sessionUrl(played);
  await player.connect(answer);
  const events = await ask('POST', `${viewer}/events`, { body: '["active"]' });
  const channel = events.headers.get('location')?.split('/').at(-1) ?? '';
  // Everything that is refused, too.
  const wrongKey = 'a.wrong.key';
  expect((await refusalOf(await publish(server, claimed.streamId, wrongKey)))[0]).toBe(401);
  expect((await publish(server, created.streamId, created.publishKey, unservedOffer)).status).toBe(406);
  expect((await play(server, created.streamId)).status).toBe(404);
  const restart = 'a=ice-ufrag:restarted\r\na=ice-pwd:restartedrestartedrestarted\r\n';
  const patched = await ask('PATCH', publisher.url, {
    headers: { ...FRAGMENT, 'if-match': '*' },
    body: restart,
  });
  expect(patched.status).toBe(200);
  for (const url of [viewer, publisher.url]) expect((await ask('DELETE', url)).status).toBe(200);
  await server.call('DELETE', `/api/streams/${claimed.streamId}`, claimed.publishKey);

  const log = server.log.join('');
  expect(log).toContain('stream ended');
  const named = [
    ...Object.values(claimed),
    created.streamId,
    created.publishKey,
    wrongKey,
    ...[viewer, publisher.url].map((url) => url.split('/').at(-1) ?? ''),
    channel,
    publisher.etag,
    ...[player.offer, publisher.peer.offer, answer, restart, await patched.text()].flatMap(secretsOf),
  ];
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((secret) => log.includes(secret))).toEqual([]);
});

it('J11: an own ID is masked in every text for as long as a stream or a room has it', async () => {
  const server = await TestServer.start({ graceSeconds: 1 });
  const shown = (id: string) => maskText(`no ${id} here`).includes(id);
  expect(shown('teatime')).toBe(true);
  const publisher = await publishLive(server, { streamId: 'teatime', publishKey: 'of-mine' }, 'audio');
  expect(shown('teatime')).toBe(false);
  const rotated = await server.call('POST', '/api/streams/teatime/rotate', 'of-mine');
  const { streamId } = (await rotated.json()) as { streamId: string };
  expect([shown('teatime'), shown(streamId)]).toEqual([true, false]);
  expect((await ask('DELETE', publisher.url)).status).toBe(200);

  const guest = await server.connect();
  const { sessionId } = await guest.request('room:join', { roomId: 'pantry' });
  expect(shown('pantry')).toBe(false);
  await guest.request('session:close', { sessionId });
  await expect.poll(() => shown('pantry'), { timeout: 5_000 }).toBe(true);
});
