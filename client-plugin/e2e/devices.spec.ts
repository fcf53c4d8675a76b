import type { Page } from '@playwright/test';
import { hearsJust, pluggable, SHARED, VOICE } from './support/devices.ts';
import { expect, test } from './support/embedding.ts';
import type { Viewer } from './support/fixtures.ts';
import { launchOptions } from './support/launch.ts';
import { enterRoom, remoteTile } from './support/room-pages.ts';

/** Two cameras, so that there is one to go on with. */
test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--use-fake-device-for-media-stream=device-count=2'],
  },
});

const scene = (viewer: Viewer) => viewer.page.getByTestId('scene-card');

async function goLive(page: Page, url: string, source = 'camera'): Promise<string> {
  await page.goto(`${url}/studio?source=${source}`);
  await page.getByTestId('go-live').click();
  await expect(page.getByTestId('watch-link')).toBeVisible();
  return page.evaluate(() => window.meshlift.publication.watchUrl);
}

/** Kinds of what a page is sent at the moment. */
const received = (viewer: Viewer) =>
  viewer.page.evaluate(() => [window.meshlift?.view?.hasAudio, window.meshlift?.view?.hasVideo]);

test('an unplugged microphone ends alone: publisher and viewers see it, and another one takes its place', async ({
  server,
  newPage,
  watch,
}) => {
  const studio = await newPage();
  await pluggable(studio);
  const viewer = await watch(await goLive(studio, server.url));
  await expect.poll(() => received(viewer)).toEqual([true, true]);

  await studio.evaluate(() => window.devices.unplug('audio'));
  await expect(studio.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'lost');
  await expect(studio.getByTestId('toggle-video')).toHaveAttribute('data-state', 'on');
  await expect.poll(() => received(viewer)).toEqual([false, true]);

  const offer = studio.getByTestId('lost-audio').getByTestId('use-device').first();
  await expect(offer).toContainText('Fake Audio Input');
  await offer.click();
  await expect(studio.getByTestId('lost-audio')).toHaveCount(0);
  await expect(studio.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'on');
  await expect.poll(() => received(viewer)).toEqual([true, true]);
});

test('an unplugged camera leaves the voice: viewers hear it, and see the other camera when it is taken', async ({
  server,
  newPage,
  watch,
}) => {
  const studio = await newPage();
  await pluggable(studio, true);
  const viewer = await watch(await goLive(studio, server.url));
  await expect.poll(() => received(viewer)).toEqual([true, true]);

  await studio.evaluate(() => window.devices.unplug('video'));
  await expect(studio.getByTestId('toggle-video')).toHaveAttribute('data-state', 'lost');
  await expect(scene(viewer)).toHaveAttribute('data-state', 'audio');
  await viewer.hears(VOICE);

  await studio.getByTestId('lost-video').getByTestId('use-device').first().click();
  await expect.poll(() => received(viewer)).toEqual([true, true]);
  await expect(scene(viewer)).toHaveCount(0);
  await expect.poll(async () => (await viewer.see()).width).toBeGreaterThan(0);
});

test('a camera unplugged with the microphone in it ends both, and everybody sees it', async ({
  server,
  newPage,
  watch,
}) => {
  const studio = await newPage();
  await pluggable(studio);
  const viewer = await watch(await goLive(studio, server.url));
  await expect.poll(() => received(viewer)).toEqual([true, true]);
  await studio.evaluate(() => {
    window.devices.unplug('audio');
    window.devices.unplug('video');
  });
  await expect(scene(viewer)).toHaveAttribute('data-state', 'silent');
  await expect(studio.getByTestId('lost-audio')).toBeVisible();
  await expect(studio.getByTestId('lost-video')).toBeVisible();
  await studio.getByTestId('lost-audio').getByTestId('use-device').first().click();
  await expect(scene(viewer)).toHaveAttribute('data-state', 'audio');
});

test('the others in a room see whose microphone is gone, and hear the next one', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  await pluggable(ada);
  const bob = await newPage();
  await enterRoom(ada, server.url, { name: 'Ada', more: '&source=camera' });
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  const tile = remoteTile(bob, 'Ada');
  await expect(tile.getByTestId('no-audio-mark')).toHaveCount(0);
  const heard = () => bob.evaluate(() => window.meshlift.room.participants[0]?.stream?.hasAudio);
  await expect.poll(heard).toBe(true);

  await ada.evaluate(() => window.devices.unplug('audio'));
  await expect(ada.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'lost');
  await expect(tile.getByTestId('no-audio-mark')).toBeVisible();
  await ada.getByTestId('use-device').first().click();
  await expect(tile.getByTestId('no-audio-mark')).toHaveCount(0);
  await expect.poll(heard).toBe(true);
});

test('a screen in the studio goes with the microphone and with its own sound, and muting takes only the voice', async ({
  server,
  newPage,
  watch,
}) => {
  const studio = await newPage();
  await pluggable(studio, true);
  await studio.goto(`${server.url}/studio?source=screen`);
  await studio.getByTestId('go-live').click();
  await expect(studio.getByTestId('watch-link')).toBeVisible();
  const viewer = await watch(await studio.evaluate(() => window.meshlift.publication.watchUrl));
  await expect.poll(() => received(viewer)).toEqual([true, true]);
  const video = viewer.page.getByTestId('player');
  await hearsJust(video, VOICE, SHARED);

  await studio.getByTestId('toggle-audio').click();
  await hearsJust(video, SHARED);
  await studio.getByTestId('toggle-audio').click();
  await hearsJust(video, VOICE, SHARED);

  // The voice stays when the screen goes.
  await studio.evaluate(() => window.devices.stopSharing());
  await expect(scene(viewer)).toHaveAttribute('data-state', 'audio');
  await hearsJust(video, VOICE);
  await expect(studio.getByTestId('lost-video')).toBeVisible();
});

test('a screen shared in a room is heard beside the microphone, in a mesh, through the relay and back', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  await pluggable(ada, true);
  const bob = await newPage();
  await enterRoom(ada, server.url, { name: 'Ada', more: '&source=camera' });
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  const video = remoteTile(bob, 'Ada').locator('video');
  await hearsJust(video, VOICE);
  await ada.getByTestId('share-screen').click();
  await hearsJust(video, VOICE, SHARED);
  // Muting takes the voice alone.
  await ada.getByTestId('toggle-audio').click();
  await hearsJust(video, SHARED);
  await ada.getByTestId('toggle-audio').click();
  await hearsJust(video, VOICE, SHARED);

  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  await hearsJust(video, VOICE, SHARED);
  await ada.getByTestId('mode-toggle').click();
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-mode', 'mesh');
  await hearsJust(video, VOICE, SHARED);

  await ada.getByTestId('share-screen').click();
  await hearsJust(video, VOICE);
});

test('the room element goes on with the camera when the microphone is gone, and takes the next one', async ({
  server,
  examples,
  newPage,
}) => {
  const [ada, bob] = [await newPage(), await newPage()];
  await pluggable(ada);
  for (const page of [ada, bob])
    await page.goto(`${examples}/room/?server=${encodeURIComponent(server.url)}`);
  await ada.getByTestId('join').click();
  await bob.getByTestId('source-select').selectOption('none');
  await bob.getByTestId('join').click();
  const sent = () =>
    bob.evaluate(() => {
      const stream = document.querySelector('meshlift-room')?.joined?.participants[0]?.stream;
      return [stream?.hasAudio, stream?.hasVideo];
    });
  await expect.poll(sent).toEqual([true, true]);
  await ada.evaluate(() => window.devices.unplug('audio'));
  await expect(ada.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'lost');
  await expect(bob.getByTestId('remote-tile').getByTestId('no-audio-mark')).toBeVisible();
  await expect.poll(sent).toEqual([false, true]);
  await ada.getByTestId('use-device').first().click();
  await expect.poll(sent).toEqual([true, true]);
});

for (const [state, error] of [
  ['blocked', 'NotAllowedError'],
  ['in use', 'NotReadableError'],
] as const) {
  test(`a camera that is ${state} leaves the microphone, in the studio and in the room element`, async ({
    server,
    examples,
    newPage,
  }) => {
    const page = await newPage();
    await page.addInitScript((error) => {
      const { mediaDevices } = navigator;
      const capture = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        if (constraints?.video) throw new DOMException('as browsers refuse it', error);
        return capture(constraints);
      };
    }, error);
    await page.goto(`${server.url}/studio?source=camera`);
    await page.getByTestId('microphone-alone').click();
    await expect(page.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'on');
    await expect(page.getByTestId('source-trouble')).toHaveCount(0);

    await page.goto(`${examples}/room/?server=${encodeURIComponent(server.url)}`);
    await page.getByTestId('join').click();
    await expect(page.getByTestId('join-trouble')).toBeVisible();
    await page.getByTestId('join-microphone').click();
    await expect(page.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'on');
    await expect(page.getByTestId('toggle-video')).toHaveAttribute('data-state', 'none');
  });
}
