import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, room } from './support/gathering.ts';
import { type Member, TONES } from './support/member.ts';
import { enterRoom, remoteTile } from './support/room-pages.ts';
import { WireTap } from './support/wire-tap.ts';

const password = 'correct horse battery staple';
const names = Object.keys(TONES);

async function meet(url: string, members: readonly Member[]): Promise<void> {
  for (const [index, member] of members.entries()) {
    const name = names[index] ?? '';
    await member.join(url, { room, password, name });
    await member.publish(TONES[name as keyof typeof TONES]);
  }
  await expectAllToMeet(members);
}

/** What a page reports about a switch in which it cannot take part. */
const failure = /"room:switchStep",\{[^}]*"step":\{"name":"failed","reason":"has not heard from a host/;

test('a server that moves a room with a password to its relay gets no media, and the pages say so', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const taps = [await WireTap.on(ada.page), await WireTap.on(bob.page)];
  await meet(server.url, [ada, bob]);
  const standing = (member: Member) =>
    member.run(({ mode, heading, unconfirmed, uplink }) => ({ mode, heading, unconfirmed, uplink }));
  for (const phase of ['preflight', 'move', 'commit']) {
    for (const tap of taps) tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase, failures: [] });
    for (const tap of taps) if (phase === 'preflight') await expect.poll(() => tap.text).toMatch(failure);
  }
  const direct = { mode: 'mesh', heading: 'sfu', unconfirmed: true, uplink: 'none' };
  for (const member of [ada, bob]) await expect.poll(() => standing(member)).toEqual(direct);
  await expectAllToMeet([ada, bob]);
  expect(taps.map((tap) => tap.count('room:send'))).toEqual([0, 0]);
  expect(await server.metric('meshlift_sessions')).toEqual([0, 0]);

  // It gives up.
  for (const tap of taps) {
    tap.tell('room:switch', { epoch: 2, mode: 'mesh', phase: 'commit', failures: [] });
  }
  const before = { mode: 'mesh', heading: 'mesh', unconfirmed: false, uplink: 'none' };
  for (const member of [ada, bob]) await expect.poll(() => standing(member)).toEqual(before);
});

test('a server cannot use an order of a host again after the room was lowered, nor for one alone', async ({
  server,
  newMember,
}) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  const tap = await WireTap.on(bob.page);
  await meet(server.url, [ada, bob]);
  await ada.switchTo('sfu');
  await expectAllIn('sfu', [ada, bob]);
  await ada.switchTo('mesh');
  await expectAllIn('mesh', [ada, bob]);
  const asked = tap.count('room:send');
  for (const phase of ['move', 'commit']) {
    tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase, failures: [] });
  }
  await expect.poll(() => bob.run((room) => room.unconfirmed)).toBe(true);
  // Somebody who knows nothing of before is told that the room is where it was once.
  const forged = await WireTap.on(eve.page);
  forged.forge((message) =>
    message.replace(/"mode":"mesh","auto":false,"epoch":2/, '"mode":"sfu","auto":false,"epoch":1'),
  );
  await eve.join(server.url, { room, password, name: 'eve' });
  await eve.publish(TONES.eve);
  await expect.poll(() => eve.run((room) => room.unconfirmed)).toBe(true);
  await expectAllToMeet([ada, bob, eve]);
  await expectAllIn('mesh', [ada, bob, eve]);
  expect(forged.count('room:send')).toBe(0);
  expect(tap.count('room:send')).toBe(asked);
});

test('a room with a password is lifted for those in it and those who come, also without a direct way to anybody', async ({
  server,
  newMember,
}) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  await meet(server.url, [ada, bob]);
  await ada.switchTo('sfu');
  await expectAllIn('sfu', [ada, bob]);
  // Connections to other browsers find no candidate in eve's page; those to the relay name more than ICE servers.
  await eve.page.addInitScript(() => {
    const Original = RTCPeerConnection;
    window.RTCPeerConnection = new Proxy(Original, {
      construct: (target, [configuration]: [RTCConfiguration | undefined]) =>
        new target(
          configuration?.bundlePolicy ? configuration : { ...configuration, iceTransportPolicy: 'relay' },
        ),
    });
  });
  await eve.join(server.url, { room, password, name: 'eve' });
  await eve.publish(TONES.eve);
  await expectAllIn('sfu', [eve]);
  await eve.sees(await ada.id());
  await eve.hears(await bob.id(), TONES.bob);
  await ada.sees(await eve.id());
  expect(await eve.run((room) => room.unconfirmed)).toBe(false);
  const direct = () =>
    eve.page.evaluate(() =>
      window.probe.connections
        .filter((connection) => connection.getConfiguration().iceTransportPolicy === 'relay')
        .map(({ connectionState }) => connectionState === 'connected'),
    );
  expect(await direct()).toEqual([false, false]);
});

test('the room of a password goes back to the relay after a restart of the server, by the host', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await meet(server.url, [ada, bob]);
  await ada.switchTo('sfu');
  await expectAllIn('sfu', [ada, bob]);
  await server.stop('SIGKILL');
  await server.start();
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([1]);
  await expectAllIn('sfu', [ada, bob]);
  await expectAllToMeet([ada, bob]);
});

test('with auto, orders of a host cover what is measured, until a mode is named', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const tap = await WireTap.on(bob.page);
  await meet(server.url, [ada, bob]);
  await ada.run((room) => room.setMode('auto'));
  await expect.poll(() => bob.run((room) => room.auto)).toBe(true);
  // What the server does when somebody's advice is to lift.
  tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase: 'preflight', failures: [] });
  await expect.poll(() => tap.count('room:send')).toBe(1);
  tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase: 'abort', failures: [] });
  await ada.run((room) => room.setMode('mesh'));
  await expect.poll(() => bob.run((room) => room.auto)).toBe(false);
  tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase: 'preflight', failures: [] });
  await expect.poll(() => tap.text).toMatch(failure);
  expect(tap.count('room:send')).toBe(1);
});

test('the room page tells people that the server alone wants the relay', async ({ server, newPage }) => {
  const [ada, bob] = [await newPage(), await newPage()];
  const tap = await WireTap.on(bob);
  await enterRoom(ada, server.url, {
    name: 'Ada',
    more: `&source=test#password=${encodeURIComponent(password)}`,
  });
  await enterRoom(bob, server.url, {
    name: 'Bob',
    more: `&source=test#password=${encodeURIComponent(password)}`,
  });
  await expect(remoteTile(bob, 'Ada')).toBeVisible();
  await expect(bob.getByTestId('relay-unconfirmed')).toHaveCount(0);
  tap.tell('room:switch', { epoch: 1, mode: 'sfu', phase: 'commit', failures: [] });
  await expect(bob.getByTestId('relay-unconfirmed')).toBeVisible();
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-way', 'direct');
  // Nothing of this reaches the host, whose word moves the page after all once the server counts as it does.
  tap.tell('room:switch', { epoch: 0, mode: 'mesh', phase: 'commit', failures: [] });
  await expect(bob.getByTestId('relay-unconfirmed')).toHaveCount(0);
  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  for (const page of [ada, bob]) {
    await expect(page.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  }
});
