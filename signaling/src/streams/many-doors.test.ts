import { expect, it } from 'vitest';
import { newPublishKey } from '../access/capabilities.ts';
import { type StreamDoor, streamDoors } from '../testing/stream-doors.ts';

type Doors = [StreamDoor, StreamDoor, StreamDoor];

const show = () => ({ streamId: 'the-evening-show', publishKey: newPublishKey() });

it('a stream is watched through any door, with its state and the number of all viewers', async () => {
  const { doors } = await streamDoors(3);
  const [p, v, w] = doors as Doors;
  const owned = show();
  const { client: publisher, stream } = await p.goLive(owned);
  const first = await v.watch(owned.streamId);
  expect(first).toMatchObject({ state: 'live', viewers: 1, opened: { consumers: [{ kind: 'audio' }] } });
  await expect.poll(() => stream.viewerCount).toBe(1);
  const second = await w.watch(owned.streamId);
  expect(second).toMatchObject({ state: 'live', viewers: 2 });
  const third = await p.watch(owned.streamId);
  await expect.poll(() => stream.viewerCount).toBe(3);
  for (const { client } of [{ client: publisher }, first, second, third]) {
    await expect.poll(() => client.all('stream:viewers').at(-1)?.viewers, { timeout: 4_000 }).toBe(3);
  }
  await v.streams.getWatchable(owned.streamId).then((viewers) => viewers.leave(first.session));
  await expect.poll(() => second.client.all('stream:viewers').at(-1)?.viewers, { timeout: 4_000 }).toBe(2);
  stream.ingestFlow(false);
  for (const { client } of [second, third]) {
    await expect.poll(() => client.all('stream:state').at(-1)?.state).toBe('waiting');
  }
});

it('of two who claim an ID at two doors at the same moment one gets it, and the other STREAM_LIVE', async () => {
  const { doors } = await streamDoors(2);
  const owned = show();
  const claims = await Promise.allSettled(
    doors.map(({ streams }) => streams.claim(owned.streamId, owned.publishKey)),
  );
  const refused = claims.filter((claim) => claim.status === 'rejected');
  expect(refused).toMatchObject([{ reason: { code: 'STREAM_LIVE' } }]);
  const winner = doors[claims.findIndex(({ status }) => status === 'fulfilled')];
  for (const { streams } of doors) {
    const owner = await streams.ownerOf(owned.streamId);
    expect(owner).toBe(streams === winner?.streams ? undefined : winner?.self);
  }
});

it('an ID stays with its key at every door once its stream has ended', async () => {
  const { doors } = await streamDoors(2);
  const [p, v] = doors as Doors;
  const owned = show();
  const stream = await p.streams.claim(owned.streamId, owned.publishKey);
  await stream.end();
  await stream.record.written;
  const stranger = v.streams.claim(owned.streamId, newPublishKey());
  await expect(stranger).rejects.toMatchObject({ code: 'STREAM_NOT_YOURS' });
  expect((await v.streams.claim(owned.streamId, owned.publishKey)).id).toBe(owned.streamId);
});

it('a stream that is revoked or refused is dark at every door, and answers as one that never was', async () => {
  const { doors } = await streamDoors(2);
  const [p, v] = doors as Doors;
  const owned = show();
  const { stream } = await p.goLive(owned);
  expect(await v.refusal('nobody-has-ever-claimed')).toBe('STREAM_NOT_FOUND');
  const refused = await v.watch(owned.streamId);
  await stream.setAllowed(false);
  await expect.poll(() => refused.client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  await expect.poll(() => v.refusal(owned.streamId)).toBe('STREAM_NOT_FOUND');
  await stream.setAllowed(true);
  await expect.poll(() => v.refusal(owned.streamId)).toBe('not refused');
  const { client } = await v.watch(owned.streamId);
  await p.streams.revoke(stream);
  await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  await stream.record.written;
  expect(await v.refusal(owned.streamId)).toBe('STREAM_NOT_FOUND');
  for (const { streams } of doors) {
    const again = streams.claim(owned.streamId, owned.publishKey);
    await expect(again).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  }
});

it('a stream that is rotated is found by its new ID alone, at every door', async () => {
  const { doors } = await streamDoors(2);
  const [p, v] = doors as Doors;
  const owned = show();
  const { stream, client: publisher } = await p.goLive(owned);
  const { client } = await v.watch(owned.streamId);
  await p.streams.rotate(stream, owned.publishKey);
  await expect.poll(() => client.all('session:closed')[0]?.error.code).toBe('STREAM_NOT_FOUND');
  expect(publisher.all('stream:rotated').map(({ links }) => links.streamId)).toEqual([stream.id]);
  expect(await v.refusal(owned.streamId)).toBe('STREAM_NOT_FOUND');
  expect((await v.watch(stream.id)).state).toBe('live');
});

it('without the directory, streams known here go on, and of unknown ones nobody can say', async () => {
  const { doors, engine } = await streamDoors(2);
  const [p, v] = doors as Doors;
  const owned = show();
  await p.goLive(owned);
  await v.watch(owned.streamId);
  engine.stop();
  expect((await v.watch(owned.streamId)).state).toBe('live');
  expect((await p.watch(owned.streamId)).state).toBe('live');
  expect(await v.refusal('unknown')).toBe('DIRECTORY_UNAVAILABLE');
  const claim = v.streams.claim('unknown', newPublishKey());
  await expect(claim).rejects.toMatchObject({ code: 'DIRECTORY_UNAVAILABLE' });
  const { stream } = await v.streams.create();
  engine.start();
  await expect.poll(() => p.streams.ownerOf(stream.id), { timeout: 6_000 }).toBe(v.self);
});
