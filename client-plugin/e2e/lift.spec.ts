import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather, room } from './support/gathering.ts';
import { TONES } from './support/member.ts';

for (const count of [2, 3] as const) {
  test(`a room of ${count} moves to the relay and back, and everybody goes on`, async ({
    server,
    newMember,
  }) => {
    // Everybody meets seven times over.
    test.setTimeout(180_000);
    const members = await gather(server.url, newMember, count);
    const [host] = members;
    if (!host) throw new Error('nobody came');
    for (const member of members) await member.watchGaps();
    const gaps: Record<string, number[]> = { sfu: [], mesh: [] };
    for (let round = 0; round < 3; round += 1) {
      const lifted = await host.run((room) => room.setMode('sfu'));
      expect(lifted.streams).toHaveLength(2 * (count - 1));
      await expectAllIn('sfu', members);
      expect(await server.metric('meshlift_sessions')).toEqual([count, count]);
      await expectAllToMeet(members);
      for (const member of members) gaps.sfu?.push(...(await member.takeGaps()));

      await host.run((room) => room.setMode('mesh'));
      await expectAllIn('mesh', members);
      await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
      await expectAllToMeet(members);
      // One connection for each of the others, and none that led to the relay.
      for (const member of members) expect(await member.openConnections()).toBe(count - 1);
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
  await expectAllIn('sfu', members);
  const eve = await newMember();
  await eve.join(server.url, { room });
  await eve.publish(TONES.eve);
  await expectAllIn('sfu', [eve]);
  await expectAllToMeet([...members, eve]);
  expect(await server.metric('meshlift_sessions')).toEqual([3, 3]);
});

test('mutes, another camera and somebody who leaves on the relay are right on the way back', async ({
  server,
  newMember,
}) => {
  const members = await gather(server.url, newMember, 3);
  const [ada, bob, eve] = members;
  if (!ada || !bob || !eve) throw new Error('three people');
  await ada.run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', members);
  await bob.run((room) => room.setPaused('audio', true));
  await bob.publish(TONES.bob);
  await eve.run((room) => room.leave());
  await ada.sees(await bob.id());
  await ada.run((room) => room.setMode('mesh'));
  await expectAllIn('mesh', [ada, bob]);
  await ada.sees(await bob.id());
  expect(await ada.run((room) => room.participants.map(({ audioPaused }) => audioPaused))).toEqual([true]);
  await bob.run((room) => room.setPaused('audio', false));
  await ada.hears(await bob.id(), TONES.bob);
});
