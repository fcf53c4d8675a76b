import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type TestClient, TestServer } from '../testing/test-server.ts';

/** A room with as many people in it as names are given; the first one is the host. */
async function roomOf(people: number, overrides: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(overrides);
  const members = [];
  for (let person = 0; person < people; person += 1) members.push(await join(server));
  const [host, ...guests] = members;
  if (!host) throw new Error('a room needs somebody');
  return { server, host, guests };
}

async function join(server: TestServer, hostKey?: string, roomId = 'kitchen') {
  const client = await server.connect();
  const joined = await client.request('room:join', { roomId, ...(hostKey === undefined ? {} : { hostKey }) });
  return { client, ...joined };
}

const refusedJoin = async (server: TestServer, hostKey?: string) =>
  (await server.connect()).refused('room:join', { roomId: 'kitchen', ...(hostKey ? { hostKey } : {}) });

describe('joining a room', () => {
  it('makes the first one its host, with a key of 256 bits, and tells everybody of those who follow', async () => {
    const { server, host } = await roomOf(1);
    expect(host.room).toEqual({
      host: true,
      locked: false,
      mode: 'mesh',
      auto: false,
      epoch: 0,
      participants: [],
      // By which the key is recognised, and nothing else can be done.
      hostHash: createHash('sha256')
        .update(host.hostKey ?? '')
        .digest('base64url'),
    });
    expect(host.hostKey).toMatch(/^[A-Za-z0-9]{43}$/);
    const guest = await join(server);
    expect(guest.hostKey).toBeUndefined();
    expect(guest.room).toMatchObject({
      host: false,
      locked: false,
      participants: [{ participantId: host.participantId, host: true }],
    });
    expect((await host.client.next('room:joined')).participant).toEqual({
      participantId: guest.participantId,
      host: false,
    });
  });

  it('V26: keeps rooms apart', async () => {
    const { server, host } = await roomOf(1);
    const stranger = await join(server, undefined, 'garden');
    expect(stranger.room.participants).toEqual([]);
    const { sessionId } = stranger;
    const whisper = { sessionId, to: host.participantId, signal: 'hello' };
    expect(await stranger.client.refused('room:signal', whisper)).toBe('PARTICIPANT_NOT_FOUND');
  });

  it('refuses a wrong host key', async () => {
    const { server } = await roomOf(1);
    expect(await refusedJoin(server, 'x'.repeat(43))).toBe('NOT_HOST');
  });

  it('lets the founder bring a host key, which is not told again', async () => {
    const server = await TestServer.start();
    const mine = 'k'.repeat(43);
    const founder = await join(server, mine);
    expect(founder).toMatchObject({ room: { host: true } });
    expect(founder.hostKey).toBeUndefined();
    expect((await join(server, mine)).room.host).toBe(true);
  });

  it('is refused past 64 participants', async () => {
    const { server } = await roomOf(64);
    expect(await refusedJoin(server)).toBe('ROOM_FULL');
  });
});

describe('a signal', () => {
  it('V26: reaches the one it is for, and nobody else', async () => {
    const { host, guests } = await roomOf(3);
    const [to, other] = guests;
    if (!to || !other) throw new Error('three people');
    const message = { sessionId: host.sessionId, to: to.participantId, signal: 'for you alone' };
    expect(await host.client.request('room:signal', message)).toEqual({ delivered: true });
    expect(await to.client.next('room:signal')).toMatchObject({
      from: host.participantId,
      signal: 'for you alone',
    });
    // Whatever was sent to the other one before this answer has arrived by now.
    const toHost = { sessionId: other.sessionId, to: host.participantId, signal: 'nothing yet' };
    await other.client.request('room:signal', toHost);
    expect(other.client.received('room:signal')).toEqual([]);
  });

  it('says when the other one is away', async () => {
    const { host, guests } = await roomOf(2);
    guests[0]?.client.close();
    const message = { sessionId: host.sessionId, to: guests[0]?.participantId ?? '', signal: 'hello' };
    await expect.poll(() => host.client.request('room:signal', message)).toEqual({ delivered: false });
  });

  it('cannot be sent in the name of somebody else', async () => {
    const { host, guests } = await roomOf(2);
    const forged = { sessionId: host.sessionId, to: host.participantId, signal: 'forged' };
    expect(await guests[0]?.client.refused('room:signal', forged)).toBe('SESSION_NOT_FOUND');
  });
});

describe('the host', () => {
  it('locks the room, which only a host key opens then', async () => {
    const { server, host, guests } = await roomOf(2);
    await host.client.request('room:setLocked', { sessionId: host.sessionId, locked: true });
    expect((await guests[0]?.client.next('room:locked'))?.locked).toBe(true);
    expect(await refusedJoin(server)).toBe('ROOM_LOCKED');
    expect((await join(server, host.hostKey)).room.host).toBe(true);
    await host.client.request('room:setLocked', { sessionId: host.sessionId, locked: false });
    expect((await join(server)).room.locked).toBe(false);
  });

  it('is the only one who may', async () => {
    const { guests } = await roomOf(2);
    const [guest] = guests;
    if (!guest) throw new Error('two people');
    const { client, sessionId, participantId } = guest;
    expect(await client.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
    expect(await client.refused('room:handOver', { sessionId, to: participantId })).toBe('NOT_HOST');
  });

  it('hands over to somebody who gets a new key, and the old key is dead', async () => {
    const { server, host, guests } = await roomOf(3);
    const [next, other] = guests;
    if (!next || !other) throw new Error('three people');
    await host.client.request('room:handOver', { sessionId: host.sessionId, to: next.participantId });
    const told = await next.client.next('room:host');
    expect(told).toMatchObject({ hosts: [next.participantId], hostKey: expect.any(String) });
    expect(await other.client.next('room:host')).not.toHaveProperty('hostKey');
    expect(await host.client.refused('room:setLocked', { sessionId: host.sessionId, locked: true })).toBe(
      'NOT_HOST',
    );
    expect(await refusedJoin(server, host.hostKey)).toBe('NOT_HOST');
    expect((await join(server, told.hostKey)).room.host).toBe(true);
  });

  it('who was made so while away learns the key when they are back, once', async () => {
    const { server, host, guests } = await roomOf(2);
    const [next] = guests;
    if (!next) throw new Error('two people');
    next.client.close();
    await next.client.ended();
    await host.client.request('room:handOver', { sessionId: host.sessionId, to: next.participantId });
    const back = await server.connect();
    const resume = () => back.request('session:resume', { sessionId: next.sessionId });
    const resumed = await resume();
    if (resumed.kind !== 'participant') throw new Error('not in a room');
    expect(resumed.room).toMatchObject({ host: true, hostKey: expect.stringMatching(/^[A-Za-z0-9]{43}$/) });
    expect((await join(server, resumed.room.hostKey)).room.host).toBe(true);
    expect(await resume()).not.toHaveProperty('room.hostKey');
    const former = await host.client.request('session:resume', { sessionId: host.sessionId });
    expect(former).not.toHaveProperty('room.hostKey');
  });

  it('is host again after a reload, alone or not, within the grace time', async () => {
    const { server, host } = await roomOf(1);
    await host.client.request('session:close', { sessionId: host.sessionId });
    host.client.close();
    expect((await join(server, host.hostKey)).room.host).toBe(true);
    expect((await join(server)).room.host).toBe(false);
  });
});

describe('leaving', () => {
  it('is told to the others', async () => {
    const { host, guests } = await roomOf(2);
    await host.client.request('session:close', { sessionId: host.sessionId });
    expect((await guests[0]?.client.next('room:left'))?.participantId).toBe(host.participantId);
  });

  it('by a lost connection keeps the place for a while, under the same id', async () => {
    const { server, host, guests } = await roomOf(2);
    host.client.close();
    const again: TestClient = await server.connect();
    const resumed = await again.request('session:resume', { sessionId: host.sessionId });
    expect(resumed).toMatchObject({
      kind: 'participant',
      room: { host: true, participants: [{ participantId: guests[0]?.participantId }] },
    });
    expect(guests[0]?.client.received('room:left')).toEqual([]);
  });

  it('V23: leaves nothing behind once the grace time is over', async () => {
    const { server, host, guests } = await roomOf(2, { graceSeconds: 1 });
    host.client.close();
    expect((await guests[0]?.client.next('room:left'))?.participantId).toBe(host.participantId);
    guests[0]?.client.close();
    await expect.poll(() => server.metric('meshlift_participants'), { timeout: 5_000 }).toBe(0);
    await expect.poll(() => server.metric('meshlift_rooms'), { timeout: 5_000 }).toBe(0);
  });
});

it('J9 J11 V22: what is said in a room, and its name, are in no log', async () => {
  const server = await TestServer.start();
  const host = await join(server, undefined, 'our-secret-room-name');
  const guest = await join(server, undefined, 'our-secret-room-name');
  const message = { sessionId: host.sessionId, to: guest.participantId, signal: 'a-very-private-word' };
  await host.client.request('room:signal', message);
  const log = server.log.join('');
  for (const word of ['our-secret-room-name', 'a-very-private-word', host.hostKey ?? '', host.sessionId]) {
    expect(log).not.toContain(word);
  }
});
