import { roomIdSchema } from '@meshlift/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { roomAddress } from './room-address.ts';

const SERVER = 'https://meet.example';
const route = { from: 'alice', to: 'bob' };

afterEach(() => vi.unstubAllGlobals());

describe('a room without a password', () => {
  it('goes by its name', async () => {
    expect((await roomAddress(SERVER, 'kitchen')).roomId).toBe('kitchen');
  });

  it('goes by a digest of a name that is no id', async () => {
    const { roomId } = await roomAddress(SERVER, 'Unsere Küche');
    expect(roomIdSchema.safeParse(roomId).success).toBe(true);
    // Both ways of writing ü are one name.
    expect((await roomAddress(SERVER, 'Unsere Küche'.normalize('NFD'))).roomId).toBe(roomId);
    expect((await roomAddress(SERVER, 'Unsere Diele')).roomId).not.toBe(roomId);
  });

  it('needs a name', async () => {
    await expect(roomAddress(SERVER, '')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });
});

describe('a room with a password', () => {
  it('V19: goes by a digest, the same for all who know both', async () => {
    const { roomId } = await roomAddress(SERVER, 'kitchen', 'secret');
    expect(roomId).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect((await roomAddress(`${SERVER}:8443/studio`, 'kitchen', 'secret')).roomId).toBe(roomId);
  });

  it('V17 V21: is another room under another password, name or host', async () => {
    const rooms = await Promise.all([
      roomAddress(SERVER, 'kitchen', 'secret'),
      roomAddress(SERVER, 'kitchen', 'Secret'),
      roomAddress(SERVER, 'garden', 'secret'),
      roomAddress('https://meet.example.org', 'kitchen', 'secret'),
    ]);
    expect(new Set(rooms.map(({ roomId }) => roomId)).size).toBe(4);
    const [mine, ...others] = rooms;
    const sealed = (await mine?.sealing.seal('hello', route)) ?? '';
    expect(await mine?.sealing.open(sealed, route)).toBe('hello');
    for (const { sealing } of others) expect(await sealing.open(sealed, route)).toBeUndefined();
  });

  it('R12: is never joined unsealed', async () => {
    await expect(roomAddress(SERVER, 'kitchen', '')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues });
    await expect(roomAddress(SERVER, 'kitchen', 'secret')).rejects.toMatchObject({
      code: 'UNSUPPORTED_BROWSER',
      message: expect.stringContaining('HTTPS'),
    });
  });
});
