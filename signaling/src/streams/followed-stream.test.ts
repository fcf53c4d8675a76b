import type { MediaNode } from '@meshlift/protocol';
import type { Demand, FollowedState } from '@meshlift/protocol/cluster';
import { expect, it } from 'vitest';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import { FollowedStream } from './followed-stream.ts';
import type { StreamLink } from './stream-link.ts';

const first: FollowedState = {
  ...{ generation: 2, version: 7, relayId: 'relay', sourceId: 'stream', origin: 'media', flow: 'live' },
  ...{ offered: false, viewers: 3, yours: 0 },
};

/** A stream of another door, as it answers first. */
async function followed() {
  const demands: { door: string; demand: Demand }[] = [];
  const link = {
    follow: async () => first,
    demand: ({ size }: { size: number }, { ends = false } = {}): Demand => ({
      ...{ turn: demands.length, watching: size, wanted: size > 0, ends },
    }),
    sendDemand: (door: string, _stream: string, demand: Demand) => demands.push({ door, demand }),
  } as unknown as StreamLink;
  const context = { node: {} as MediaNode, sessions: {} as SessionRegistry, graceMs: 1_000 };
  const ended: FollowedStream[] = [];
  const stream = new FollowedStream(
    { id: 'show', name: 'name-of-show', owner: 'owner' },
    { ...context, link, unfollowed: (stream) => ended.push(stream) },
  );
  await stream.follow();
  const say = (door: string, changes: Partial<FollowedState>) =>
    stream.receive(door, { name: 'state', state: { ...first, ...changes } });
  return { stream, say, demands, ended };
}

it('what is older than what is known changes nothing, whoever says it', async () => {
  const { stream, say } = await followed();
  expect([stream.watchable, stream.flow, stream.viewerCount]).toEqual([true, 'live', 3]);
  say('owner', { version: 6, flow: 'waiting', viewers: 9 });
  expect([stream.flow, stream.viewerCount]).toEqual(['live', 3]);
  say('next-owner', { generation: 3, version: 1, viewers: 4 });
  expect([stream.owner, stream.viewerCount]).toEqual(['next-owner', 4]);
  say('owner', { version: 99, flow: 'waiting' });
  expect([stream.owner, stream.flow]).toEqual(['next-owner', 'live']);
});

it('a former owner does not end it, and its own owner does', async () => {
  const { stream, say, demands, ended } = await followed();
  say('next-owner', { generation: 3, version: 1 });
  stream.receive('owner', { name: 'over', generation: 2, code: 'STREAM_NOT_FOUND' });
  expect([stream.watchable, ended.length]).toEqual([true, 0]);
  stream.receive('next-owner', { name: 'over', generation: 3, code: 'STREAM_NOT_FOUND' });
  expect([stream.watchable, ended]).toEqual([false, [stream]]);
  expect(demands.at(-1)).toMatchObject({ door: 'next-owner', demand: { ends: true } });
});
