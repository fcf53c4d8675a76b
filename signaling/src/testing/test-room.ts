import type { RequestPayload, RequestReply, RoomModeChoice } from '@meshlift/protocol';
import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { type TestClient, TestServer } from './test-server.ts';

/** Somebody in the kitchen, the room of these tests. */
export interface Member extends RequestReply<'room:join'> {
  client: TestClient;
}

export async function join(server: TestServer): Promise<Member> {
  const client = await server.connect();
  return { client, ...(await client.request('room:join', { roomId: 'kitchen' })) };
}

/** A room of that many; the first one is the host. */
export async function roomOf(people: number, overrides: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(overrides);
  const host = await join(server);
  const guests: Member[] = [];
  for (let guest = 1; guest < people; guest += 1) guests.push(await join(server));
  const everybody = [host, ...guests];
  return {
    server,
    host,
    guests,
    everybody,
    setMode: (mode: RoomModeChoice, epoch: number, by = host) =>
      by.client.request('room:setMode', { sessionId: by.sessionId, mode, epoch }),
    refusedMode: (mode: RoomModeChoice, epoch: number, by = host) =>
      by.client.refused('room:setMode', { sessionId: by.sessionId, mode, epoch }),
    untilAll: (phase: string) =>
      Promise.all(everybody.map(({ client }) => client.next('room:switch', (told) => told.phase === phase))),
  };
}

export type TestRoom = Awaited<ReturnType<typeof roomOf>>;

const step = (
  { client, sessionId }: Member,
  epoch: number,
  report: RequestPayload<'room:switchStep'>['step'],
) => client.request('room:switchStep', { sessionId, epoch, step: report });

export const ready = (member: Member, epoch: number) => step(member, epoch, { name: 'ready' });

export const over = (member: Member, epoch: number, gapMs = 20) =>
  step(member, epoch, { name: 'over', gaps: [{ participantId: 'whoever', kind: 'video', gapMs }] });

/** Everybody reports each phase of the switch that is under way, until it is committed. */
export async function follow(
  room: { everybody: readonly Member[]; untilAll: (phase: string) => Promise<unknown> },
  epoch: number,
) {
  await room.untilAll('preflight');
  for (const member of room.everybody) await ready(member, epoch);
  await room.untilAll('move');
  for (const member of room.everybody) await over(member, epoch);
  await room.untilAll('commit');
}

/** Both ways of a participant into the relay, with a track on the way in. */
export async function enterRelay({ client, sessionId }: Member) {
  const sending = await client.request('room:send', { sessionId });
  await client.request('producer:open', {
    sessionId: sending.sessionId,
    kind: 'audio',
    rtpParameters: opusAudio(),
    paused: false,
  });
  return client.request('room:receive', { sessionId, rtpCapabilities: viewerCapabilities() });
}

/** Brings a room to the relay, everybody following. */
export async function lift(room: TestRoom) {
  await room.setMode('sfu', 0);
  for (const member of room.everybody) await enterRelay(member);
  await follow(room, 1);
}

export function killWorkers({ node }: TestServer) {
  for (const pid of node.workerPids()) process.kill(pid, 'SIGKILL');
}
