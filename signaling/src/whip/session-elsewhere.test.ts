import { expect, it } from 'vitest';
import { EventStream } from '../testing/event-stream.ts';
import { ask, FRAGMENT, post, publishLive, refusalOf, watchLive } from '../testing/sdp-client.ts';
import { type Door, testDoors } from '../testing/test-doors.ts';
import type { TestServer } from '../testing/test-server.ts';

const restart = (name: string) => `a=ice-ufrag:${name}\r\na=ice-pwd:${name.padEnd(22, 'p')}\r\n`;

const patch = (url: string, body: string, ifMatch: string) =>
  ask('PATCH', url, { headers: { ...FRAGMENT, 'if-match': ifMatch }, body });

/** The same URL at another door. */
const at = (url: string, { url: base }: TestServer) => url.replace(/^http:\/\/[^/]+/, base);

const layer = (url: string, choice: object) =>
  ask('POST', `${url}/layer`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(choice),
  });

async function twoDoors() {
  const { engine, doors } = await testDoors(2);
  const [p, v] = doors as [Door, Door];
  const stream = await p.server.createStream();
  return { engine, p: p.server, v: v.server, stream };
}

it('the URL of a WHIP session is served by any door, wherever the stream is', async () => {
  const { p, v, stream } = await twoDoors();
  const live = await publishLive(p, stream, 'audio', 'video');
  const [here, there] = [live.url, at(live.url, v)];
  expect(await refusalOf(await patch(there, restart('first'), '"another"'))).toEqual([
    412,
    'PRECONDITION_FAILED',
  ]);
  const restarted = await patch(there, restart('first'), live.etag);
  expect(restarted.status).toBe(200);
  const etag = restarted.headers.get('etag') ?? '';
  expect(etag).not.toBe(live.etag);
  expect(await restarted.text()).toContain('a=ice-ufrag:');
  for (const url of [here, there]) {
    expect(await refusalOf(await patch(url, restart('second'), live.etag))).toEqual([
      412,
      'PRECONDITION_FAILED',
    ]);
  }
  // The same credentials are no restart: nothing is answered to it.
  expect((await patch(here, restart('first'), etag)).status).toBe(204);
  for (const url of [there, here, there]) expect((await ask('DELETE', url)).status).toBe(200);
  for (const url of [there, here]) {
    expect(await refusalOf(await patch(url, restart('second'), '*'))).toEqual([404, 'SESSION_NOT_FOUND']);
  }
});

it('the URL of a WHEP session is served by any door, with the choice of a layer', async () => {
  const { p, v, stream } = await twoDoors();
  await publishLive(p, stream, 'audio', 'video');
  const { url } = await watchLive(p, stream);
  const there = at(url, v);
  expect((await layer(there, { spatialLayerId: 0 })).status).toBe(200);
  expect(await refusalOf(await layer(there, { spatialLayerId: 7 }))).toEqual([400, 'BAD_REQUEST']);
  expect(await refusalOf(await layer(there, { encodingId: 'x' }))).toEqual([400, 'BAD_REQUEST']);
  expect((await ask('DELETE', `${there}/layer`)).status).toBe(200);
  const whip = there.replace('/whep/', '/whip/');
  for (const unknown of [whip, `${there}A`, there.slice(0, -2)]) {
    expect(await refusalOf(await ask('DELETE', unknown))).toEqual([404, 'SESSION_NOT_FOUND']);
  }
  expect((await ask('DELETE', there)).status).toBe(200);
  expect(await refusalOf(await layer(url, { spatialLayerId: 0 }))).toEqual([404, 'SESSION_NOT_FOUND']);
});

it('the events of a WHEP session are listened to at any door, and end with it', async () => {
  const { p, v, stream } = await twoDoors();
  await publishLive(p, stream, 'audio', 'video');
  const { url } = await watchLive(p, stream);
  const there = at(url, v);
  const wanted = ['active', 'inactive', 'viewercount'];
  expect(await refusalOf(await post(`${there}/events`, ['everything']))).toEqual([400, 'BAD_REQUEST']);
  const location = (await post(`${there}/events`, wanted)).headers.get('location') ?? '';
  const channel = new URL(location, there).href;
  const first = await EventStream.open(channel);
  expect([first.status, first.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
  await expect.poll(() => first.names()).toEqual(['active', 'viewercount']);
  await watchLive(v, stream);
  await expect.poll(() => first.last('viewercount'), { timeout: 5_000 }).toEqual({ viewercount: 2 });
  // Another takes its place, at the door of the session and back.
  const second = await EventStream.open(at(channel, p));
  await first.ended;
  await expect.poll(() => second.names()).toEqual(['active', 'viewercount']);
  const third = await EventStream.open(channel);
  await second.ended;
  await expect.poll(() => third.names()).toEqual(['active', 'viewercount']);
  const other = at((await post(`${there}/events`, wanted)).headers.get('location') ?? '', p);
  const fourth = await EventStream.open(new URL(other, there).href);
  expect((await ask('DELETE', new URL(other, there).href)).status).toBe(200);
  await fourth.ended;
  expect((await ask('DELETE', there)).status).toBe(200);
  await third.ended;
  expect(await refusalOf(await ask('GET', channel))).toEqual([404, 'SESSION_NOT_FOUND']);
});

it('events that come from a door that is killed end, and begin anew at another', {
  timeout: 30_000,
}, async () => {
  const { doors } = await testDoors(4, { roles: ['sfu', 'signaling', 'signaling', 'signaling'] });
  const [, owner, door, other] = doors as [Door, Door, Door, Door];
  const stream = await owner.server.createStream();
  await publishLive(owner.server, stream, 'audio', 'video');
  const { url } = await watchLive(door.server, stream);
  const there = at(url, other.server);
  const subscribe = async () => {
    const location = (await post(`${there}/events`, ['viewercount'])).headers.get('location') ?? '';
    return EventStream.open(new URL(location, there).href);
  };
  const before = await subscribe();
  await expect.poll(() => before.names()).toEqual(['viewercount']);
  door.kill();
  await before.ended;
  const after = await subscribe();
  await expect.poll(() => after.names()).toEqual(['viewercount']);
});

it('a session at another door is not called unknown while the doors cannot ask each other', async () => {
  const { engine, p, v, stream } = await twoDoors();
  const { url } = await publishLive(p, stream, 'audio');
  engine.stop();
  const [status, code] = await refusalOf(await patch(at(url, v), restart('first'), '*'));
  expect([status, code]).toEqual([503, 'DIRECTORY_UNAVAILABLE']);
  expect((await patch(url, restart('first'), '*')).status).toBe(200);
  engine.start();
  await expect.poll(async () => (await ask('DELETE', at(url, v))).status).toBe(200);
});

it('a player whose door is killed plays on, and its URL is served by another door', {
  timeout: 30_000,
}, async () => {
  const { doors } = await testDoors(4, { roles: ['sfu', 'signaling', 'signaling', 'signaling'] });
  const [media, owner, door, other] = doors as [Door, Door, Door, Door];
  const stream = await owner.server.createStream();
  await publishLive(owner.server, stream, 'audio', 'video');
  const { url, peer } = await watchLive(door.server, stream);
  const there = at(url, other.server);
  const before = await media.server.metric('meshlift_sessions');
  door.kill();
  expect((await layer(there, { spatialLayerId: 0 })).status).toBe(200);
  const received = peer.received.audio;
  await expect.poll(() => peer.received.audio).toBeGreaterThan(received);
  expect((await patch(there, restart('first'), '"old"')).status).toBe(412);
  const restarted = await patch(there, restart('first'), '*');
  expect(restarted.status).toBe(200);
  const etag = restarted.headers.get('etag') ?? '';
  expect((await patch(at(url, owner.server), restart('first'), etag)).status).toBe(204);
  expect(await media.server.metric('meshlift_sessions')).toBe(before);
  expect((await ask('DELETE', there)).status).toBe(200);
  expect(await media.server.metric('meshlift_sessions')).toBe(before - 1);
  expect((await ask('DELETE', at(url, owner.server))).status).toBe(200);
});

it('an encoder whose door is killed goes on, and its URL is served by the door that owns its stream then', {
  timeout: 30_000,
}, async () => {
  const { doors } = await testDoors(4, { roles: ['sfu', 'signaling', 'signaling', 'signaling'] });
  const [media, owner, door, other] = doors as [Door, Door, Door, Door];
  const stream = await owner.server.createStream();
  const live = await publishLive(owner.server, stream, 'audio', 'video');
  const { peer } = await watchLive(door.server, stream);
  const before = await media.server.metric('meshlift_sessions');
  owner.kill();
  for (const { server } of [door, other]) {
    const asked = () => patch(at(live.url, server), 'a=end-of-candidates\r\n', live.etag);
    // It says what is wrong with the fragment, and so that it knows the session and its tag.
    await expect.poll(async () => (await asked()).status, { timeout: 12_000 }).toBe(400);
  }
  const received = peer.received.audio;
  await expect.poll(() => peer.received.audio).toBeGreaterThan(received);
  expect(await media.server.metric('meshlift_sessions')).toBe(before);
  expect((await ask('DELETE', at(live.url, other.server))).status).toBe(200);
  expect(await media.server.metric('meshlift_sessions')).toBe(before - 1);
});
