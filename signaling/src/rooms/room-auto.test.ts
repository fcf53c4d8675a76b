import type { Advice } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { follow, join, lift, type Member, ready, roomOf } from '../testing/test-room.ts';

const advise = ({ client, sessionId }: Member, epoch: number, advice: Advice) =>
  client.request('room:advise', { sessionId, epoch, advice });

async function roomOnAuto(people: number) {
  const room = await roomOf(people);
  await room.setMode('auto', 0);
  for (const { client } of room.everybody) await client.next('room:auto', ({ auto }) => auto);
  return room;
}

/** Whether nothing has been told of a switch: whatever was sent before the answer to this has come by then. */
async function isLeftAlone({ client, sessionId }: Member) {
  const state = await client.request('session:resume', { sessionId });
  if (state.kind !== 'participant') throw new Error('not in a room');
  return client.received('room:switch').length === 0 && state.room.switching === undefined;
}

describe('a room on auto', () => {
  it('is told to everybody once, and to those who come', async () => {
    const room = await roomOnAuto(2);
    await room.setMode('auto', 0);
    expect((await join(room.server)).room.auto).toBe(true);
    expect(room.guests[0]?.client.received('room:auto')).toEqual([]);
  });

  it('can be had by a host alone', async () => {
    const room = await roomOf(2);
    expect(await room.refusedMode('auto', 0, room.guests[0])).toBe('NOT_HOST');
    expect(await room.refusedMode('auto', 7)).toBe('STALE_EPOCH');
    expect((await join(room.server)).room.auto).toBe(false);
  });

  it('is lifted when one of its people suffers, and rests afterwards', async () => {
    const room = await roomOnAuto(2);
    const [guest] = room.guests;
    if (!guest) throw new Error('two people');
    await advise(room.host, 0, 'stay');
    expect(await isLeftAlone(room.host)).toBe(true);
    await advise(guest, 0, 'lift');
    await follow(room, 1);
    for (const member of room.everybody) await advise(member, 1, 'lower');
    expect(await isLeftAlone(room.host)).toBe(true);
    // Ten seconds later what was advised meanwhile counts.
    await follow(room, 2);
    const state = await guest.client.request('session:resume', { sessionId: guest.sessionId });
    expect(state).toMatchObject({ room: { mode: 'mesh', epoch: 2, auto: true } });
  });

  it('is lowered when all have said so, or the one who has not has left', async () => {
    const room = await roomOf(3);
    await lift(room);
    await room.setMode('auto', 1);
    const [stayer, leaver] = room.guests;
    if (!stayer || !leaver) throw new Error('three people');
    await advise(room.host, 1, 'lower');
    await advise(stayer, 1, 'lower');
    expect(await isLeftAlone(room.host)).toBe(true);
    await leaver.client.request('session:close', { sessionId: leaver.sessionId });
    expect(await stayer.client.next('room:switch')).toMatchObject({ mode: 'mesh', phase: 'preflight' });
  });

  it('is lifted at once when more come than a mesh can hold', async () => {
    const room = await roomOnAuto(8);
    expect(await isLeftAlone(room.host)).toBe(true);
    const ninth = await join(room.server);
    const begun = { mode: 'sfu', epoch: 1, phase: 'preflight' };
    expect(await room.host.client.next('room:switch')).toMatchObject(begun);
    expect(await ninth.client.next('room:switch')).toMatchObject(begun);
  });

  it('takes no advice about another epoch', async () => {
    const room = await roomOnAuto(1);
    const { client, sessionId } = room.host;
    expect(await client.refused('room:advise', { sessionId, epoch: 1, advice: 'lift' })).toBe('STALE_EPOCH');
    expect(await isLeftAlone(room.host)).toBe(true);
  });
});

describe('a room that is not on auto', () => {
  it('ignores what is advised', async () => {
    const room = await roomOf(1);
    await advise(room.host, 0, 'lift');
    expect(await isLeftAlone(room.host)).toBe(true);
  });

  it('is one whose host has named a mode, be it the one it has', async () => {
    const room = await roomOnAuto(2);
    await room.setMode('mesh', 0);
    expect(await room.guests[0]?.client.next('room:auto')).toMatchObject({ auto: false });
    await advise(room.host, 0, 'lift');
    expect(await isLeftAlone(room.host)).toBe(true);
  });

  it('goes on with the switch that is under way if that is what its host names', async () => {
    const room = await roomOnAuto(2);
    await advise(room.host, 0, 'lift');
    await room.untilAll('preflight');
    await room.setMode('sfu', 0);
    for (const member of room.everybody) await ready(member, 1);
    await room.untilAll('move');
    expect(await room.refusedMode('mesh', 0)).toBe('SWITCH_IN_PROGRESS');
  });

  it('stays where it is if its host says so in the middle of an automatic switch', async () => {
    const room = await roomOnAuto(2);
    await advise(room.host, 0, 'lift');
    await room.untilAll('preflight');
    await room.setMode('mesh', 0);
    await room.untilAll('abort');
    await expect.poll(() => room.server.metric('meshlift_relays')).toBe(0);
  });
});
