import type { RoomMode } from '../src/index.ts';
import { hasNats, ServerCluster, sum } from './support/cluster.ts';
import { CuttableProxy } from './support/cuttable-proxy.ts';
import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather, room } from './support/gathering.ts';
import { TONES } from './support/member.ts';

/** The test picture has thirty frames a second. */
const FRAMES_IN_300_MS = 9;

test.skip(!hasNats, 'servers of a cluster need nats-server');

let cluster: ServerCluster;
test.beforeEach(async () => {
  cluster = await ServerCluster.start();
});
test.afterEach(() => cluster.stop());

test('viewers on two machines see the same frames, and go on when one of the machines is lost', async ({
  studio,
  watch,
}) => {
  const door = await cluster.add('signaling', 'there');
  const origin = await cluster.add('sfu', 'here');
  const link = await studio.goLive(door.url);
  const first = await watch(link);
  await first.seesMotion();
  // A door prefers machines of its region.
  const edge = await cluster.add('sfu', 'there');
  const second = await watch(link);
  await second.seesMotion();
  expect(await origin.metric('meshlift_sessions')).toEqual([1, 1]);
  expect(await edge.metric('meshlift_sessions')).toEqual([0, 1]);

  const before = (await first.see()).count ?? 0;
  const between = (await second.see()).count ?? 0;
  const after = (await first.see()).count ?? 0;
  expect(between).toBeGreaterThan(before - FRAMES_IN_300_MS);
  expect(between).toBeLessThan(after + FRAMES_IN_300_MS);

  await cluster.kill(edge);
  await expect.poll(async () => sum(await origin.metric('meshlift_sessions')), { timeout: 30_000 }).toBe(3);
  await second.seesMotion();
  await first.seesMotion();
});

test('a room moves to a machine that serves media alone, and back', async ({ newMember }) => {
  test.setTimeout(120_000);
  const door = await cluster.add('signaling', '');
  const relay = await cluster.add('sfu', '');
  const members = await gather(door.url, newMember, 2);
  const [host] = members;
  await host?.run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', members);
  await expectAllToMeet(members);
  expect(await relay.metric('meshlift_sessions')).toEqual([2, 2]);
  await host?.run((room) => room.setMode('mesh'));
  await expectAllIn('mesh', members);
  await expectAllToMeet(members);
  await expect.poll(() => relay.metric('meshlift_relays')).toEqual([0]);
});

test('a room whose members come by two doors is lifted, and stays on the relay when the door that answers for it is lost', async ({
  newMember,
}) => {
  test.setTimeout(120_000);
  const [owner, other] = [await cluster.add('signaling', ''), await cluster.add('signaling', '')];
  const relay = await cluster.add('sfu', '');
  const balancer = await CuttableProxy.to(owner.port);
  try {
    const [ada, bob] = [await newMember(), await newMember()];
    const members = [ada, bob];
    await ada.join(balancer.url, { room, name: 'ada' });
    await ada.publish(TONES.ada);
    await bob.join(other.url, { room, name: 'bob' });
    await bob.publish(TONES.bob);
    await expectAllToMeet(members);
    await ada.run((room) => room.setMode('sfu'));
    await expectAllIn('sfu', members);
    expect(await relay.metric('meshlift_sessions')).toEqual([2, 2]);
    expect(sum(await owner.metric('meshlift_rooms'))).toBe(1);
    expect(sum(await other.metric('meshlift_rooms'))).toBe(0);

    for (const member of members) {
      await member.run((room) => {
        const seen: RoomMode[] = [];
        room.on('modechange', ({ mode }) => seen.push(mode));
        Object.assign(window, { seen });
      });
    }
    await cluster.kill(owner);
    balancer.lead(other.port);
    await expect.poll(async () => sum(await other.metric('meshlift_participants'))).toBe(2);
    await expectAllIn('sfu', members);
    await expect
      .poll(() => Promise.all(members.map((member) => member.run((room) => room.participants.length))))
      .toEqual([1, 1]);
    await expectAllToMeet(members);
    for (const member of members) {
      expect(await member.run(() => (window as unknown as { seen: RoomMode[] }).seen)).not.toContain('mesh');
    }
    expect(await ada.run((room) => room.host)).toBe(true);
    await ada.run((room) => room.setMode('mesh'));
    await expectAllIn('mesh', members);
    await expectAllToMeet(members);
  } finally {
    balancer.close();
  }
});
