import { describe, expect, it, onTestFinished } from 'vitest';
import { rateLimits } from '../access/rate-limits.ts';
import { TestClient, TestServer } from '../testing/test-server.ts';

const HANDSHAKE = '/socket.io/?EIO=4&transport=polling';

/** Few enough that a connection may hold them all. */
const ROOMS_OF_ONE_CONNECTION = 30;

describe('an address', () => {
  it('begins only so many connections, by whatever transport', async () => {
    const server = await TestServer.start({}, { handshakeLimit: { times: 20, perSeconds: 60 } });
    const knock = async () => (await fetch(server.url + HANDSHAKE)).status;
    const statuses = await Promise.all(Array.from({ length: 20 }, knock));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await knock()).toBe(403);
    const client = new TestClient(server.url);
    onTestFinished(() => client.close());
    await new Promise((resolve) => client.socket.once('connect_error', resolve));
    expect(client.socket.connected).toBe(false);
    // Pages and the API do not count as connections.
    expect((await server.call('GET', '/healthz')).status).toBe(200);
  });

  it('opens only so many rooms, however many connections it has, and joins those that are there', async () => {
    const server = await TestServer.start();
    const { times } = rateLimits.createRoom;
    const codes: string[] = [];
    for (let room = 0; room <= times; ) {
      const client = await server.connect();
      for (let place = 0; place < ROOMS_OF_ONE_CONNECTION && room <= times; place += 1, room += 1) {
        codes.push(await client.refused('room:join', { roomId: `room-${room}` }));
      }
    }
    expect([codes[times - 1], codes[times]]).toEqual(['not refused', 'RATE_LIMITED']);
    expect(await server.metric('meshlift_rooms')).toBe(times);
    const guest = await server.connect();
    await guest.request('room:join', { roomId: 'room-0' });
    expect(await server.metric('meshlift_participants')).toBe(times + 1);
  });
});
