import { expect, test } from './support/fixtures.ts';
import { type Member, TONES } from './support/member.ts';

const room = 'kitchen';
const people = Object.entries(TONES);

/** Everybody is in the room, publishes, and sees and hears everybody else. The first one is the host. */
async function gather(url: string, newMember: () => Promise<Member>, count: number): Promise<Member[]> {
  const members: Member[] = [];
  for (const [name, tone] of people.slice(0, count)) {
    const member = await newMember();
    await member.join(url, { room, name });
    await member.publish(tone);
    members.push(member);
  }
  await expectAllToMeet(members);
  return members;
}

async function expectAllToMeet(members: Member[]): Promise<void> {
  for (const member of members) {
    for (const [index, other] of members.entries()) {
      if (other === member) continue;
      await member.sees(await other.id());
      await member.hears(await other.id(), people[index]?.[1] ?? 0);
    }
  }
}

const modes = (members: Member[]) => Promise.all(members.map((member) => member.run((room) => room.mode)));

for (const count of [2, 3]) {
  test(`a room of ${count} moves to the relay and back, and everybody goes on`, async ({
    server,
    newMember,
  }) => {
    const members = await gather(server.url, newMember, count);
    const [host] = members;
    if (!host) throw new Error('nobody came');
    for (const member of members) await member.watchGaps();
    const gaps: Record<string, number[]> = { sfu: [], mesh: [] };
    for (let round = 0; round < 3; round += 1) {
      const lifted = await host.run((room) => room.setMode('sfu'));
      expect(lifted.streams).toHaveLength(2 * (count - 1));
      await expect.poll(() => modes(members)).toEqual(members.map(() => 'sfu'));
      expect(await server.metric('meshlift_sessions')).toEqual([count, count]);
      await expectAllToMeet(members);
      for (const member of members) gaps.sfu?.push(...(await member.takeGaps()));

      await host.run((room) => room.setMode('mesh'));
      await expect.poll(() => modes(members)).toEqual(members.map(() => 'mesh'));
      await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
      await expectAllToMeet(members);
      for (const member of members) gaps.mesh?.push(...(await member.takeGaps()));
    }
    for (const [mode, all] of Object.entries(gaps)) {
      console.log(`    longest time without a new frame, to ${mode}: ${all.map(Math.round).join(', ')} ms`);
    }
    expect(await server.metric('meshlift_relays')).toEqual([0]);
  });
}

test('somebody who comes while the room is on the relay lands there', async ({ server, newMember }) => {
  const members = await gather(server.url, newMember, 2);
  await members[0]?.run((room) => room.setMode('sfu'));
  await expect.poll(() => modes(members)).toEqual(['sfu', 'sfu']);
  const eve = await newMember();
  await eve.join(server.url, { room });
  await eve.publish(TONES.eve);
  await expect.poll(() => modes([eve])).toEqual(['sfu']);
  await expectAllToMeet([...members, eve]);
  expect(await server.metric('meshlift_sessions')).toEqual([3, 3]);
});

test('a relay that dies sends the room back to the mesh', async ({ server, newMember }) => {
  const members = await gather(server.url, newMember, 2);
  await members[0]?.run((room) => room.setMode('sfu'));
  await expect.poll(() => modes(members)).toEqual(['sfu', 'sfu']);
  for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
  await expect.poll(() => modes(members)).toEqual(['mesh', 'mesh']);
  await expectAllToMeet(members);
});

test('a room in which one cannot reach the relay stays a mesh, and its host is told who', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 2);
  const [host, guest] = members;
  if (!host || !guest) throw new Error('two people');
  await guest.page.evaluate(() => {
    // What a network that lets nothing through to the relay comes to.
    window.RTCPeerConnection = class {
      constructor() {
        throw new Error('no way out');
      }
    } as never;
  });
  const outcome = await host.run(async (room) => {
    const failures = new Promise((resolve) => room.on('switchfailed', resolve));
    const code = await room.setMode('sfu').then(
      () => 'switched',
      (error: { code: string }) => error.code,
    );
    return { code, failures: await failures };
  });
  expect(outcome).toMatchObject({ code: 'SWITCH_FAILED', failures: [{ participantId: await guest.id() }] });
  expect(await modes(members)).toEqual(['mesh', 'mesh']);
  await expectAllToMeet(members);
  await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
});

test('mutes, another camera and somebody who leaves on the relay are right on the way back', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 3);
  const [ada, bob, eve] = members;
  if (!ada || !bob || !eve) throw new Error('three people');
  await ada.run((room) => room.setMode('sfu'));
  await expect.poll(() => modes(members)).toEqual(['sfu', 'sfu', 'sfu']);
  await bob.run((room) => room.setPaused('audio', true));
  await bob.publish(TONES.bob);
  await eve.run((room) => room.leave());
  await ada.sees(await bob.id());
  await ada.run((room) => room.setMode('mesh'));
  await expect.poll(() => modes([ada, bob])).toEqual(['mesh', 'mesh']);
  await ada.sees(await bob.id());
  expect(await ada.run((room) => room.participants.map(({ audioPaused }) => audioPaused))).toEqual([true]);
  await bob.run((room) => room.setPaused('audio', false));
  await ada.hears(await bob.id(), TONES.bob);
});

test('somebody who leaves in the middle of a switch does not hold it up', async ({ server, newMember }) => {
  const members = await gather(server.url, newMember, 3);
  const [ada, bob, eve] = members;
  if (!ada || !bob || !eve) throw new Error('three people');
  const begun = bob.run((room) => new Promise<void>((resolve) => room.on('modechange', () => resolve())));
  const lifted = ada.run((room) => room.setMode('sfu'));
  await eve.page.close();
  await lifted;
  await begun;
  expect(await modes([ada, bob])).toEqual(['sfu', 'sfu']);
  await ada.sees(await bob.id());
  await bob.sees(await ada.id());
});
