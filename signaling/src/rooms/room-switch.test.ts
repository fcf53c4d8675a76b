import { viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { enterRelay, join, killWorkers, lift, over, ready, roomOf } from '../testing/test-room.ts';
import { Room } from './room.ts';

describe('a switch to the relay', () => {
  it('takes everybody through preflight and move to commit, and counts the gaps they saw', async () => {
    const room = await roomOf(3);
    await lift(room);
    expect(await room.server.metric('meshlift_switch_gap_seconds_count')).toBe(3);
    const late = await join(room.server);
    const state = await late.client.request('session:resume', { sessionId: late.sessionId });
    expect(state).toMatchObject({ kind: 'participant', room: { mode: 'sfu', epoch: 1 } });
  });

  it('gives each participant everybody else on one transport', async () => {
    const room = await roomOf(3);
    await lift(room);
    const { consumers } = await enterRelay(room.host);
    expect(consumers.map(({ sourceId }) => sourceId).sort()).toEqual(
      room.guests.map(({ participantId }) => participantId).sort(),
    );
    // Whoever enters again replaces what they had.
    expect(await room.server.metric('meshlift_sessions')).toBe(6);
  });

  it('and back leaves nothing of the room in the relay', async () => {
    const room = await roomOf(2);
    await lift(room);
    await room.setMode('mesh', 1);
    for (const member of room.everybody) await ready(member, 2);
    for (const member of room.everybody) await over(member, 2);
    await room.untilAll('commit');
    await expect.poll(() => room.server.metric('meshlift_relays')).toBe(0);
    expect(await room.server.metric('meshlift_sessions')).toBe(0);
    const { client, sessionId } = room.host;
    expect(await client.refused('room:send', { sessionId })).toBe('WRONG_STATE');
  });

  it('keeps no way into the relay for somebody who leaves while it is being opened', async () => {
    const room = await roomOf(2);
    await lift(room);
    expect(await room.server.metric('meshlift_sessions')).toBe(4);
    const [guest] = room.guests;
    if (!guest) throw new Error('two people');
    const { client, sessionId } = guest;
    const rtpCapabilities = viewerCapabilities();
    const [sent, received] = await Promise.all([
      client.refused('room:send', { sessionId }),
      client.refused('room:receive', { sessionId, rtpCapabilities }),
      client.request('session:close', { sessionId }),
    ]);
    expect([sent, received]).toEqual(['SESSION_NOT_FOUND', 'SESSION_NOT_FOUND']);
    expect(await room.server.metric('meshlift_sessions')).toBe(2);
  });

  it('is completed by the others when somebody leaves in the middle', async () => {
    const room = await roomOf(3);
    await room.setMode('sfu', 0);
    const [leaver, stayer] = room.guests;
    if (!leaver || !stayer) throw new Error('three people');
    await ready(room.host, 1);
    await ready(stayer, 1);
    await leaver.client.request('session:close', { sessionId: leaver.sessionId });
    await room.host.client.next('room:switch', ({ phase }) => phase === 'move');
    await over(room.host, 1);
    await over(stayer, 1);
    await stayer.client.next('room:switch', ({ phase }) => phase === 'commit');
  });

  it('tells one who comes in the middle that it is under way', async () => {
    const room = await roomOf(2);
    await room.setMode('sfu', 0);
    const client = await room.server.connect();
    const { room: state } = await client.request('room:join', { roomId: 'kitchen' });
    expect(state).toMatchObject({
      mode: 'mesh',
      epoch: 0,
      switching: { mode: 'sfu', epoch: 1, phase: 'preflight' },
    });
  });
});

describe('what goes with a switch', () => {
  it('is who sends by one path at a time', async () => {
    const room = await roomOf(2);
    const { client, sessionId, participantId } = room.host;
    await client.request('room:setMode', { sessionId, mode: 'sfu', epoch: 0 });
    const step = { name: 'ready' as const, singleEncode: true };
    await client.request('room:switchStep', { sessionId, epoch: 1, step });
    for (const guest of room.guests) await ready(guest, 1);
    const [told] = await room.untilAll('move');
    expect(told).toMatchObject({ singleEncode: [participantId] });
    const late = await room.server.connect();
    const { room: state } = await late.request('room:join', { roomId: 'kitchen' });
    expect(state.switching).toMatchObject({ singleEncode: [participantId] });
  });
});

describe('a switch that fails', () => {
  it('asks the host, puts the room back on their word, and leaves nothing in the relay', async () => {
    const room = await roomOf(2);
    const [guest] = room.guests;
    if (!guest) throw new Error('two people');
    await room.setMode('sfu', 0);
    await enterRelay(room.host);
    await guest.client.request('room:switchStep', {
      sessionId: guest.sessionId,
      epoch: 1,
      step: { name: 'failed', reason: 'no way to the relay' },
    });
    await ready(room.host, 1);
    const failures = [{ participantId: guest.participantId, reason: 'no way to the relay' }];
    const question = await room.host.client.next('room:switchStuck');
    expect(question).toMatchObject({ waitingFor: [], failures, decideWithinMs: 15_000 });
    expect(guest.client.received('room:switchStuck')).toEqual([]);
    const { client, sessionId } = room.host;
    await client.request('room:decideSwitch', { sessionId, epoch: 1, leaveOut: false });
    const [told] = await room.untilAll('abort');
    expect(told?.failures).toEqual(failures);
    await expect.poll(() => room.server.metric('meshlift_relays')).toBe(0);
    expect(await room.server.metric('meshlift_sessions')).toBe(0);
    await room.setMode('sfu', 0);
  });

  it('goes on without one who cannot follow, when the host says so', async () => {
    const room = await roomOf(2);
    const [guest] = room.guests;
    if (!guest) throw new Error('two people');
    await room.setMode('sfu', 0);
    await guest.client.request('room:switchStep', {
      sessionId: guest.sessionId,
      epoch: 1,
      step: { name: 'failed', reason: 'no way to the relay' },
    });
    await ready(room.host, 1);
    await room.host.client.next('room:switchStuck');
    const { client, sessionId } = room.host;
    await client.request('room:decideSwitch', { sessionId, epoch: 1, leaveOut: true });
    await over(room.host, 1);
    await room.untilAll('commit');
  });

  it('names one who does nothing for ten seconds, and goes on without them when the host says so', async () => {
    const room = await roomOf(2);
    const [guest] = room.guests;
    await room.setMode('sfu', 0);
    await ready(room.host, 1);
    const stuck = await room.host.client.next('room:switchStuck');
    expect(stuck.waitingFor).toEqual([guest?.participantId]);
    const { client, sessionId } = room.host;
    await client.request('room:decideSwitch', { sessionId, epoch: 1, leaveOut: true });
    await over(room.host, 1);
    await room.untilAll('commit');
  });

  it('goes on after ten seconds without one whose connection dropped, and nobody has to decide', async () => {
    const room = await roomOf(2);
    await room.setMode('sfu', 0);
    await ready(room.host, 1);
    room.guests[0]?.client.close();
    await room.host.client.next('room:switch', ({ phase }) => phase === 'move');
    await over(room.host, 1);
    await room.host.client.next('room:switch', ({ phase }) => phase === 'commit');
    expect(room.host.client.received('room:switchStuck')).toEqual([]);
  });
});

describe('what changes nothing', () => {
  it('is a switch that somebody else than a host asks for', async () => {
    const room = await roomOf(2);
    expect(await room.refusedMode('sfu', 0, room.guests[0])).toBe('NOT_HOST');
    expect(await room.server.metric('meshlift_relays')).toBe(0);
  });

  it('is a second switch while one is under way, however often it is asked for', async () => {
    const room = await roomOf(2);
    await room.setMode('sfu', 0);
    expect(await Promise.all([1, 2, 3, 4].map(() => room.refusedMode('sfu', 0)))).toEqual(
      Array(4).fill('SWITCH_IN_PROGRESS'),
    );
    expect(await room.refusedMode('mesh', 0)).toBe('SWITCH_IN_PROGRESS');
  });

  it('is a switch or a report that speaks of another epoch', async () => {
    const room = await roomOf(2);
    expect(await room.refusedMode('sfu', 7)).toBe('STALE_EPOCH');
    await room.setMode('sfu', 0);
    const { client, sessionId } = room.host;
    const stale = { sessionId, epoch: 7, step: { name: 'ready' as const } };
    expect(await client.refused('room:switchStep', stale)).toBe('STALE_EPOCH');
  });

  it('is a switch to the mode the room has', async () => {
    const room = await roomOf(2);
    await room.setMode('mesh', 0);
    expect(room.host.client.received('room:switch')).toEqual([]);
  });

  it('is a way into the relay that is asked for while the room is a mesh', async () => {
    const room = await roomOf(1);
    const { client, sessionId } = room.host;
    expect(await client.refused('room:send', { sessionId })).toBe('WRONG_STATE');
    expect(await client.refused('room:receive', { sessionId, rtpCapabilities: viewerCapabilities() })).toBe(
      'WRONG_STATE',
    );
  });
});

describe('a relay that dies', () => {
  it('sends a small room back to the mesh at once, with a new epoch', async () => {
    const room = await roomOf(2);
    await lift(room);
    killWorkers(room.server);
    const told = await room.host.client.next('room:switch', ({ mode }) => mode === 'mesh');
    expect(told).toMatchObject({ phase: 'commit', epoch: 2 });
    expect(await room.server.metric('meshlift_sessions')).toBe(0);
  });

  it('is none of the business of other rooms', async () => {
    const room = await roomOf(2);
    for (let index = 0; index < 20; index += 1) {
      await room.guests[0]?.client.request('room:join', { roomId: `room-${index}` });
    }
    await lift(room);
    const asked = vi.spyOn(Room.prototype, 'relayId', 'get');
    onTestFinished(() => asked.mockRestore());
    const lost = vi.spyOn(Room.prototype, 'relayLost');
    onTestFinished(() => lost.mockRestore());
    killWorkers(room.server);
    await room.host.client.next('room:switch', ({ mode, phase }) => mode === 'mesh' && phase === 'commit');
    expect([lost.mock.calls.length, asked.mock.calls.length]).toEqual([1, 0]);
  });

  it('in the middle of a switch puts the room back', async () => {
    const room = await roomOf(2);
    await room.setMode('sfu', 0);
    killWorkers(room.server);
    await room.untilAll('abort');
  });
});
