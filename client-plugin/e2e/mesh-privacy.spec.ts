import { expect, test } from './support/fixtures.ts';
import { TONES } from './support/member.ts';
import { WireTap } from './support/wire-tap.ts';

const room = 'our-secret-kitchen';
const password = 'correct horse battery staple';
const words = { ada: 'what Ada says to everybody', bob: 'what Bob answers' };
const names = { ada: 'Ada of the first house', bob: 'Bob of the second' };

test('J9 V22: names and chat reach everybody, and never the server', async ({ server, newMember }) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  const taps = [await WireTap.on(ada.page), await WireTap.on(bob.page), await WireTap.on(eve.page)];
  await ada.join(server.url, { room, name: names.ada });
  await bob.join(server.url, { room, name: names.bob });
  await eve.join(server.url, { room });
  await expect.poll(() => ada.names()).toEqual(['', names.bob]);
  await expect.poll(() => eve.names()).toEqual([names.ada, names.bob]);
  for (const [member, text] of [
    [ada, words.ada],
    [bob, words.bob],
  ] as const) {
    await member.page.evaluate((text) => window.mesh.room.say(text), text);
  }
  await expect.poll(() => bob.chat()).toEqual([`${names.ada}: ${words.ada}`]);
  await expect.poll(async () => (await eve.chat()).toSorted()).toHaveLength(2);

  const wire = [...taps.map(({ text }) => text), server.output].join('\n');
  // Without a password the handshake can be read, which the next test relies on.
  for (const word of ['room:signal', 'v=0', 'candidate:', 'a=fingerprint', 'ice-ufrag', 'a=mid', room]) {
    expect(wire).toContain(word);
  }
  for (const secret of [...Object.values(words), ...Object.values(names)]) expect(wire).not.toContain(secret);
  expect(server.output).not.toContain(room);
});

test('V17 V19 V20 V22: with a password the server learns neither it nor the room, nor how the peers connect', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const taps = [await WireTap.on(ada.page), await WireTap.on(bob.page)];
  await ada.join(server.url, { room, password, name: names.ada });
  await bob.join(server.url, { room, password, name: names.bob });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  await ada.sees(await bob.id());
  await bob.hears(await ada.id(), TONES.ada);
  await ada.page.evaluate((text) => window.mesh.room.say(text), words.ada);
  await expect.poll(() => bob.chat()).toEqual([`${names.ada}: ${words.ada}`]);

  const wire = [...taps.map(({ text }) => text), server.output].join('\n');
  expect(taps.map((tap) => tap.count('room:signal') > 2)).toEqual([true, true]);
  const handshake = ['v=0', 'candidate:', 'a=fingerprint', 'ice-ufrag', 'a=mid'];
  for (const secret of [room, password, names.ada, names.bob, words.ada, ...handshake]) {
    expect(wire).not.toContain(secret);
  }
  // No media passes the server either.
  expect(await server.metric('meshlift_sessions')).toEqual([0, 0]);
});

test('V17: who has another password, or none, is in another room', async ({ server, newMember }) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  await ada.join(server.url, { room, password });
  await bob.join(server.url, { room, password: 'Correct horse battery staple' });
  await eve.join(server.url, { room });
  const rooms = await server.metric('meshlift_rooms');
  expect(rooms.reduce((sum, count) => sum + count, 0)).toBe(3);
  for (const member of [ada, bob, eve]) {
    expect(await member.run((room) => [room.participants.length, room.host])).toEqual([0, true]);
  }
});

test('V20 R12: signals that were changed on the way are dropped, and no media flows', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const [fromAda, toBob] = [await WireTap.on(ada.page), await WireTap.on(bob.page)];
  // One character of the sealed text becomes another.
  fromAda.change((message) =>
    message.replace(/("signal":".{100})(.)/, (_, before, one) => before + (one === 'A' ? 'B' : 'A')),
  );
  await bob.join(server.url, { room, password });
  await bob.publish(TONES.bob);
  await ada.join(server.url, { room, password });
  await ada.publish(TONES.ada);
  await expect.poll(() => toBob.count('room:signal')).toBeGreaterThan(1);
  // A request and its answer: whatever came before has been worked off.
  await bob.run((room) => room.setLocked(true));
  expect(await bob.page.evaluate(() => window.probe.connections.length)).toBe(0);
  expect(await ada.run((room) => room.participants.map(({ stream }) => stream))).toEqual([undefined]);
  expect(toBob.count('room:signal')).toBe(fromAda.count('room:signal'));
});

test('V17: a page without encryption does not join with a password', async ({ server, newMember }) => {
  const ada = await newMember();
  // As browsers have it in pages that did not come over HTTPS.
  await ada.page.addInitScript(() => {
    Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });
  });
  const tap = await WireTap.on(ada.page);
  expect(await ada.join(server.url, { room, password })).toBe('UNSUPPORTED_BROWSER');
  expect(tap.count('room:join')).toBe(0);
  expect(await ada.join(server.url, { room })).toBeUndefined();
});
