import { expect, test } from './support/fixtures.ts';
import { TONES } from './support/member.ts';
import { UdpPath } from './support/udp-path.ts';
import { WireTap } from './support/wire-tap.ts';

const room = 'kitchen';

test('media and chat go on while signaling is cut, and what was missed is made up for', async ({
  server,
  cuttable,
  newMember,
}) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  await ada.join(cuttable.url, { room, name: 'Ada' });
  await bob.join(server.url, { room, name: 'Bob' });
  await ada.publish(TONES.ada);
  await bob.sees(await ada.id());
  const before = await ada.id();

  cuttable.cut();
  await expect.poll(() => ada.states()).toEqual(['reconnecting']);
  await expect.poll(() => server.metric('meshlift_connections')).toEqual([1]);
  await bob.sees(before);
  await ada.run((room) => room.say('still here'));
  await bob.run((room) => room.say('so am I'));
  await expect.poll(() => bob.chat()).toEqual(['Ada: still here']);
  await expect.poll(() => ada.chat()).toEqual(['Bob: so am I']);
  // Both an offer of somebody who is there and one of a newcomer are lost.
  await bob.publish(TONES.bob);
  await eve.join(server.url, { room, name: 'Eve' });
  await eve.publish(TONES.eve);
  await eve.sees(await bob.id());
  await bob.sees(before);

  cuttable.mend();
  await expect.poll(() => ada.states()).toEqual(['reconnecting', 'joined']);
  expect(await ada.id()).toBe(before);
  await ada.sees(await bob.id());
  await ada.hears(await eve.id(), TONES.eve);
  await eve.sees(before);
  await expect.poll(() => ada.names()).toEqual(['Bob', 'Eve']);
});

test('what a page publishes while its signaling is cut is seen when it is back', async ({
  server,
  cuttable,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(cuttable.url, { room });
  await bob.join(server.url, { room, name: 'Bob' });
  await expect.poll(() => ada.names()).toEqual(['Bob']);
  cuttable.cut();
  await expect.poll(() => ada.states()).toEqual(['reconnecting']);
  const published = ada.publish(TONES.ada);
  await ada.drawsFrames(10);
  cuttable.mend();
  const { watchUrl } = await published;
  expect(watchUrl).toMatch(/\/watch\/\w+$/);
  await bob.sees(await ada.id());
  await bob.hears(await ada.id(), TONES.ada);
});

test('peers go on while the server is restarted, and find each other in the room again', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room, name: 'Ada' });
  await bob.join(server.url, { room, name: 'Bob' });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  const [oldAda, oldBob] = [await ada.id(), await bob.id()];
  await bob.sees(oldAda);
  await ada.sees(oldBob);
  const hostKey = await ada.run((room) => room.hostKey);

  await server.stop('SIGKILL');
  await expect.poll(() => bob.states()).toEqual(['reconnecting']);
  await bob.sees(oldAda);
  await ada.sees(oldBob);
  await ada.run((room) => room.say('the server is gone'));
  await expect.poll(() => bob.chat()).toEqual(['Ada: the server is gone']);

  await server.start();
  for (const member of [ada, bob]) {
    await expect.poll(() => member.states()).toEqual(['reconnecting', 'joined']);
  }
  await expect.poll(() => ada.id()).not.toBe(oldAda);
  await bob.sees(await ada.id());
  await ada.sees(await bob.id());
  // Each appears once, and is the same person.
  await expect(ada.page.locator('video')).toHaveCount(1);
  await expect(bob.page.locator('video')).toHaveCount(1);
  await expect.poll(() => ada.names()).toEqual(['Bob']);
  await expect.poll(() => bob.names()).toEqual(['Ada']);
  expect(await ada.run((room) => [room.host, room.hostKey])).toEqual([true, hostKey]);
  expect(await bob.run((room) => [room.host, room.hostKey])).toEqual([false, undefined]);
});

test('a locked room on the relay is the same after the server was killed and started again, whoever comes first', async ({
  server,
  cuttable,
  newMember,
}) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  await ada.join(cuttable.url, { room, name: 'Ada' });
  await bob.join(cuttable.url, { room, name: 'Bob' });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  await bob.sees(await ada.id());
  await ada.sees(await bob.id());
  await ada.switchTo('sfu');
  await ada.run((room) => room.setLocked(true));
  const hostKey = await ada.run((room) => room.hostKey);
  const [oldAda, oldBob] = [await ada.id(), await bob.id()];

  cuttable.cut();
  await server.stop('SIGKILL');
  await server.start();
  expect(await eve.join(server.url, { room, name: 'Eve' })).toBeUndefined();
  expect(await eve.run((room) => room.host)).toBe(true);
  cuttable.mend();

  await expect.poll(() => eve.states()).toContain('ROOM_LOCKED');
  await expect.poll(() => ada.id()).not.toBe(oldAda);
  await expect.poll(() => bob.id()).not.toBe(oldBob);
  for (const member of [ada, bob]) {
    await expect.poll(() => member.run((room) => room.mode)).toBe('sfu');
    expect(await member.run((room) => room.locked)).toBe(true);
  }
  expect(await ada.run((room) => [room.host, room.hostKey])).toEqual([true, hostKey]);
  expect(await bob.run((room) => room.host)).toBe(false);
  await bob.sees(await ada.id());
  await ada.sees(await bob.id());
  expect(await eve.join(server.url, { room, name: 'Eve' })).toBe('ROOM_LOCKED');
});

test('whoever has been there longest is host when the host has gone, and gives the place back', async ({
  server,
  newMember,
}) => {
  const [ada, bob, eve, again] = [await newMember(), await newMember(), await newMember(), await newMember()];
  await ada.join(server.url, { room, name: 'Ada' });
  await bob.join(server.url, { room, name: 'Bob' });
  await eve.join(server.url, { room, name: 'Eve' });
  const hostKey = await ada.run((room) => room.hostKey);
  await ada.run((room) => room.leave());
  await expect.poll(() => bob.run((room) => room.host)).toBe(true);
  await bob.run((room) => room.setLocked(true));
  await expect.poll(() => eve.run((room) => room.locked)).toBe(true);
  expect(await again.join(server.url, { room, name: 'Ada', ...(hostKey && { hostKey }) })).toBeUndefined();
  await expect.poll(() => bob.run((room) => [room.host, room.hostKey])).toEqual([false, undefined]);
  expect(await again.run((room) => room.host)).toBe(true);
});

test('a link of which one end was closed is replaced', async ({ server, newMember }) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  await ada.publish(TONES.ada);
  const id = await ada.id();
  await bob.sees(id);
  await bob.page.evaluate(() => window.probe.connections[0]?.close());
  await expect.poll(() => bob.page.evaluate(() => window.probe.connections.length)).toBe(2);
  await bob.sees(id);
});

test('a path that breaks is replaced by another one, under the same connection', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const taps = [await WireTap.on(ada.page), await WireTap.on(bob.page)] as const;
  const path = await UdpPath.open();
  taps[0].change((message) => path.rewrite(0, message));
  taps[1].change((message) => path.rewrite(1, message));
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  await ada.publish(TONES.ada);
  const id = await ada.id();
  await bob.sees(id);

  for (const tap of taps) tap.change((message) => message);
  const states = await bob.page.evaluateHandle(() => {
    const states: string[] = [];
    const [connection] = window.probe.connections;
    connection?.addEventListener('iceconnectionstatechange', () =>
      states.push(connection.iceConnectionState),
    );
    return states;
  });
  path.break();
  await expect.poll(() => states.jsonValue()).toContain('disconnected');
  const last = async () => (await states.jsonValue()).at(-1);
  await expect.poll(last, { timeout: 30_000 }).toMatch(/^(connected|completed)$/);
  await bob.sees(id);
  expect(await bob.page.evaluate(() => window.probe.connections.length)).toBe(1);
});
