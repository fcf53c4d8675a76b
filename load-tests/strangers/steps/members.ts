import { clientRequests, type RequestName } from '@meshlift/protocol';
import fc from 'fast-check';
import { Member, manners, partOf } from '../member.ts';
import type { Visit } from '../visit.ts';
import { capabilities, payloadOf, proper, type Said, switchSteps, tracks } from './payload.ts';
import { read, SDP, VALID } from './sdp.ts';
import { pick, type Step, steps, which } from './step.ts';

const names = Object.keys(clientRequests) as RequestName[];

/** Whom and what of theirs a request is about; wrong ones have the right form. */
const aims = [
  ...['own', 'own', 'own', 'own', 'own', 'own'],
  ...['of another', 'of another part', 'the first', 'nobody’s', 'another epoch'],
] as const;
type Aim = (typeof aims)[number];

/** A member whose connection is there still, or one who comes in now: a visit has one from the first of these steps. */
async function memberOf(visit: Visit, who: number): Promise<Member> {
  const there = visit.members.filter(({ gone }) => !gone);
  return there.length > 0 ? pick(there, who) : Member.enter(visit);
}

function sessionOf(visit: Visit, member: Member, name: RequestName, aim: Aim): string {
  const own = member.session(partOf(name));
  const nobodys = 'x'.repeat(22);
  if (aim === 'nobody’s') return nobodys;
  if (aim === 'of another') return pick([nobodys, ...visit.heard('sessionId')], 1);
  if (aim === 'of another part') return member.session() ?? nobodys;
  // Most often closed by now, or replaced.
  if (aim === 'the first') return member.sessions[0]?.id ?? nobodys;
  return own ?? member.session() ?? nobodys;
}

export function requestOf(
  visit: Visit,
  member: Member,
  {
    name,
    aim = 'own',
    stream = 0,
    said = proper,
  }: { name: RequestName; aim?: Aim; stream?: number; said?: Said },
): Record<string, unknown> {
  const others = visit.members.filter((other) => other !== member && other.session('participant'));
  const { epoch, switchEpoch } = member;
  const itsEpoch = name === 'room:setMode' || name === 'room:advise' ? epoch : switchEpoch;
  const ofNobody = aim === 'nobody’s';
  return {
    ...payloadOf(visit, pick(visit.streams, stream), said),
    sessionId: sessionOf(visit, member, name, aim),
    to: ofNobody ? 'nobody' : (others.at(-1)?.participantId ?? member.participantId),
    epoch: aim === 'another epoch' ? itsEpoch + 1 : itsEpoch,
    producerId: ofNobody ? 'none' : (member.producers.at(-1) ?? 'none'),
    consumerId: ofNobody ? 'none' : (member.consumers.at(-1) ?? 'none'),
    consumerIds: ofNobody ? ['none'] : member.consumers.slice(-4),
  };
}

const said: fc.Arbitrary<Said> = fc.record({
  track: fc.oneof(
    fc.constantFrom('microphone' as const, 'camera' as const),
    fc.constantFrom(...(Object.keys(tracks) as Said['track'][])),
  ),
  capability: fc.oneof(
    fc.constant('all' as const),
    fc.constantFrom(...(Object.keys(capabilities) as Said['capability'][])),
  ),
  step: fc.nat({ max: switchSteps.length - 1 }),
  mode: fc.constantFrom('sfu', 'sfu', 'mesh', 'auto'),
  yes: fc.boolean(),
  wrongKey: fc.constantFrom(false, false, false, true),
});

/** Somebody comes in with a client of their own, and most often joins the room. */
const join = steps('join', fc.constantFrom('the room', 'the room', 'nothing'), {
  adds: 'members',
  async act(visit, what) {
    const member = await Member.enter(visit);
    if (what === 'the room')
      await member.request('room:join', requestOf(visit, member, { name: 'room:join' }));
  },
});

/** Any request, of somebody who knows what it is about, right or not. */
const request = steps(
  'request',
  fc.record({
    who: which,
    name: fc.constantFrom(...names),
    aim: fc.constantFrom(...aims),
    stream: which,
    said,
    manner: fc.constantFrom(...manners),
  }),
  {
    needs: 'members',
    async act(visit, { who, manner, ...about }) {
      const member = await memberOf(visit, who);
      await member.request(about.name, requestOf(visit, member, about), manner);
    },
  },
);

const courses = [
  'as it should be',
  'with a failure',
  'without the last',
  'in another order',
  'left half way',
] as const;

/** A host moves the room, and its members follow, or do something else in the middle of it. */
const move = steps(
  'move the room',
  fc.record({
    mode: fc.constantFrom('sfu' as const, 'sfu' as const, 'mesh' as const),
    course: fc.constantFrom(...courses),
  }),
  {
    needs: 'members',
    async act(visit, { mode, course }) {
      const members = visit.members.filter(({ gone, sessions }) => !gone && sessions.length > 0);
      const say = (member: Member, name: RequestName, words: Partial<Said> = {}) =>
        member.request(name, requestOf(visit, member, { name, said: { ...proper, mode, ...words } }));
      for (const member of members) await say(member, 'room:setMode');
      if (course === 'in another order') members.reverse();
      const following = course === 'without the last' ? members.slice(0, -1) : members;
      for (const member of following) {
        if (mode === 'sfu') for (const name of path) await say(member, name, { track: 'camera' });
        await say(member, 'room:switchStep', { step: course === 'with a failure' ? 5 : 0 });
      }
      if (course === 'left half way') members.at(-1)?.vanish();
      for (const member of following) await say(member, 'room:switchStep', { step: 3 });
      if (course === 'with a failure') for (const member of members) await say(member, 'room:decideSwitch');
    },
  },
);

/** What a participant does for the relay. */
export const path = [
  'room:send',
  'transport:connect',
  'producer:open',
  'room:receive',
  'consumer:resume',
] as const satisfies RequestName[];

/** Somebody in a room lets others watch, who come by every door there is. */
const beWatched = steps(
  'be watched',
  fc.record({
    who: which,
    capability: fc.constantFrom(...(Object.keys(capabilities) as Said['capability'][])),
  }),
  {
    needs: 'members',
    adds: 'members',
    async act(visit, { who, capability }) {
      const member = await memberOf(visit, who);
      await member.request('room:publish', requestOf(visit, member, { name: 'room:publish' }));
      const viewer = await Member.enter(visit);
      await viewer.request(
        'stream:watch',
        requestOf(visit, viewer, { name: 'stream:watch', said: { ...proper, capability } }),
      );
      await visit.offer(`/whep/${pick(visit.streams, 0).streamId}`, [SDP], read(pick(VALID.whep, who)));
    },
  },
);

/** Leaves in the middle of a word, or without one. */
const goMissing = steps('go missing', fc.record({ who: which, first: fc.boolean() }), {
  needs: 'members',
  async act(visit, { who, first }) {
    const member = await memberOf(visit, who);
    if (first) member.breakOff();
    member.vanish();
  },
});

export const memberSteps: fc.Arbitrary<Step>[] = [
  ...[join, join, move, move, beWatched, beWatched, goMissing],
  ...[request, request, request, request, request, request, request, request],
];
