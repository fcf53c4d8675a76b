import type { RequestReply } from '@meshlift/protocol';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TestClient, TestServer } from '../testing/test-server.ts';

interface Person extends RequestReply<'room:join'> {
  client: TestClient;
}

async function join(server: TestServer, hostKey?: string): Promise<Person> {
  const client = await server.connect();
  const joined = await client.request('room:join', { roomId: 'attic', ...(hostKey ? { hostKey } : {}) });
  return { client, ...joined };
}

/** A room whose founder is host, and guests in the order they came. */
async function room(guests: number, graceSeconds = 1) {
  const server = await TestServer.start({ graceSeconds });
  const founder = await join(server);
  const others: Person[] = [];
  for (let guest = 0; guest < guests; guest += 1) others.push(await join(server));
  return { server, founder, others, hostKey: founder.hostKey ?? '' };
}

const leave = ({ client, sessionId }: Person) => client.request('session:close', { sessionId });

const lock = ({ client, sessionId }: Person, locked = true) =>
  client.raw('room:setLocked', { sessionId, locked });

/** The next word of who is host. */
const hosts = async ({ client }: Person) => (await client.next('room:host')).hosts;

describe('a room whose host has gone', () => {
  it.each([
    ['leaves', leave],
    ['vanishes', async ({ client }: Person) => client.close()],
  ])(
    'when the host %s, gets the one who has been there longest, who may do what a host may',
    async (_, go) => {
      const { founder, others, server } = await room(2);
      const [first, second] = others as [Person, Person];
      await lock(founder);
      await go(founder);
      const told = await first.client.next('room:host');
      expect(told).toMatchObject({
        hosts: [first.participantId],
        hostKey: expect.stringMatching(/^\w{43}$/),
      });
      expect(await second.client.next('room:host')).not.toHaveProperty('hostKey');
      expect(await lock(second, false)).toMatchObject({ error: { code: 'NOT_HOST' } });
      expect(await lock(first, false)).toEqual({ data: {} });
      expect((await join(server)).room.participants).toContainEqual({
        participantId: first.participantId,
        host: true,
      });
    },
  );

  it('waits as long as a reload takes: a host who is back by then was never missed', async () => {
    const { server, founder, others, hostKey } = await room(1, 3);
    const [guest] = others as [Person];
    await leave(founder);
    expect((await join(server, hostKey)).room.host).toBe(true);
    await guest.client.next('room:joined');
    // A request that is answered after it shows that nothing else was told meanwhile.
    await guest.client.request('room:signal', {
      sessionId: guest.sessionId,
      to: guest.participantId,
      signal: 'x',
    });
    expect(guest.client.received('room:host')).toEqual([]);
  });

  it('passes over those whose connection is gone', async () => {
    const { founder, others } = await room(3);
    const [away, present, last] = others as [Person, Person, Person];
    await leave(founder);
    away.client.close();
    expect(await hosts(last)).toEqual([present.participantId]);
  });

  it('is without one while nobody is connected, and gets one with the first who comes back', async () => {
    const { server, founder, others } = await room(2, 2);
    const [first, second] = others as [Person, Person];
    await leave(founder);
    first.client.close();
    second.client.close();
    await expect.poll(() => server.metric('meshlift_connections')).toBe(1);
    const late = await join(server);
    // The two who are away go on counting as there; whoever is connected is asked first.
    expect(await hosts(late)).toEqual([late.participantId]);
  });

  it('gives the place back when the founder returns with the key, however late', async () => {
    const { server, founder, others, hostKey } = await room(2);
    const [acting, guest] = others as [Person, Person];
    await leave(founder);
    const { hostKey: actingKey } = await acting.client.next('room:host');
    await guest.client.next('room:host');
    const back = await join(server, hostKey);
    expect(back.room).toMatchObject({ host: true, participants: [{ host: false }, { host: false }] });
    expect(await hosts(guest)).toEqual([back.participantId]);
    expect(await lock(acting)).toMatchObject({ error: { code: 'NOT_HOST' } });
    const stale = await server.connect();
    expect(await stale.refused('room:join', { roomId: 'attic', hostKey: actingKey })).toBe('NOT_HOST');
  });

  it('is acted for by the same one after a reload, with a key of its own', async () => {
    const { server, founder, others } = await room(2);
    const [acting, guest] = others as [Person, Person];
    await leave(founder);
    const { hostKey } = await acting.client.next('room:host');
    await guest.client.next('room:host');
    await leave(acting);
    const again = await join(server, hostKey);
    expect(again.room.host).toBe(true);
    expect(guest.client.received('room:host')).toEqual([]);
  });

  it('can be handed on by who acts as host, and is still the founder’s', async () => {
    const { server, founder, others, hostKey } = await room(2);
    const [acting, next] = others as [Person, Person];
    await leave(founder);
    await next.client.next('room:host');
    await acting.client.request('room:handOver', { sessionId: acting.sessionId, to: next.participantId });
    expect(await hosts(next)).toEqual([next.participantId]);
    expect((await join(server, hostKey)).room.host).toBe(true);
    expect((await next.client.next('room:host')).hosts).not.toContain(next.participantId);
  });

  it('is no longer the founder’s once the founder has handed it over', async () => {
    const { server, founder, others, hostKey } = await room(2);
    const [next, guest] = others as [Person, Person];
    await founder.client.request('room:handOver', { sessionId: founder.sessionId, to: next.participantId });
    await leave(next);
    await guest.client.next('room:host', ({ hosts }) => hosts[0] === founder.participantId);
    const stale = await server.connect();
    expect(await stale.refused('room:join', { roomId: 'attic', hostKey })).toBe('NOT_HOST');
  });
});

describe('an empty room', () => {
  it('stays locked for the grace time, with its key, and is free afterwards', async () => {
    const { server, founder, hostKey } = await room(0, 2);
    await lock(founder);
    await leave(founder);
    const stranger = await server.connect();
    expect(await stranger.refused('room:join', { roomId: 'attic' })).toBe('ROOM_LOCKED');
    const back = await join(server, hostKey);
    expect(back.room).toMatchObject({ host: true, locked: true });
    await leave(back);
    await expect.poll(() => server.metric('meshlift_rooms'), { timeout: 5_000 }).toBe(0);
    expect((await join(server)).room).toMatchObject({ host: true, locked: false });
  });

  it('has a host again when its founder does not come back and others do', async () => {
    const { server, founder } = await room(0);
    await leave(founder);
    const guest = await join(server);
    expect(guest.room.host).toBe(false);
    expect(await hosts(guest)).toEqual([guest.participantId]);
  });
});

describe('whatever people do', () => {
  const step = fc.record({
    act: fc.constantFrom('come', 'leave', 'drop', 'return', 'hand over'),
    who: fc.nat(4),
  });

  it('a room with people in it gets a host, who can change it', async () => {
    const server = await TestServer.start({ graceSeconds: 1 });
    let run = 0;
    const property = fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
      run += 1;
      const roomId = `model-${run}`;
      const people: { client: TestClient; sessionId: string; participantId: string }[] = [];
      const keys: string[] = [];
      const come = async (hostKey?: string) => {
        const client = await server.connect();
        const joined = await client.request('room:join', { roomId, ...(hostKey ? { hostKey } : {}) });
        if (joined.hostKey) keys.push(joined.hostKey);
        people.push({ client, ...joined });
        return joined.room.host;
      };
      await come();
      await come();
      for (const { act, who } of steps) {
        const person = people[who % people.length];
        if (act === 'come') await come();
        if (act === 'return') await come(keys.at(-1)).catch(() => false);
        if (!person) continue;
        if (act === 'leave' || act === 'drop') {
          people.splice(people.indexOf(person), 1);
          if (act === 'leave') await leave(person as Person);
          person.client.close();
        }
        if (act === 'hand over') {
          const next = people[(who + 1) % people.length] ?? person;
          const { sessionId } = person;
          await person.client.raw('room:handOver', { sessionId, to: next.participantId });
          const told = person.client.received('room:host');
          if (told.length > 0) keys.length = 0;
        }
      }
      await come();
      // Whoever may lock the room is a host; among those who are connected there is one in the end.
      const locking = async () => {
        const answers = await Promise.all(people.map((person) => lock(person as Person, false)));
        return answers.filter((answer) => 'data' in answer).length;
      };
      await expect.poll(locking, { timeout: 8_000, interval: 100 }).toBeGreaterThan(0);
      for (const { client } of people) client.close();
    });
    await fc.assert(property, { numRuns: 12 });
  });
});
