import { expect, test } from './support/fixtures.ts';
import type { Member } from './support/member.ts';
import { TONES } from './support/member.ts';
import { WireTap } from './support/wire-tap.ts';

const room = 'kitchen';

/** Each of them sees a moving picture of each other one, and hears the other one's own tone. */
async function expectAllToMeet(members: [Member, number][]): Promise<void> {
  for (const [member] of members) {
    for (const [other, tone] of members) {
      if (other === member) continue;
      await member.sees(await other.id());
      await member.hears(await other.id(), tone);
    }
  }
}

test('two see and hear each other, and a page that does so loads nothing of the relay', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room, name: 'Ada' });
  await bob.join(server.url, { room, name: 'Bob' });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  await expectAllToMeet([
    [ada, TONES.ada],
    [bob, TONES.bob],
  ]);
  await expect.poll(() => ada.names()).toEqual(['Bob']);
  await expect.poll(() => bob.names()).toEqual(['Ada']);
  const loaded = await ada.page.evaluate(() =>
    performance.getEntriesByType('resource').map(({ name }) => name),
  );
  expect(loaded.filter((url) => url.includes('meshlift'))).toEqual([`${server.url}/meshlift.mjs`]);
  expect(await server.metric('meshlift_sessions')).toEqual([0, 0]);
});

test('three see and hear each other, the last one having come later; one leaves, and two go on', async ({
  server,
  newMember,
}) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  for (const [member, tone] of [
    [ada, TONES.ada],
    [bob, TONES.bob],
  ] as const) {
    await member.join(server.url, { room });
    await member.publish(tone);
  }
  await ada.sees(await bob.id());
  await eve.join(server.url, { room });
  // Who sends nothing sees the others all the same.
  await eve.sees(await ada.id());
  await eve.publish(TONES.eve);
  await expectAllToMeet([
    [ada, TONES.ada],
    [bob, TONES.bob],
    [eve, TONES.eve],
  ]);

  await bob.run((room) => room.leave());
  await expect.poll(() => ada.run((room) => room.participants.length)).toBe(1);
  await expect(ada.page.locator('video')).toHaveCount(1);
  await ada.sees(await eve.id());
  await eve.sees(await ada.id());
  expect(await bob.states()).toEqual(['ended']);
  expect(await server.metric('meshlift_participants')).toEqual([2]);
});

test('a host who reloads is somebody new to the others, in the same room and its host again', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  await ada.publish(TONES.ada);
  const before = await ada.id();
  await bob.sees(before);
  const hostKey = (await ada.run((room) => room.hostKey)) ?? '';
  expect(hostKey).toMatch(/^\w{43}$/);

  await ada.page.reload();
  await expect.poll(() => bob.run((room) => room.participants.length)).toBe(0);
  await ada.join(server.url, { room, hostKey });
  await ada.publish(TONES.ada);
  const after = await ada.id();
  expect(after).not.toBe(before);
  await bob.sees(after);
  expect(await ada.run((room) => [room.host, room.hostKey])).toEqual([true, hostKey]);
  await ada.run((room) => room.setLocked(true));
});

test('tracks of both come through when both publish at once, so that their offers cross', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = [await newMember(), await newMember()];
  const taps = [await WireTap.on(ada.page), await WireTap.on(bob.page)];
  await ada.page.goto(server.url);
  await bob.page.goto(server.url);
  // New ids each time: now the one gives way, now the other.
  for (let round = 0; round < 4; round += 1) {
    await ada.join(server.url, { room, name: 'Ada' });
    await bob.join(server.url, { room, name: 'Bob' });
    await expect.poll(() => ada.names()).toEqual(['Bob']);
    for (const tap of taps) tap.hold();
    const published = Promise.all([ada.publish(TONES.ada), bob.publish(TONES.bob)]);
    for (const member of [ada, bob]) {
      const state = () => member.page.evaluate(() => window.probe.connections[0]?.signalingState);
      await expect.poll(state).toBe('have-local-offer');
    }
    for (const tap of taps) tap.release();
    await published;
    await ada.sees(await bob.id());
    await bob.sees(await ada.id());
    for (const member of [ada, bob]) {
      await member.run((room) => room.leave());
      await member.page.reload();
    }
  }
});

test('publishing and unpublishing again and again uses the same two lines', async ({ server, newMember }) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([ada.publish(TONES.ada), bob.publish(TONES.bob)]);
    await ada.sees(await bob.id());
    await bob.sees(await ada.id());
    await Promise.all([ada, bob].map((member) => member.run((room) => room.unpublish())));
    for (const member of [ada, bob]) await expect(member.page.locator('video')).toHaveCount(0);
  }
  const lines = await ada.page.evaluate(() =>
    window.probe.connections.map((connection) => connection.getTransceivers().length),
  );
  expect(lines).toEqual([2]);
});

test('another camera is seen without another negotiation', async ({ server, newMember }) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  await ada.publish(TONES.ada);
  const id = await ada.id();
  await bob.hears(id, TONES.ada);
  await expect.poll(() => bob.count(id)).toBeGreaterThan(60);
  const negotiations = [await ada.negotiations(), await bob.negotiations()];

  // The counter of the other camera begins anew.
  const seen = (await bob.count(id)) ?? 0;
  await ada.publish(TONES.eve);
  await expect.poll(() => bob.count(id)).toBeLessThan(seen);
  await bob.sees(id);
  await bob.hears(id, TONES.eve);
  await ada.page.evaluate(async () => {
    const [video] = window.mesh.makeSource(0).stream.getVideoTracks();
    if (video) await window.mesh.room.replaceTrack(video);
  });
  await bob.sees(id);
  expect([await ada.negotiations(), await bob.negotiations()]).toEqual(negotiations);
});

test('who mutes is silent, and the others know', async ({ server, newMember }) => {
  const [ada, bob] = [await newMember(), await newMember()];
  await ada.join(server.url, { room, name: 'Ada' });
  await bob.join(server.url, { room });
  await ada.publish(TONES.ada);
  const id = await ada.id();
  await bob.hears(id, TONES.ada);
  await bob.sees(id);

  const paused = () =>
    bob.run((room) =>
      room.participants.map(({ audioPaused, videoPaused, stream }) => [
        audioPaused,
        videoPaused,
        stream?.hasAudio,
        stream?.hasVideo,
      ]),
    );
  expect(await paused()).toEqual([[false, false, true, true]]);
  await ada.run((room) => room.setPaused('audio', true));
  await expect.poll(paused).toEqual([[true, false, false, true]]);
  const video = bob.page.locator('video');
  const level = () =>
    video.evaluate((video, hertz) => window.probe.hearTone(video as HTMLVideoElement, hertz), TONES.ada);
  await expect.poll(level).toBeLessThan(10);
  await bob.sees(id);

  await ada.run((room) => room.setPaused('audio', false));
  await ada.run((room) => room.setPaused('video', true));
  await expect.poll(paused).toEqual([[false, true, true, false]]);
  await bob.hears(id, TONES.ada);
  // Somebody who comes now is told as well.
  await bob.page.reload();
  await bob.join(server.url, { room });
  await expect.poll(paused).toEqual([[false, true, true, false]]);
  await ada.run((room) => room.setPaused('video', false));
  await bob.sees(id);
});

test('the host locks the room and hands it over', async ({ server, newMember }) => {
  const [ada, bob, eve] = [await newMember(), await newMember(), await newMember()];
  await ada.join(server.url, { room });
  await bob.join(server.url, { room });
  const refused = (member: Member) =>
    member.run((room) =>
      room.setLocked(true).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    );
  expect(await refused(bob)).toBe('NOT_HOST');
  await ada.run((room) => room.setLocked(true));
  await expect.poll(() => bob.run((room) => room.locked)).toBe(true);
  expect(await eve.join(server.url, { room })).toBe('ROOM_LOCKED');

  await expect.poll(() => ada.run((room) => room.participants.length)).toBe(1);
  await ada.run((room) => room.handOver(room.participants[0]?.participantId ?? ''));
  await expect.poll(() => bob.run((room) => room.host)).toBe(true);
  expect(await ada.run((room) => [room.host, room.hostKey, room.participants[0]?.host])).toEqual([
    false,
    undefined,
    true,
  ]);
  expect(await refused(ada)).toBe('NOT_HOST');
  const hostKey = (await bob.run((room) => room.hostKey)) ?? '';
  expect(await eve.join(server.url, { room, hostKey })).toBeUndefined();
  expect(await eve.run((room) => room.host)).toBe(true);
});
