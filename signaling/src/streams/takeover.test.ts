import { MemoryBus } from '@meshlift/cluster';
import { expect, it } from 'vitest';
import { newPublishKey } from '../access/capabilities.ts';
import { type StreamDoor, streamDoors } from '../testing/stream-doors.ts';

type Doors = [StreamDoor, StreamDoor, StreamDoor, StreamDoor];

/** A lease expires, and two witnesses agree. */
const GONE = { timeout: 12_000, interval: 100 };

const show = () => ({ streamId: 'the-evening-show', publishKey: newPublishKey() });

/** Three doors, of which the first publishes to the media node of a fourth process. */
async function start() {
  const media = (door: number) => (door === 0 ? [3] : [...new Set([door, 3])]);
  const { doors } = await streamDoors(4, { mediaOf: media });
  const [p, v, w, m] = doors as Doors;
  const owned = show();
  return { p, v, w, m, owned, live: await p.goLive(owned) };
}

const linkOf = ({ door }: StreamDoor) => {
  const { bus } = door.cluster;
  if (!(bus instanceof MemoryBus)) throw new Error('a cluster in memory has a bus in memory');
  return bus.link;
};

it('a follower takes over a stream whose owner has ended, and nobody who watches or sends notices', async () => {
  const { p, v, w, owned, live } = await start();
  const watching = [await v.watch(owned.streamId), await w.watch(owned.streamId)];
  p.door.kill();
  await expect.poll(() => [v, w].filter(({ streams }) => streams.owns(owned.streamId)), GONE).toHaveLength(1);
  const [owner, other] = v.streams.owns(owned.streamId) ? [v, w] : [w, v];
  await expect.poll(() => other.streams.ownerOf(owned.streamId), GONE).toBe(owner.self);
  const stream = owner.streams.getOwned(owned.streamId, owned.publishKey);
  await expect.poll(() => stream.viewerCount, GONE).toBe(2);
  expect((await other.watch(owned.streamId)).state).toBe('live');
  // Its relay is the new owner's: a publisher who comes back goes on in it.
  await expect.poll(() => owner.nodes.originOf(stream.source.relayId), GONE).toBeDefined();
  await owner.goLive(owned);
  for (const { client } of watching) {
    expect(client.all('session:closed')).toEqual([]);
    expect(client.all('stream:state')).toEqual([]);
  }
  await owner.streams.revoke(stream);
  for (const { client } of watching) {
    await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  }
  expect(await other.refusal(owned.streamId)).toBe('STREAM_NOT_FOUND');
  live.peer.close();
}, 30_000);

it('a stream whose owner has ended is taken over by the door that is asked for it', async () => {
  const { p, v, owned } = await start();
  p.door.kill();
  // Until it is known that the owner is gone, nobody can say.
  expect(['NODE_UNREACHABLE', 'DIRECTORY_UNAVAILABLE']).toContain(await v.refusal(owned.streamId));
  await expect.poll(() => v.refusal(owned.streamId), GONE).toBe('not refused');
  expect(v.streams.owns(owned.streamId)).toBe(true);
  await expect(v.streams.claim(owned.streamId, newPublishKey())).rejects.toMatchObject({
    code: 'STREAM_NOT_YOURS',
  });
  expect((await v.watch(owned.streamId)).state).toBe('live');
}, 30_000);

it('the publisher of a stream whose owner has ended claims it at another door, and no other key does', async () => {
  const { p, v, owned } = await start();
  p.door.kill();
  const claimed = (publishKey: string) =>
    v.streams.claim(owned.streamId, publishKey).then(
      ({ state }) => state,
      ({ code }) => code,
    );
  await expect.poll(() => claimed(newPublishKey()), GONE).toBe('STREAM_NOT_YOURS');
  expect(await claimed(owned.publishKey)).toBe('live');
}, 30_000);

it('an owner that was cut off gives up to the one that came after it, and everybody finds that one', async () => {
  const { doors } = await streamDoors(2);
  const [p, v] = doors as Doors;
  const owned = show();
  const { client: publisher } = await p.goLive(owned);
  const here = await p.watch(owned.streamId);
  await v.watch(owned.streamId);
  linkOf(p).cutOff({ noticed: true });
  await expect.poll(() => v.streams.owns(owned.streamId), GONE).toBe(true);
  expect((await p.watch(owned.streamId)).state).toBe('live');
  expect(here.client.all('session:closed')).toEqual([]);
  linkOf(p).restore();
  await expect.poll(() => p.streams.owns(owned.streamId), GONE).toBe(false);
  for (const client of [publisher, here.client]) {
    await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('MEDIA_FAILED');
  }
  await expect.poll(() => p.streams.ownerOf(owned.streamId), GONE).toBe(v.self);
  await v.goLive(owned);
  await expect.poll(() => p.refusal(owned.streamId), GONE).toBe('not refused');
  await v.streams.revoke(v.streams.getOwned(owned.streamId, owned.publishKey));
  await expect.poll(() => p.refusal(owned.streamId), GONE).toBe('STREAM_NOT_FOUND');
}, 40_000);
