import { expect, test } from './support/fixtures.ts';
import { expectAllIn, gather } from './support/gathering.ts';
import { TONES } from './support/member.ts';

test('on the relay a picture comes in the size of its tile, and not at all while nobody can see it', async ({
  server,
  newMember,
}) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  await ada.run((room) => room.setMode('sfu'));
  await expectAllIn('sfu', [ada, bob]);
  const bobId = await bob.id();
  const tile = ada.page.locator(`[data-participant="${bobId}"]`);
  const resize = (width: number) =>
    tile.evaluate((video, width) => {
      Object.assign((video as HTMLVideoElement).style, {
        width: `${width}px`,
        height: `${(width * 9) / 16}px`,
      });
    }, width);
  const decodedWidth = () => tile.evaluate((video) => (video as HTMLVideoElement).videoWidth);

  await resize(640);
  await expect.poll(decodedWidth).toBe(640);
  await resize(150);
  await expect.poll(decodedWidth).toBe(320);
  await ada.sees(bobId);

  // Nobody else watches Bob: he sends no picture at all.
  await tile.evaluate((video) => {
    (video as HTMLVideoElement).style.display = 'none';
  });
  await expect
    .poll(async () => {
      const before = await bob.relayFramesSent();
      await bob.drawsFrames(15);
      return (await bob.relayFramesSent()) - before;
    })
    .toBe(0);
  await ada.hears(bobId, TONES.bob);

  await tile.evaluate((video) => {
    (video as HTMLVideoElement).style.display = '';
  });
  await resize(640);
  await expect.poll(decodedWidth).toBe(640);
  await ada.sees(bobId);
});

test('a screen comes in full size by either path, however small its tile', async ({ server, newMember }) => {
  const [ada, bob] = await gather(server.url, newMember, 2);
  await bob.page.evaluate(async () => {
    const source = window.mesh.makeSource(900);
    for (const track of source.stream.getVideoTracks()) track.contentHint = 'detail';
    window.mesh.source = source;
    await window.mesh.room.publish(source.stream);
  });
  const tile = ada.page.locator(`[data-participant="${await bob.id()}"]`);
  for (const mode of ['sfu', 'mesh'] as const) {
    await ada.switchTo(mode);
    await expectAllIn(mode, [ada, bob]);
    await ada.sees(await bob.id());
    await expect.poll(() => tile.evaluate((video) => (video as HTMLVideoElement).videoWidth)).toBe(640);
  }
  await ada.run((room) => room.setMode('sfu'));
  // Back to a camera: its smaller layers are there again.
  await bob.publish(TONES.bob);
  await tile.evaluate((video) => {
    Object.assign((video as HTMLVideoElement).style, { width: '150px', height: '84px' });
  });
  await expect.poll(() => tile.evaluate((video) => (video as HTMLVideoElement).videoWidth)).toBe(320);
  await ada.sees(await bob.id());
});

test('who speaks is known by either path', async ({ server, newMember }) => {
  const [ada, bob, eve] = await gather(server.url, newMember, 3);
  await eve.run((room) => room.setPaused('audio', true));
  await bob.run((room) => room.setPaused('audio', true));
  const speaker = () => ada.run((room) => room.activeSpeaker?.participantId);
  await expect.poll(speaker).toBeUndefined();
  for (const mode of ['mesh', 'sfu'] as const) {
    await ada.switchTo(mode);
    for (const member of [bob, eve]) {
      await member.run((room) => room.setPaused('audio', false));
      await expect.poll(speaker).toBe(await member.id());
      await member.run((room) => room.setPaused('audio', true));
      await expect.poll(speaker).toBeUndefined();
    }
  }
});
