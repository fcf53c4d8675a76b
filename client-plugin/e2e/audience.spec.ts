import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather, room } from './support/gathering.ts';
import { TONES } from './support/member.ts';

test('what somebody sends in a mesh goes to the relay from the first outside viewer to the last', async ({
  server,
  newMember,
  watch,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  const { watchUrl, streamId } = await ada.run(async (room) => {
    if (!room.localStream) throw new Error('nothing is published');
    return room.publish(room.localStream);
  });
  expect(watchUrl).toBe(`${server.url}/watch/${streamId}`);
  const told = () => ada.run((room) => [room.audience?.wanted, room.audience?.viewers]);
  expect(await told()).toEqual([false, 0]);
  expect(await server.metric('meshlift_relays')).toEqual([0]);
  const framesSent = () => ada.relayFramesSent();

  const first = await watch(watchUrl);
  await first.seesMotion();
  await first.hears(TONES.ada);
  await expect.poll(told).toEqual([true, 1]);
  const second = await watch(watchUrl);
  await second.seesMotion();
  await expect.poll(told).toEqual([true, 2]);
  // The room itself is a mesh, and nobody else in it sends to the relay.
  await expectAllIn('mesh', [ada, bob]);
  expect(await bob.run((room) => room.audience?.wanted)).toBe(false);
  await expectAllToMeet([ada, bob]);
  expect(await framesSent()).toBeGreaterThan(0);

  await first.page.close();
  await second.seesMotion();
  await second.page.close();
  await expect.poll(told).toEqual([false, 0]);
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([0]);
  await expect.poll(() => ada.openConnections()).toBe(1);
  await expectAllToMeet([ada, bob]);
});

test('those outside go on watching while the room is lifted and lowered, over one upload', async ({
  server,
  newMember,
  watch,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  const watchUrl = await ada.run((room) => room.audience?.links.watchUrl ?? '');
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  for (const mode of ['sfu', 'mesh'] as const) {
    await ada.switchTo(mode);
    await expectAllIn(mode, [ada, bob]);
    await viewer.seesMotion();
    // To Bob, to the relay and, while it is lifted, from the relay.
    await expect.poll(() => ada.openConnections()).toBe(mode === 'sfu' ? 3 : 2);
  }
  await expectAllToMeet([ada, bob]);
  expect(await viewer.page.evaluate(() => window.meshlift.view.state)).toBe('live');
});

test('a participant refuses the audience, and lets it in again', async ({ server, newMember, watch }) => {
  const ada = await newMember();
  await ada.join(server.url, { room });
  const { watchUrl } = await ada.publish(TONES.ada);
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  await ada.run((room) => room.allowAudience(false));
  await expect.poll(() => server.metric('meshlift_viewers')).toEqual([0]);
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([0]);
  await ada.run((room) => room.allowAudience(true));
  // The page asks by itself from time to time.
  await viewer.seesMotion();
});

test('M5: a server that says that somebody watches gets no media of a page that allows no audience', async ({
  server,
  newMember,
  watch,
}) => {
  const ada = await newMember();
  const sent: string[] = [];
  await ada.page.routeWebSocket(/socket\.io/, (page) => {
    const door = page.connectToServer();
    page.onMessage((message) => {
      sent.push(String(message));
      door.send(message);
    });
    door.onMessage((message) => page.send(String(message).replace(/"(wanted|allowed)":false/g, '"$1":true')));
  });
  await ada.join(server.url, { room, password: 'between us' });
  const { watchUrl } = await ada.publish(TONES.ada);
  const audience = () => ada.run((room) => room.audience && [room.audience.wanted, room.audience.allowed]);
  const sends = () => sent.filter((message) => message.includes('"room:send"')).length;
  // In a room with a password nobody watches from outside until the page says so.
  expect(await audience()).toEqual([false, false]);
  // A request that is answered after whatever the page would have asked for.
  await ada.run((room) => room.setLocked(true));
  expect(await ada.run((room) => room.uplink)).toBe('none');
  expect(sends()).toBe(0);

  await ada.run((room) => room.allowAudience(true));
  await (await watch(watchUrl)).seesMotion();
  const before = sends();
  await ada.run((room) => room.allowAudience(false));
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([0]);
  expect(await ada.run((room) => room.uplink)).toBe('none');
  expect(await audience()).toEqual([false, false]);
  expect(sends()).toBe(before);
});

test('a participant whose page comes back to a restarted server is watched under the same ID', async ({
  server,
  newMember,
  watch,
}) => {
  const ada = await newMember();
  await ada.join(server.url, { room });
  const { watchUrl } = await ada.publish(TONES.ada);
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  await server.stop('SIGKILL');
  await server.start();
  await expect.poll(() => server.metric('meshlift_viewers')).toEqual([1]);
  await viewer.seesMotion();
});

test('a dead worker costs those outside a moment', async ({ server, newMember, watch }) => {
  const ada = await newMember();
  await ada.join(server.url, { room });
  const { watchUrl } = await ada.publish(TONES.ada);
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
  await expect.poll(() => server.metric('meshlift_worker_deaths_total')).toEqual([2]);
  await viewer.seesMotion();
});
