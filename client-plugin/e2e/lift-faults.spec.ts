import type { Room, SwitchQuestion } from '../src/index.ts';
import { BlockedRelay } from './support/blocked-relay.ts';
import { CuttableProxy } from './support/cuttable-proxy.ts';
import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather, room } from './support/gathering.ts';
import { type Member, TONES } from './support/member.ts';
import { ServerProcess } from './support/server.ts';
import { WireTap } from './support/wire-tap.ts';

/**
 * Has the host ask for the relay, and put the room back when somebody cannot follow.
 *
 * @returns the code with which that failed, and what the host was told
 */
const tryToLift = (host: Member) =>
  host.run(async (room) => {
    const stop = room.on('switchstuck', ({ epoch }) => void room.decideSwitch(epoch, false));
    const failures = new Promise((resolve) => room.on('switchfailed', resolve));
    const code = await room.setMode('sfu').then(
      () => 'switched',
      (error: { code: string }) => error.code,
    );
    stop();
    return { code, failures: code === 'SWITCH_FAILED' ? await failures : [] };
  });

/** Resolves when a switch has begun on a page. */
const switching = (member: Member) =>
  member.run((room: Room) => new Promise<void>((resolve) => room.on('switching', () => resolve())));

test('the relay is blocked for one: nothing moves, and the host is told who and why', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  const eve = await newMember();
  const firewall = await BlockedRelay.between(eve.page);
  await eve.join(server.url, { room, name: 'eve' });
  await eve.publish(TONES.eve);
  await expectAllToMeet([ada, bob, eve]);
  const moves = bob.run(
    (room) =>
      new Promise<string[]>((resolve) => {
        const seen: string[] = [];
        room.on('modechange', ({ mode }) => seen.push(mode));
        room.on('switchfailed', () => resolve(seen));
      }),
  );
  const { code, failures } = await tryToLift(ada);
  expect(code).toBe('SWITCH_FAILED');
  expect(failures).toEqual([{ participantId: await eve.id(), reason: 'cannot reach the relay' }]);
  expect(firewall.swallowed).toBeGreaterThan(0);
  expect(await moves).toEqual([]);
  await expectAllIn('mesh', [ada, bob, eve]);
  await expectAllToMeet([ada, bob, eve]);
  await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
  expect((await server.metric('meshlift_paths_failed_total')).some((count) => count > 0)).toBe(true);
  expect(server.output).toContain('"silent":"ice"');
  expect(await server.metric('meshlift_relays')).toEqual([0]);
});

test('the relay is blocked for one: the host is asked, and lifts the room without them', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  const eve = await newMember();
  await BlockedRelay.between(eve.page);
  await eve.join(server.url, { room, name: 'eve' });
  await eve.publish(TONES.eve);
  await expectAllToMeet([ada, bob, eve]);
  const asked = ada.run(
    (room) =>
      new Promise<SwitchQuestion>((resolve) =>
        room.on('switchstuck', (question) => {
          resolve(question);
          void room.decideSwitch(question.epoch, true);
        }),
      ),
  );
  const lifted = ada.switchTo('sfu');
  const failures = [{ participantId: await eve.id(), reason: 'cannot reach the relay' }];
  expect(await asked).toMatchObject({ waitingFor: [], failures });
  await lifted;
  await expectAllIn('sfu', [ada, bob]);
  await ada.sees(await bob.id());
  await bob.sees(await ada.id());
});

test('a picture that is not seen again by the relay moves nothing, and the host is told whose eyes lack it', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  // An element that takes no other track, as one of Firefox does while the old track is there.
  await bob.run((room) => {
    const media = room.participants[0]?.stream?.media;
    if (!media) throw new Error('nothing to see');
    const known = media.getTracks();
    media.addTrack = (track) => {
      if (track.kind === 'audio' || known.includes(track)) MediaStream.prototype.addTrack.call(media, track);
    };
  });
  const { code, failures } = await tryToLift(ada);
  expect(code).toBe('SWITCH_FAILED');
  expect(failures).toMatchObject([{ participantId: await bob.id() }]);
  await expectAllIn('mesh', [ada, bob]);
  await expectAllToMeet([ada, bob]);
  await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
});

test('the relay dies while the room is on it: everybody is back in the mesh', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 2);
  await members[0].run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', members);
  for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
  await expectAllIn('mesh', members);
  await expectAllToMeet(members);
});

test('the relay dies in the middle of a switch: the room stays a mesh, and can be lifted afterwards', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 2);
  const begun = switching(members[1]);
  const attempt = tryToLift(members[0]);
  await begun;
  for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
  expect((await attempt).code).toBe('SWITCH_FAILED');
  await expectAllIn('mesh', members);
  await expectAllToMeet(members);
  await expect.poll(() => tryToLift(members[0]).then(({ code }) => code)).toBe('switched');
  await expectAllIn('sfu', members);
  await expectAllToMeet(members);
});

test('somebody leaves in the middle, for good: the others switch', async ({ server, newMember }) => {
  const [ada, bob, eve] = await gather(server.url, newMember, 3);
  const begun = switching(eve);
  const lifted = ada.run((room) => room.setMode('sfu'));
  await begun;
  await eve.page.close();
  await lifted;
  await expectAllIn('sfu', [ada, bob]);
  await ada.sees(await bob.id());
  await bob.sees(await ada.id());
});

test('somebody comes in the middle, and somebody reloads: all land on the relay', async ({
  server,
  newMember,
}) => {
  const [ada, bob, eve] = await gather(server.url, newMember, 3);
  const [begun, seen] = [switching(eve), switching(bob)];
  const lifted = ada.run((room) => room.setMode('sfu'));
  await Promise.all([begun, seen]);
  const dan = await newMember();
  const back = async (member: Member, name: 'eve' | 'dan') => {
    await member.join(server.url, { room, name });
    await member.publish(TONES[name]);
  };
  await Promise.all([back(dan, 'dan'), eve.page.reload().then(() => back(eve, 'eve'))]);
  await lifted;
  const all = [ada, bob, eve, dan];
  await expectAllIn('sfu', all);
  await expectAllToMeet(all);
  await expect.poll(() => server.metric('meshlift_sessions')).toEqual([4, 4]);
});

test('two hosts switch at once, and one of them clicks five times: one switch happens', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  const hostKey = await ada.run((room) => room.hostKey);
  const eve = await newMember();
  await eve.join(server.url, { room, name: 'eve', ...(hostKey ? { hostKey } : {}) });
  await eve.publish(TONES.eve);
  const all = [ada, bob, eve];
  await expectAllToMeet(all);
  const outcomes = await Promise.all([...Array.from({ length: 5 }, () => tryToLift(ada)), tryToLift(eve)]);
  const codes = outcomes.map(({ code }) => code).sort();
  expect(codes).toEqual([...Array(5).fill('SWITCH_IN_PROGRESS'), 'switched']);
  await expectAllIn('sfu', all);
  await expectAllToMeet(all);
  expect(await bob.run((room) => room.setMode('mesh').catch(({ code }) => code))).toBe('NOT_HOST');
});

test('signaling restarts in the middle: everybody ends in the same mode, and can switch again', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 2);
  const begun = switching(members[1]);
  const attempt = tryToLift(members[0]);
  await begun;
  await server.stop('SIGKILL');
  await server.start();
  expect((await attempt).code).not.toBe('switched');
  for (const member of members) await expect.poll(() => member.run((room) => room.state)).toBe('joined');
  await expectAllIn('mesh', members);
  await expectAllToMeet(members);
  await members[0].run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', members);
  await expectAllToMeet(members);
});

test('signaling restarts while the room is on the relay: the room is moved there again', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 2);
  await members[0].run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', members);
  await server.stop('SIGKILL');
  await server.start();
  // The new server knows of no relay until the host has moved the room.
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([1]);
  await expectAllIn('sfu', members);
  await expectAllToMeet(members);
});

test('a mute and another camera in the middle of a switch are right afterwards', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  for (const mode of ['sfu', 'mesh'] as const) {
    const begun = switching(bob);
    const switched = ada.switchTo(mode);
    await begun;
    await Promise.all([bob.run((room) => room.setPaused('audio', true)), bob.publish(TONES.bob)]);
    await switched;
    await expectAllIn(mode, [ada, bob]);
    await ada.sees(await bob.id());
    await expect.poll(async () => ada.tone(await bob.id(), TONES.bob)).toBeLessThan(10);
    expect(await ada.run((room) => room.participants.map(({ audioPaused }) => audioPaused))).toEqual([true]);
    await bob.run((room) => room.setPaused('audio', false));
    await ada.hears(await bob.id(), TONES.bob);
  }
});

test('one whose word does not come within ten seconds is named, and the host goes on without them', async ({
  server,
  newMember,
}) => {
  test.setTimeout(90_000);
  const [ada, bob] = await gather(server.url, newMember, 2);
  const eve = await newMember();
  const tap = await WireTap.on(eve.page);
  await eve.join(server.url, { room, name: 'eve' });
  await eve.publish(TONES.eve);
  await expectAllToMeet([ada, bob, eve]);
  tap.hold();
  const stuck = ada.run(
    (room) =>
      new Promise<{ epoch: number; waitingFor: string[] }>((resolve) => room.on('switchstuck', resolve)),
  );
  const lifted = ada.run((room) => room.setMode('sfu'));
  expect((await stuck).waitingFor).toEqual([await eve.id()]);
  await expectAllIn('mesh', [ada, bob]);
  await ada.page.evaluate(({ epoch }) => window.mesh.room.decideSwitch(epoch, true), await stuck);
  expect((await lifted).mode).toBe('sfu');
  await expectAllIn('sfu', [ada, bob]);
  // Once their network lets them, they are where the others are.
  tap.release();
  await expectAllIn('sfu', [eve]);
  await expectAllToMeet([ada, bob, eve]);
});

test('somebody who was away for longer than the room waits sends and receives over the relay again', async ({
  newMember,
}) => {
  const server = await ServerProcess.start({ MESHLIFT_GRACE_SECONDS: '1' });
  const balancer = await CuttableProxy.to(server.port);
  try {
    const [ada, bob] = [await newMember(), await newMember()];
    await ada.join(server.url, { room, name: 'ada' });
    await ada.publish(TONES.ada);
    await bob.join(balancer.url, { room, name: 'bob' });
    await bob.publish(TONES.bob);
    await expectAllToMeet([ada, bob]);
    await ada.switchTo('sfu');
    await expectAllIn('sfu', [ada, bob]);
    const before = await bob.id();
    balancer.cut();
    await expect.poll(() => server.metric('meshlift_participants')).toEqual([1]);
    balancer.mend();
    await expect.poll(() => bob.id()).not.toBe(before);
    await expectAllToMeet([ada, bob]);
    await expectAllIn('sfu', [ada, bob]);
  } finally {
    balancer.close();
    await server.stop();
  }
});
