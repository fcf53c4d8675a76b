import { MemoryBus, type MemoryEngine } from '@meshlift/cluster';
import { expect, it } from 'vitest';
import { KeyHash, newPublishKey } from '../access/capabilities.ts';
import { RecordedClient, type StreamDoor, streamDoors } from '../testing/stream-doors.ts';

type Doors = [StreamDoor, StreamDoor, StreamDoor, StreamDoor];

/** A lease expires, and two witnesses agree. */
const GONE = { timeout: 12_000, interval: 100 };

const show = () => ({ streamId: 'the-evening-show', publishKey: newPublishKey() });

/** Everything that the engine is shown in the clear from now on: what is stored, under which names, and all subjects. */
function recordClear(engine: MemoryEngine, doors: readonly StreamDoor[]): string[] {
  const seen: string[] = [];
  const { data } = engine;
  const write = data.write.bind(data);
  data.write = (...args) => {
    seen.push(JSON.stringify(args));
    return write(...args);
  };
  for (const link of doors.map(linkOf)) {
    const { request, publish } = link;
    link.request = (delivery) => {
      seen.push(delivery.subject);
      return request(delivery);
    };
    link.publish = (delivery) => {
      seen.push(delivery.subject);
      publish(delivery);
    };
  }
  return seen;
}

/** Three doors, of which the first publishes to the media node of a fourth process. */
async function start() {
  const media = (door: number) => (door === 0 ? [3] : [...new Set([door, 3])]);
  const { doors, engine } = await streamDoors(4, { mediaOf: media });
  const [p, v, w, m] = doors as Doors;
  const clear = recordClear(engine, doors);
  const owned = show();
  const live = await p.goLive(owned);
  // What the directory does not have yet when a door ends, no other door can know.
  await live.stream.record.written;
  return { p, v, w, m, owned, live, clear };
}

const linkOf = ({ door }: StreamDoor) => {
  const { bus } = door.cluster;
  if (!(bus instanceof MemoryBus)) throw new Error('a cluster in memory has a bus in memory');
  return bus.link;
};

it('a follower takes over a stream whose owner has ended, and nobody who watches or sends notices', async () => {
  const { p, v, w, m, owned, live, clear } = await start();
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
  expect(stream.source.sender?.sessionId).toBe(live.session.id);
  const session = owner.sessions.find(live.session.id);
  expect(await session?.owner.resume(session, new RecordedClient())).toMatchObject({
    kind: 'publisher',
    links: { streamId: owned.streamId },
  });
  for (const { client } of watching) expect(client.all('stream:state')).toEqual([]);
  await owner.goLive(owned);
  for (const { client } of watching) expect(client.all('session:closed')).toEqual([]);
  await owner.streams.rotate(stream, owned.publishKey);
  for (const { client } of watching) {
    await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  }
  expect(await other.refusal(owned.streamId)).toBe('STREAM_NOT_FOUND');
  const { client } = await other.watch(stream.id);
  await owner.streams.revoke(stream);
  await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  live.peer.close();

  const { text } = new KeyHash(owned.publishKey);
  const canaries = [owned.streamId, stream.id, owned.publishKey, text, live.session.token];
  const shown = [...clear, ...[p, v, w, m].flatMap(({ door }) => door.log)];
  for (const { door } of [p, v, w, m]) shown.push(await door.registry.metrics());
  expect(clear.some((each) => each.includes('"streams"'))).toBe(true);
  expect(canaries.filter((canary) => shown.some((each) => each.includes(canary)))).toEqual([]);
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
