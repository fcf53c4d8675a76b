import type { EventPayload } from '@meshlift/protocol';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it, vi } from 'vitest';
import { NativePeer } from '../testing/native-peer.ts';
import { type Door, testDoors } from '../testing/test-doors.ts';
import {
  follow,
  join,
  killWorkers,
  lift,
  type Member,
  over,
  ready,
  roomOf,
  type TestRoom,
} from '../testing/test-room.ts';
import type { TestServer } from '../testing/test-server.ts';

const publish = (
  { client, sessionId }: Member,
  known: { streamId?: string; publishKey?: string | undefined } = {},
) => client.request('room:publish', { sessionId, ...known });

const setAudience = ({ client, sessionId }: Member, allowed: boolean) =>
  client.request('room:setAudience', { sessionId, allowed });

/** Sends into the room's relay for real: packets can pass when this resolves. */
async function send({ client, sessionId: roomSession }: Member) {
  const { sessionId, transport } = await client.request('room:send', { sessionId: roomSession });
  const peer = await NativePeer.create(transport);
  await client.request('transport:connect', { sessionId, dtlsParameters: peer.dtlsParameters });
  const audio = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
  await client.request('producer:open', { sessionId, ...audio });
  await peer.connect();
  return sessionId;
}

async function watch(server: TestServer, streamId: string) {
  const client = await server.connect();
  const rtpCapabilities = viewerCapabilities();
  return { client, ...(await client.request('stream:watch', { streamId, rtpCapabilities })) };
}

/** What a stranger is told who asks to watch an ID. */
async function answerTo(server: TestServer, streamId: string) {
  const client = await server.connect();
  return client.raw('stream:watch', { streamId, rtpCapabilities: viewerCapabilities() });
}

const notFound = { error: { code: 'STREAM_NOT_FOUND', message: 'Nothing is playing here.' } };

/** The next word about its audience that fits. */
async function toldOf(
  { client }: Member,
  expected: Partial<EventPayload<'room:audience'>['audience']>,
): Promise<EventPayload<'room:audience'>['audience']> {
  const fits = ({ audience }: EventPayload<'room:audience'>) =>
    Object.entries(expected).every(([key, value]) => audience[key as keyof typeof audience] === value);
  return (await client.next('room:audience', fits)).audience;
}

/** A mesh whose host offers a stream. */
async function offered(people = 2, overrides: Parameters<typeof roomOf>[1] = {}) {
  const room = await roomOf(people, overrides);
  const { audience, publishKey } = await publish(room.host);
  return { ...room, room: room as TestRoom, publishKey, audience, streamId: audience.links.streamId };
}

/** A mesh whose host is watched from outside. */
async function watched(people = 2, overrides: Parameters<typeof roomOf>[1] = {}) {
  const stage = await offered(people, overrides);
  const viewer = await watch(stage.server, stage.streamId);
  await toldOf(stage.host, { wanted: true });
  const sendSession = await send(stage.host);
  await viewer.client.next('stream:state', ({ state }) => state === 'live');
  return { ...stage, viewer, sendSession };
}

describe('a second way into the relay', () => {
  it('takes the place of the first one when something that it sends has been accepted', async () => {
    const { server, host, viewer, sendSession } = await watched();
    const { client, sessionId: roomSession } = host;
    const { sessionId } = await client.request('room:send', { sessionId: roomSession });
    const refused = { ...opusAudio(), encodings: [{ ssrc: 1 }, { ssrc: 1 }] };
    const track = { sessionId, kind: 'audio' as const, paused: false };
    expect(await client.refused('producer:open', { ...track, rtpParameters: refused })).toBe('RTP_REJECTED');
    expect(client.received('session:closed')).toEqual([]);
    expect(viewer.client.received('stream:state')).toEqual([]);
    await client.request('producer:open', { ...track, rtpParameters: opusAudio() });
    const { error } = await client.next('session:closed', (closed) => closed.sessionId === sendSession);
    expect(error.code).toBe('SESSION_REPLACED');
    await viewer.client.next('consumer:opened');
    await vi.waitFor(async () => expect(await server.metric('meshlift_sessions{role="ingest"}')).toBe(1));
    await client.request('session:close', { sessionId });
    expect(await server.metric('meshlift_sessions{role="ingest"}')).toBe(0);
  });
});

describe('the audience beside a mesh', () => {
  it('waits under the ID until the participant sends, which it is told to from the first viewer on', async () => {
    const { server, host, guests, streamId, audience } = await offered();
    expect(audience).toMatchObject({
      allowed: true,
      wanted: false,
      viewers: 0,
      links: { watchUrl: `${server.url}/watch/${streamId}` },
    });
    expect(await server.metric('meshlift_relays')).toBe(0);
    expect(await server.metric('meshlift_streams')).toBe(1);
    expect(await host.client.refused('room:send', { sessionId: host.sessionId })).toBe('WRONG_STATE');

    const viewer = await watch(server, streamId);
    expect(viewer).toMatchObject({ state: 'waiting', consumers: [], viewers: 1 });
    await toldOf(host, { wanted: true, viewers: 1 });
    await send(host);
    const { consumer } = await viewer.client.next('consumer:opened');
    expect(consumer).toMatchObject({ kind: 'audio', sourceId: host.participantId });
    await viewer.client.next('stream:state', ({ state }) => state === 'live');
    expect(await server.metric('meshlift_viewers')).toBe(1);
    // The room is a mesh all the while: nobody else has a way in, and nobody a way out.
    const [guest] = guests;
    if (!guest) throw new Error('two people');
    const { client, sessionId } = guest;
    expect(await client.refused('room:send', { sessionId })).toBe('WRONG_STATE');
    const rtpCapabilities = viewerCapabilities();
    expect(await client.refused('room:receive', { sessionId, rtpCapabilities })).toBe('WRONG_STATE');
  });

  it('is let go after its last viewer, and leaves nothing in the relay', async () => {
    const { server, host, viewer, sendSession } = await watched();
    await viewer.client.request('session:close', { sessionId: viewer.sessionId });
    await toldOf(host, { wanted: false, viewers: 0 });
    await host.client.request('session:close', { sessionId: sendSession });
    await expect.poll(() => server.metric('meshlift_relays')).toBe(0);
    expect(await server.metric('meshlift_sessions')).toBe(0);
  });

  it('is let go by the server when the participant does not stop sending', async () => {
    const { server, host, viewer } = await watched();
    await viewer.client.request('session:close', { sessionId: viewer.sessionId });
    await toldOf(host, { wanted: false });
    expect(await server.metric('meshlift_relays')).toBe(1);
    await expect.poll(() => server.metric('meshlift_relays'), { timeout: 10_000 }).toBe(0);
    expect(await server.metric('meshlift_sessions')).toBe(0);
  });

  it('notices nothing of a viewer who reloads', async () => {
    const { server, host, viewer, streamId, sendSession } = await watched();
    await viewer.client.request('session:close', { sessionId: viewer.sessionId });
    const { client, sessionId, state, consumers } = await watch(server, streamId);
    expect({ state, consumers }).toMatchObject({ state: 'live', consumers: [{ kind: 'audio' }] });
    // A consumer that is paused is let go as late as an audience: by then the first viewer's would have been.
    await client.request('consumer:pause', { sessionId, consumerIds: consumers.map(({ id }) => id) });
    await host.client.next('producer:wanted', ({ spatialLayers }) => spatialLayers.length === 0);
    expect(host.client.received('room:audience').filter(({ audience }) => !audience.wanted)).toEqual([]);
    const resumed = await host.client.request('session:resume', { sessionId: sendSession });
    expect(resumed).toMatchObject({ kind: 'sender' });
  });

  it('is told of anew to a participant who was away', async () => {
    const { server, host, streamId } = await watched();
    host.client.close();
    await host.client.ended();
    const again = await server.connect();
    const resume = () => again.request('session:resume', { sessionId: host.sessionId });
    await expect.poll(resume).toMatchObject({
      kind: 'participant',
      room: { mode: 'mesh', audience: { links: { streamId }, allowed: true, wanted: true, viewers: 1 } },
    });
  });

  it('sees nothing of the others in the room', async () => {
    const { server, guests, viewer } = await watched(2);
    const [guest] = guests;
    if (!guest) throw new Error('two people');
    const other = (await publish(guest)).audience.links.streamId;
    const ofTheOther = await watch(server, other);
    await toldOf(guest, { wanted: true });
    await send(guest);
    const { consumer } = await ofTheOther.client.next('consumer:opened');
    expect(consumer.sourceId).toBe(guest.participantId);
    const { consumers } = (await viewer.client.request('session:resume', {
      sessionId: viewer.sessionId,
    })) as { consumers: { sourceId: string }[] };
    expect(consumers).toHaveLength(1);
    expect(consumers[0]?.sourceId).not.toBe(guest.participantId);
  });
});

describe('a switch of the room', () => {
  it('to the relay and back keeps the viewers outside, and the one upload', async () => {
    const { room, server, host, guests, viewer, sendSession } = await watched();
    const { client, sessionId } = host;
    await room.setMode('sfu', 0);
    // The host sends already: it needs a way out alone.
    await client.request('room:receive', { sessionId, rtpCapabilities: viewerCapabilities() });
    for (const guest of guests) await send(guest);
    await follow(room, 1);
    expect(await server.metric('meshlift_sessions')).toBe(4);
    await room.setMode('mesh', 1);
    await follow(room, 2);
    await expect.poll(() => server.metric('meshlift_sessions')).toBe(2);
    expect(await client.request('session:resume', { sessionId: sendSession })).toMatchObject({
      kind: 'sender',
    });
    const seen = await viewer.client.request('session:resume', { sessionId: viewer.sessionId });
    expect(seen).toMatchObject({ kind: 'viewer', state: 'live', consumers: [{ kind: 'audio' }] });
    for (const event of ['session:closed', 'consumer:closed'] as const)
      expect(viewer.client.received(event)).toEqual([]);
    expect(viewer.client.received('stream:state')).toEqual([]);
  });

  it('that came first lets the audience watch the upload there is', async () => {
    const room = await roomOf(2);
    await lift(room);
    await send(room.host);
    const { audience } = await publish(room.host);
    const { streamId } = audience.links;
    await expect.poll(() => watchedState(room, streamId)).toBe('live');
    const viewer = await watch(room.server, streamId);
    expect(viewer.consumers).toMatchObject([{ kind: 'audio', sourceId: room.host.participantId }]);
    expect(await room.server.metric('meshlift_sessions')).toBe(5);
  });

  it('keeps the upload for the room when the last viewer outside leaves', async () => {
    const { room, server, host, guests, viewer, sendSession } = await watched();
    await room.setMode('sfu', 0);
    for (const guest of guests) await send(guest);
    await follow(room, 1);
    await viewer.client.request('session:close', { sessionId: viewer.sessionId });
    await toldOf(host, { wanted: false });
    await host.client.next('producer:wanted', ({ spatialLayers }) => spatialLayers.length === 0);
    await room.setMode('mesh', 1);
    await room.untilAll('preflight');
    const resumed = await host.client.request('session:resume', { sessionId: sendSession });
    expect(resumed).toMatchObject({ kind: 'sender', wantedLayers: [{ spatialLayers: [] }] });
    for (const member of room.everybody) await ready(member, 2);
    for (const member of room.everybody) await over(member, 2);
    await expect.poll(() => server.metric('meshlift_relays'), { timeout: 10_000 }).toBe(0);
  });

  it('back to the mesh stops what nobody outside watches', async () => {
    const room = await roomOf(2);
    await lift(room);
    await send(room.host);
    const { streamId } = (await publish(room.host)).audience.links;
    await room.setMode('mesh', 1);
    await follow(room, 2);
    await expect.poll(() => room.server.metric('meshlift_relays')).toBe(0);
    expect(await watch(room.server, streamId)).toMatchObject({ state: 'waiting', consumers: [] });
  });
});

/** How a stream stands for one who has a look at it. */
async function watchedState({ server }: TestRoom, streamId: string) {
  const { client, sessionId, state } = await watch(server, streamId);
  await client.request('session:close', { sessionId });
  return state;
}

describe('what its participant decides', () => {
  it('drops a refused audience at once, and the ID answers like an unknown one until it is allowed', async () => {
    const { server, host, viewer, streamId } = await watched();
    await setAudience(host, false);
    expect((await viewer.client.next('session:closed')).error).toEqual(notFound.error);
    await toldOf(host, { allowed: false, wanted: false, viewers: 0 });
    expect(await answerTo(server, streamId)).toEqual(notFound);
    await setAudience(host, true);
    await toldOf(host, { allowed: true, wanted: false });
    expect(await watch(server, streamId)).toMatchObject({ viewers: 1 });
    await toldOf(host, { allowed: true, wanted: true });
  });

  it('is nothing without an offer', async () => {
    const { client, sessionId } = (await roomOf(1)).host;
    expect(await client.refused('room:setAudience', { sessionId, allowed: false })).toBe('WRONG_STATE');
  });

  it('is over when they leave, or do not come back', async () => {
    const { server, host, guests, viewer, streamId } = await watched(2, { graceSeconds: 1 });
    const [guest] = guests;
    if (!guest) throw new Error('two people');
    const other = (await publish(guest)).audience.links.streamId;
    await host.client.request('session:close', { sessionId: host.sessionId });
    expect((await viewer.client.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    expect(await answerTo(server, streamId)).toEqual(notFound);
    guest.client.close();
    await expect.poll(() => server.metric('meshlift_streams'), { timeout: 5_000 }).toBe(0);
    expect(await answerTo(server, other)).toEqual(notFound);
    expect(await server.metric('meshlift_relays')).toBe(0);
  });

  it('M6: rotating drops the holders of the old ID, and tells the new links', async () => {
    const { server, host, viewer, streamId, publishKey } = await watched();
    const rotated = await server.call('POST', `/api/streams/${streamId}/rotate`, publishKey);
    const links = (await rotated.json()) as { streamId: string };
    expect((await viewer.client.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    const { audience } = await host.client.next(
      'room:audience',
      (told) => told.audience.links.streamId === links.streamId,
    );
    expect(audience).toMatchObject({ allowed: true, links });
    expect(await answerTo(server, streamId)).toEqual(notFound);
    expect(await watch(server, links.streamId)).toMatchObject({ state: 'live' });
  });

  it('deleting ends it for everybody', async () => {
    const { server, host, viewer, streamId, publishKey } = await watched();
    expect((await server.call('DELETE', `/api/streams/${streamId}`, publishKey)).status).toBe(204);
    expect((await viewer.client.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    await toldOf(host, { allowed: false, wanted: false });
    expect(await answerTo(server, streamId)).toEqual(notFound);
    await expect.poll(() => server.metric('meshlift_relays')).toBe(0);
    expect(await server.metric('meshlift_streams')).toBe(0);
    const state = await host.client.request('session:resume', { sessionId: host.sessionId });
    expect(state).not.toHaveProperty('room.audience');
    expect((await publish(host)).audience.links.streamId).not.toBe(streamId);
  });
});

describe('a stream that is offered again', () => {
  it('with its key is the same, and without it another in its place', async () => {
    const { server, host, streamId, publishKey } = await offered();
    const same = await publish(host, { streamId, publishKey });
    expect(same).toMatchObject({ publishKey, audience: { links: { streamId } } });
    const another = await publish(host);
    expect(another.audience.links.streamId).not.toBe(streamId);
    expect(another.publishKey).not.toBe(publishKey);
    expect(await answerTo(server, streamId)).toEqual(notFound);
    expect(await server.metric('meshlift_streams')).toBe(1);
    expect(host.client.received('room:audience')).toEqual([]);
  });

  it('moves to the participant who has come back, and its viewers join again', async () => {
    const { server, host, viewer, streamId, publishKey } = await watched();
    const back = await join(server);
    expect(await publish(back, { streamId, publishKey })).toMatchObject({
      publishKey,
      audience: { links: { streamId }, allowed: true, wanted: false, viewers: 0 },
    });
    expect((await viewer.client.next('session:closed')).error.code).toBe('MEDIA_FAILED');
    await toldOf(host, { allowed: false, wanted: false });
    const again = await watch(server, streamId);
    await toldOf(back, { wanted: true });
    await send(back);
    expect((await again.client.next('consumer:opened')).consumer.sourceId).toBe(back.participantId);
    // What becomes of the one before changes nothing any more.
    await host.client.request('session:close', { sessionId: host.sessionId });
    expect(await watch(server, streamId)).toMatchObject({ state: 'live', viewers: 2 });
  });

  it('is still refused if it was', async () => {
    const { server, host, streamId, publishKey } = await offered();
    await setAudience(host, false);
    const back = await join(server);
    expect(await publish(back, { streamId, publishKey })).toMatchObject({ audience: { allowed: false } });
    expect(await answerTo(server, streamId)).toEqual(notFound);
  });

  it('needs the right key, which cannot be guessed for long', async () => {
    const { server, host, guests, streamId, publishKey } = await offered();
    const [guest] = guests;
    if (!guest) throw new Error('two people');
    const { client, sessionId } = guest;
    const guess = () => client.refused('room:publish', { sessionId, streamId, publishKey: 'x'.repeat(43) });
    const answers = [];
    for (let time = 0; time < 31; time += 1) answers.push(await guess());
    expect(answers[0]).toBe('STREAM_NOT_YOURS');
    expect(answers[30]).toBe('RATE_LIMITED');
    expect(await publish(host, { streamId, publishKey })).toMatchObject({ publishKey });
    expect(await server.metric('meshlift_streams')).toBe(1);
  });

  it('under an ID that leads nowhere gets another ID and another key', async () => {
    const { host } = await roomOf(1);
    const known = { streamId: 'GoneForGood', publishKey: 'k'.repeat(43) };
    const { audience, publishKey } = await publish(host, known);
    expect(audience.links.streamId).not.toBe(known.streamId);
    expect(publishKey).not.toBe(known.publishKey);
  });

  it('keeps its ID over a restart of the server, for who has its key', async () => {
    const { streamId, publishKey } = await offered();
    const { host, guests } = await roomOf(2);
    const known = { streamId, publishKey };
    const stranger = await publish(guests[0] ?? host, { ...known, publishKey: 'x'.repeat(43) });
    expect(stranger.audience.links.streamId).not.toBe(streamId);
    const again = await publish(host, known);
    expect(again).toMatchObject({ publishKey, audience: { links: { streamId } } });
  });

  it('cannot be published to directly, nor a stream of its own be offered by a room', async () => {
    const { server, host, streamId, publishKey } = await offered();
    const client = await server.connect();
    expect(await client.refused('stream:publish', { streamId, publishKey })).toBe('WRONG_STATE');
    const own = await server.createStream();
    const known = { streamId: own.streamId, publishKey: own.publishKey };
    expect(await host.client.refused('room:publish', { sessionId: host.sessionId, ...known })).toBe(
      'WRONG_STATE',
    );
  });
});

describe('a relay that dies', () => {
  it('beside a mesh is opened anew while somebody watches, and the participant sends again', async () => {
    const { server, host, viewer, streamId, sendSession } = await watched();
    const before = host.client.received('room:audience').length;
    killWorkers(server);
    expect((await viewer.client.next('session:closed')).error.code).toBe('MEDIA_FAILED');
    const closed = await host.client.next('session:closed');
    expect(closed).toMatchObject({ sessionId: sendSession, error: { code: 'MEDIA_FAILED' } });
    const again = await rejoin(viewer.client, streamId);
    await expect.poll(() => host.client.received('room:audience').length).toBeGreaterThan(before);
    await send(host);
    await viewer.client.next('stream:state', ({ state, sessionId }) => {
      return state === 'live' && sessionId === again.sessionId;
    });
    expect(await server.metric('meshlift_relays')).toBe(1);
  });

  it('under a room keeps its audience while the room goes back to the mesh', async () => {
    const { room, server, host, guests, viewer, streamId } = await watched();
    await room.setMode('sfu', 0);
    for (const guest of guests) await send(guest);
    await follow(room, 1);
    const before = host.client.received('room:audience').length;
    killWorkers(server);
    await host.client.next('room:switch', ({ mode, phase }) => mode === 'mesh' && phase === 'commit');
    await viewer.client.next('session:closed');
    await rejoin(viewer.client, streamId);
    await expect.poll(() => host.client.received('room:audience').length).toBeGreaterThan(before);
    await send(host);
    await viewer.client.next('consumer:opened');
  });

  /** Tries until a worker is back, as a page does. */
  async function rejoin(client: Member['client'], streamId: string) {
    let joined: Awaited<ReturnType<typeof watch>> | undefined;
    const attempt = async () => {
      const rtpCapabilities = viewerCapabilities();
      joined = { client, ...(await client.request('stream:watch', { streamId, rtpCapabilities })) };
      return joined.state;
    };
    await expect.poll(() => attempt().catch(String), { timeout: 10_000 }).toBe('waiting');
    if (!joined) throw new Error('could not join again');
    return joined;
  }
});

it('V14 J11: no key or stream ID of it is in any line that was logged', async () => {
  const { server, host, streamId, publishKey } = await watched();
  await setAudience(host, false);
  await server.call('DELETE', `/api/streams/${streamId}`, publishKey);
  const log = server.log.join('');
  expect(log).toContain('stream ended');
  for (const secret of [streamId, publishKey, host.sessionId]) expect(log).not.toContain(secret);
});

describe('the audience of a room at another door', () => {
  it('is told, counted, refused and served as the one at the door of the room', async () => {
    const { doors } = await testDoors(2);
    const [here, there] = doors as [Door, Door];
    const host = await join(here.server);
    const { audience } = await publish(host);
    const { streamId } = audience.links;
    const viewer = await watch(there.server, streamId);
    expect([viewer.state, viewer.consumers]).toEqual(['waiting', []]);
    await toldOf(host, { wanted: true });
    await send(host);
    await viewer.client.next('stream:state', ({ state }) => state === 'live');
    await viewer.client.next('consumer:opened');
    await toldOf(host, { viewers: 1 });
    await setAudience(host, false);
    expect((await viewer.client.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    expect(await answerTo(there.server, streamId)).toEqual(notFound);
    await setAudience(host, true);
    const again = await vi.waitFor(() => watch(there.server, streamId));
    await toldOf(host, { wanted: true });
    await again.client.request('session:close', { sessionId: again.sessionId });
    await toldOf(host, { wanted: false });
    await host.client.request('session:close', { sessionId: host.sessionId });
    await expect.poll(() => answerTo(there.server, streamId)).toEqual(notFound);
    await expect.poll(() => there.server.metric('meshlift_relays'), { timeout: 5_000 }).toBe(0);
  });
});
