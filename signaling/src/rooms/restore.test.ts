import { createHash } from 'node:crypto';
import type { RequestReply, RoomMemory } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { type TestClient, TestServer } from '../testing/test-server.ts';

interface Person extends RequestReply<'room:join'> {
  client: TestClient;
}

const roomId = 'attic';
const FOUNDERS = 'f'.repeat(43);
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url');

/** What everybody knew who was in the room before the server was started again. */
const memory: RoomMemory = { hostHash: hashOf(FOUNDERS), locked: false };
const locked: RoomMemory = { ...memory, locked: true };

async function join(
  server: TestServer,
  arrival: { hostKey?: string; memory?: RoomMemory } = {},
): Promise<Person> {
  const client = await server.connect();
  return { client, ...(await client.request('room:join', { roomId, ...arrival })) };
}

const refused = async (server: TestServer, arrival: { hostKey?: string; memory?: RoomMemory } = {}) =>
  (await server.connect()).refused('room:join', { roomId, ...arrival });

/** A server that has just been started and knows nothing. */
const restarted = (graceSeconds = 30) => TestServer.start({ graceSeconds });

describe('a room after a restart', () => {
  it('is what those who come back say it was, and its host is who holds the key', async () => {
    const server = await restarted();
    const guest = await join(server, { memory });
    expect(guest.room).toMatchObject({ host: false, hostHash: memory.hostHash });
    expect(guest.hostKey).toBeUndefined();
    expect(guest.room.restored).toBeUndefined();
    const host = await join(server, { memory, hostKey: FOUNDERS });
    expect(host.room).toMatchObject({ host: true, restored: true });
    const second = await join(server, { memory, hostKey: FOUNDERS });
    expect(second.room.restored).toBeUndefined();
  });

  it('is not the host’s who does not hold the key, whatever they remember', async () => {
    const server = await restarted();
    await join(server, { memory });
    for (const hostKey of ['x'.repeat(43), memory.hostHash]) {
      expect(await refused(server, { memory, hostKey })).toBe('NOT_HOST');
      expect(await refused(server, { hostKey })).toBe('NOT_HOST');
    }
  });

  it('is taken back from a newcomer who came first, who is a guest then', async () => {
    const server = await restarted();
    const newcomer = await join(server);
    expect(newcomer.room.host).toBe(true);
    const guest = await join(server, { memory });
    expect(guest.room.participants).toEqual([{ participantId: newcomer.participantId, host: false }]);
    expect((await newcomer.client.next('room:host')).hosts).toEqual([]);
    const { sessionId } = newcomer;
    expect(await newcomer.client.refused('room:setLocked', { sessionId, locked: true })).toBe('NOT_HOST');
    expect(await refused(server, { hostKey: newcomer.hostKey ?? '' })).toBe('NOT_HOST');
    expect((await join(server, { memory, hostKey: FOUNDERS })).room.host).toBe(true);
  });

  it('that was locked lets those in who were there, and nobody else', async () => {
    const server = await restarted();
    const newcomer = await join(server);
    const guest = await join(server, { memory: locked });
    expect(guest.room.locked).toBe(true);
    expect((await newcomer.client.next('session:closed')).error.code).toBe('ROOM_LOCKED');
    // The hash lets people in who were there: it is not for newcomers.
    expect(newcomer.client.received('room:host')).toEqual([]);
    expect(await refused(server)).toBe('ROOM_LOCKED');
    expect((await join(server, { memory: locked })).room.locked).toBe(true);
    expect((await join(server, { memory: locked, hostKey: FOUNDERS })).room).toMatchObject({ host: true });
  });

  it('is as locked as its host says; until then one who says so is enough', async () => {
    const server = await restarted();
    const first = await join(server, { memory });
    await join(server, { memory: locked });
    expect((await first.client.next('room:locked', (told) => told.locked)).locked).toBe(true);
    await join(server, { memory, hostKey: FOUNDERS });
    expect((await first.client.next('room:locked', (told) => !told.locked)).locked).toBe(false);
    await join(server, { memory: locked });
    expect((await join(server)).room.locked).toBe(false);
  });

  it('is not mixed with what somebody else says it was: each group finds its own', async () => {
    const server = await restarted();
    const mine = 'a'.repeat(43);
    const forger = await join(server, { memory: { ...memory, hostHash: hashOf(mine) }, hostKey: mine });
    const guest = await join(server, { memory });
    const host = await join(server, { memory, hostKey: FOUNDERS });
    expect(host.room).toMatchObject({ host: true, participants: [{ participantId: guest.participantId }] });
    expect(forger.client.received('room:joined')).toEqual([]);
    // Without a memory a host is found by the key.
    expect((await join(server, { hostKey: FOUNDERS })).room.participants).toHaveLength(2);
    expect(await server.metric('meshlift_rooms')).toBe(2);
  });

  it('is the host’s who acted as one, until the founder comes', async () => {
    const server = await restarted();
    const acting = 'b'.repeat(43);
    const known = { ...memory, actingHash: hashOf(acting) };
    const guest = await join(server, { memory: known });
    expect((await join(server, { memory: known, hostKey: acting })).room).toMatchObject({
      host: true,
      restored: true,
    });
    const founder = await join(server, { memory: known, hostKey: FOUNDERS });
    expect((await guest.client.next('room:host')).hosts).toEqual([founder.participantId]);
  });

  it('has a host when the founder does not come back', async () => {
    const server = await restarted(1);
    const guest = await join(server, { memory });
    expect((await guest.client.next('room:host')).hosts).toEqual([guest.participantId]);
  });

  it('keeps the lock for a host who has reloaded meanwhile and does not know of it', async () => {
    const server = await restarted();
    const host = await join(server, { hostKey: FOUNDERS });
    const guest = await join(server, { memory: locked });
    expect(guest.room).toMatchObject({ locked: true, participants: [{ host: true }] });
    expect((await host.client.next('room:locked')).locked).toBe(true);
  });

  it('leaves nothing behind when who brings it back is not let in', async () => {
    const server = await restarted(1);
    expect(await refused(server, { memory: locked, hostKey: 'x'.repeat(43) })).toBe('NOT_HOST');
    await expect.poll(() => server.metric('meshlift_rooms'), { timeout: 5_000 }).toBe(0);
  });
});
