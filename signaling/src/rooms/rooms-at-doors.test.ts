import { MemoryBus } from '@meshlift/cluster';
import type { RoomState } from '@meshlift/protocol';
import { doorSubject } from '@meshlift/protocol/cluster';
import { viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it } from 'vitest';
import { type Door, testDoors } from '../testing/test-doors.ts';
import { enterRelay, follow, type Member, over, ready } from '../testing/test-room.ts';

/** Joins a room through a door; with what somebody knows of it who was in it before. */
async function join(door: Door, roomId = 'kitchen', known: object = {}): Promise<Member> {
  const client = await door.server.connect();
  return { client, ...(await client.request('room:join', { roomId, ...known })) };
}

const refusedAt = async (door: Door, roomId: string, known: object = {}) =>
  (await door.server.connect()).refused('room:join', { roomId, ...known });

const memoryOf = ({ hostHash, locked }: RoomState) => ({ memory: { hostHash, locked } });

const signal = (from: Member, to: Member, signal = 'hello') =>
  from.client.request('room:signal', { sessionId: from.sessionId, to: to.participantId, signal });

const setMode = ({ client, sessionId }: Member, mode: 'sfu' | 'mesh', epoch: number) =>
  client.request('room:setMode', { sessionId, mode, epoch });

const untilAll = (members: readonly Member[], phase: string) =>
  Promise.all(members.map(({ client }) => client.next('room:switch', (told) => told.phase === phase)));

const recordOf = ({ cluster: { directory, names } }: Door, roomId: string) =>
  directory.find('rooms', names.nameOf('rooms', roomId));

const setup = async (count: number) => {
  const { engine, doors } = await testDoors(count);
  return { engine, doors: doors as [Door, Door, Door] };
};

describe('a room whose members come by different doors', () => {
  it('is one room: they see, signal and lose each other as at one door', async () => {
    const { doors } = await setup(3);
    const [host, second, third] = [await join(doors[0]), await join(doors[1]), await join(doors[2])];
    expect(third.room.participants.map(({ participantId }) => participantId)).toEqual([
      host.participantId,
      second.participantId,
    ]);
    expect(await host.client.next('room:joined')).toMatchObject({
      participant: { participantId: second.participantId },
    });
    for (const [from, to] of [
      [second, third],
      [third, host],
      [host, second],
    ] as const) {
      expect(await signal(from, to, `to ${to.participantId}`)).toEqual({ delivered: true });
      expect(await to.client.next('room:signal')).toMatchObject({
        from: from.participantId,
        signal: `to ${to.participantId}`,
      });
    }
    await second.client.request('session:close', { sessionId: second.sessionId });
    for (const { client } of [host, third]) {
      expect(await client.next('room:left')).toMatchObject({ participantId: second.participantId });
    }
    expect(await doors[0].server.metric('meshlift_participants')).toBe(2);
    expect(await doors[1].server.metric('meshlift_rooms')).toBe(0);
  });

  it('is begun once, though many join at the same moment at all doors', async () => {
    const { doors } = await setup(3);
    const members = await Promise.all([0, 1, 2, 0, 1, 2].map((at) => join(doors[at as 0 | 1 | 2])));
    expect(members.filter(({ hostKey }) => hostKey !== undefined)).toHaveLength(1);
    const rooms = await Promise.all(doors.map(({ server }) => server.metric('meshlift_rooms')));
    expect(rooms.toSorted()).toEqual([0, 0, 1]);
  });

  it('is locked, handed over and hosted again from any door', async () => {
    const { doors } = await setup(2);
    const host = await join(doors[0]);
    const guest = await join(doors[1]);
    await host.client.request('room:handOver', { sessionId: host.sessionId, to: guest.participantId });
    const { hostKey } = await guest.client.next('room:host');
    await guest.client.request('room:setLocked', { sessionId: guest.sessionId, locked: true });
    expect(await host.client.next('room:locked')).toMatchObject({ locked: true });
    for (const door of doors) {
      expect(await refusedAt(door, 'kitchen')).toBe('ROOM_LOCKED');
      expect(await refusedAt(door, 'kitchen', { hostKey: host.hostKey })).toBe('NOT_HOST');
      expect((await join(door, 'kitchen', { hostKey })).room.host).toBe(true);
    }
  });

  it('moves to the relay and back, where each receives what the other sends', async () => {
    const { doors } = await setup(2);
    const everybody = [await join(doors[0]), await join(doors[1])] as const;
    const room = { everybody, untilAll: (phase: string) => untilAll(everybody, phase) };
    await setMode(everybody[0], 'sfu', 0);
    await enterRelay(everybody[0]);
    const received = await enterRelay(everybody[1]);
    expect(received.consumers.map(({ kind }) => kind)).toEqual(['audio']);
    await follow(room, 1);
    await setMode(everybody[0], 'mesh', 1);
    await follow(room, 2);
    const later = await join(doors[1]);
    expect(later.room).toMatchObject({ mode: 'mesh', epoch: 2 });
    for (const { server } of doors) await expect.poll(() => server.metric('meshlift_relays')).toBe(0);
  });

  it('has an audience of what a member sends who came by another door', async () => {
    const { doors } = await setup(2);
    await join(doors[0]);
    const { client, sessionId } = await join(doors[1]);
    const { audience } = await client.request('room:publish', { sessionId });
    const viewer = await doors[0].server.connect();
    const rtpCapabilities = viewerCapabilities();
    const { streamId } = audience.links;
    const watching = expect.poll(() => viewer.refused('stream:watch', { streamId, rtpCapabilities }));
    const wanted = client.next('room:audience', (told) => told.audience.wanted);
    await watching.toBe('not refused');
    await wanted;
    await client.request('room:setAudience', { sessionId, allowed: false });
    expect(await viewer.next('session:closed')).toMatchObject({ error: { code: 'STREAM_NOT_FOUND' } });
  });
});

describe('the record of a room', () => {
  it('says how it stands, in few writes, and goes with it', async () => {
    const { doors } = await setup(2);
    const { directory, names } = doors[1].cluster;
    let writes = 0;
    directory.watch('rooms', () => {
      writes += 1;
    });
    const host = await join(doors[0]);
    const guests = await Promise.all([0, 1, 0, 1].map((at) => join(doors[at as 0 | 1])));
    for (const guest of guests) await signal(host, guest);
    await expect
      .poll(() => recordOf(doors[1], 'kitchen'))
      .toEqual({
        owner: doors[0].cluster.self,
        generation: 1,
        held: true,
        mode: 'mesh',
        choice: 'mesh',
        epoch: 0,
        locked: false,
        hostHash: host.room.hostHash,
      });
    expect(writes).toBe(2);
    const { client, sessionId } = host;
    const turns = Array.from({ length: 40 }, (_, turn) => turn % 2 === 0);
    await Promise.all(turns.map((locked) => client.request('room:setLocked', { sessionId, locked })));
    await client.request('room:setLocked', { sessionId, locked: true });
    await expect.poll(() => recordOf(doors[1], 'kitchen')).toMatchObject({ locked: true });
    expect(writes).toBeLessThan(30);
    expect(JSON.stringify(await recordOf(doors[1], 'kitchen'))).not.toContain('kitchen');
    expect(names.nameOf('rooms', 'kitchen')).toBe(doors[0].cluster.names.nameOf('rooms', 'kitchen'));
  });

  it('is let go with the room, which begins again at any door', async () => {
    const { engine, doors } = await testDoors(2, { graceSeconds: 0.2 });
    expect(engine.running).toBe(true);
    const [first, second] = doors as [Door, Door];
    const { client, sessionId } = await join(first);
    await client.request('session:close', { sessionId });
    await expect.poll(() => recordOf(second, 'kitchen')).toBeUndefined();
    expect((await join(second)).hostKey).toBeDefined();
    expect(await recordOf(first, 'kitchen')).toMatchObject({ owner: second.cluster.self, generation: 2 });
    expect((await join(first)).room.participants).toHaveLength(1);
  });
});

describe('a room whose door ends or closes', () => {
  it('goes on at another one as it was, in whatever phase of a switch it was', async () => {
    const { doors } = await setup(3);
    const [owner, other, closing] = doors;
    const [closed, left] = [await join(closing, 'closed'), await join(other, 'closed')];
    await closed.client.request('room:setLocked', { sessionId: closed.sessionId, locked: true });
    const idle = [await join(owner, 'idle'), await join(other, 'idle')] as const;
    await idle[0].client.request('room:setLocked', { sessionId: idle[0].sessionId, locked: true });
    const lifted: Record<string, readonly [Member, Member]> = {};
    for (const phase of ['preflight', 'move', 'commit']) {
      const members = [await join(owner, phase), await join(other, phase)] as const;
      lifted[phase] = members;
      await setMode(members[0], 'sfu', 0);
      await untilAll(members, 'preflight');
      if (phase === 'preflight') continue;
      for (const member of members) await ready(member, 1);
      await untilAll(members, 'move');
      if (phase === 'move') continue;
      for (const member of members) await over(member, 1);
      // Nobody has to have heard of it from the door that ends.
      await members[1].client.next('room:switch', (told) => told.phase === 'commit');
    }
    owner.kill();
    await closing.server.server.close();
    for (const member of [...idle, ...Object.values(lifted).flat()]) {
      if (member.client.socket.connected) member.client.close();
    }
    const back = (roomId: string, { room, hostKey }: Member, locked = false) => {
      const known = { ...memoryOf({ ...room, locked }), ...(hostKey && { hostKey }) };
      return expect
        .poll(
          async () => {
            const client = await other.server.connect();
            const answer = await client.raw('room:join', { roomId, ...known });
            return 'error' in answer ? answer.error.code : answer.data;
          },
          { timeout: 8_000 },
        )
        .toMatchObject({
          room: roomId === 'commit' ? { mode: 'sfu', epoch: 1 } : { mode: 'mesh', epoch: 0, host: !!hostKey },
        });
    };
    await left.client.ended();
    const returned = await join(other, 'closed', memoryOf(left.room));
    expect(returned.room).toMatchObject({ host: false, locked: true, hostHash: closed.room.hostHash });
    expect((await join(other, 'closed', { hostKey: closed.hostKey })).room.host).toBe(true);
    // Somebody who was never in it finds it locked, and does not begin another one.
    await expect.poll(() => refusedAt(other, 'idle'), { timeout: 8_000, interval: 250 }).toBe('ROOM_LOCKED');
    await back('idle', idle[1], true);
    await back('idle', idle[0], true);
    for (const phase of ['preflight', 'move', 'commit']) {
      for (const member of lifted[phase] ?? []) await back(phase, member);
    }
    const again = await join(other, 'commit', { hostKey: lifted.commit?.[0].hostKey });
    expect(again.room).toMatchObject({ mode: 'sfu', epoch: 1, host: true, locked: false });
    expect(again.room.switching).toBeUndefined();
    expect((await enterRelay(again)).consumers).toEqual([]);
    expect(await recordOf(other, 'commit')).toMatchObject({ owner: other.cluster.self, generation: 2 });
    expect(await other.server.metric('meshlift_rooms')).toBe(5);
  });
});

describe('without the directory', () => {
  it('rooms go on that are answered for here, and no second one of any name begins', async () => {
    const { engine, doors } = await setup(2);
    const host = await join(doors[0]);
    const hall = await join(doors[1], 'hall');
    engine.stop();
    const guest = await join(doors[0]);
    expect(await signal(guest, host)).toEqual({ delivered: true });
    await setMode(host, 'sfu', 0);
    await enterRelay(host);
    await enterRelay(guest);
    await follow({ everybody: [host, guest], untilAll: (phase) => untilAll([host, guest], phase) }, 1);
    expect(await refusedAt(doors[1], 'kitchen')).toBe('DIRECTORY_UNAVAILABLE');
    expect(await refusedAt(doors[0], 'hall')).toBe('DIRECTORY_UNAVAILABLE');
    expect(await refusedAt(doors[0], 'garden')).toBe('DIRECTORY_UNAVAILABLE');
    engine.start();
    await expect.poll(() => recordOf(doors[1], 'kitchen')).toMatchObject({ mode: 'sfu', epoch: 1 });
    const late = await join(doors[1]);
    expect(late.room).toMatchObject({ mode: 'sfu', epoch: 1 });
    expect(late.room.participants).toHaveLength(2);
    expect((await join(doors[0], 'hall')).room.participants).toEqual([
      expect.objectContaining({ participantId: hall.participantId }),
    ]);
  });
});

it('a door that was replaced while it was cut off lets its rooms go before it answers for them', async () => {
  const { doors } = await setup(2);
  const [before, after] = doors;
  const { bus } = before.cluster;
  if (!(bus instanceof MemoryBus)) throw new Error('a bus in memory');
  /** As a client that is connected to the other door. */
  const ask = async (name: string, payload: object) => {
    const request = {
      call: 'request',
      from: after.cluster.self,
      connection: 'connection-1',
      name,
      payload,
      baseUrl: 'https://meshlift.example',
      who: 'address:1',
      tokenKind: 'session',
    };
    const subject = doorSubject(before.cluster.self);
    const answered = await after.cluster.bus.request(subject, request, { timeoutMs: 5_000 });
    return (answered as { answer: { data?: { sessionId: string }; error?: { code: string } } }).answer;
  };
  const founder = await ask('room:join', { roomId: 'kitchen' });
  const host = await join(before);
  const guest = await join(after);
  bus.link.cutOff({ noticed: true });
  await guest.client.ended();
  const returned = await join(after, 'kitchen', memoryOf(guest.room));
  expect(returned.room).toMatchObject({ mode: 'mesh', participants: [] });
  // It answers for its room as long as it is cut off.
  const { client, sessionId } = host;
  expect(await signal(host, host)).toEqual({ delivered: true });
  bus.link.restore();
  // The first thing that it hears.
  const late = ask('room:setLocked', { sessionId: founder.data?.sessionId, locked: true });
  client.socket.emit('room:signal', { sessionId, to: host.participantId, signal: 'x' }, () =>
    expect.fail('was answered'),
  );
  expect(await late).toMatchObject({ error: { code: 'SESSION_NOT_FOUND' } });
  await client.ended();
  const again = await join(before, 'kitchen', memoryOf(host.room));
  expect(again.room).toMatchObject({
    locked: false,
    participants: [{ participantId: returned.participantId }],
  });
  expect(await before.server.metric('meshlift_rooms')).toBe(0);
  expect(await signal(again, returned)).toEqual({ delivered: true });
});
