import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, room } from './support/gathering.ts';
import { TONES } from './support/member.ts';
import { ThrottledUplink } from './support/throttled-uplink.ts';

/** Enough for one copy of the picture, not for two. */
const NARROW_BPS = 500_000;

/** Frames that a page draws in about the time after which advice to lower would have counted twice over. */
const TWICE_THE_PATIENCE_FRAMES = 600;

test('a room on auto is lifted when an uplink is too narrow, and lowered when it is wide again, once each', async ({
  server,
  newMember,
}) => {
  test.setTimeout(180_000);
  const ada = await newMember();
  const uplink = await ThrottledUplink.of(ada.page);
  const [bob, eve] = [await newMember(), await newMember()];
  const all = [ada, bob, eve];
  await ada.join(server.url, { room, name: 'ada', mode: 'auto' });
  await bob.join(server.url, { room, name: 'bob' });
  await eve.join(server.url, { room, name: 'eve' });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  await eve.publish(TONES.eve);
  await expectAllToMeet(all);
  await expect.poll(() => bob.run((room) => room.auto)).toBe(true);
  await expectAllIn('mesh', all);
  await bob.page.evaluate(() => {
    window.mesh.room.on('modechange', ({ mode }) => window.mesh.states.push(mode));
  });

  await ada.publish(TONES.ada, true);
  uplink.setRate(NARROW_BPS);
  await expect.poll(() => ada.run((room) => room.mode), { timeout: 60_000 }).toBe('sfu');
  await expectAllIn('sfu', all);
  await ada.sees(await bob.id());
  await bob.sees(await ada.id());
  // For as long as the line is narrow the room stays where it is.
  await bob.drawsFrames(TWICE_THE_PATIENCE_FRAMES);
  expect(await bob.states()).toEqual(['sfu']);

  uplink.setRate(Number.POSITIVE_INFINITY);
  await ada.publish(TONES.ada);
  await expect.poll(() => ada.run((room) => room.mode), { timeout: 90_000 }).toBe('mesh');
  await expectAllIn('mesh', all);
  await expectAllToMeet(all);
  await bob.drawsFrames(TWICE_THE_PATIENCE_FRAMES);
  expect(await bob.states()).toEqual(['sfu', 'mesh']);
});
