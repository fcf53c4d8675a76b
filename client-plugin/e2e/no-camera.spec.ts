import type {} from '../src/elements/index.ts';
import { expect, test } from './support/embedding.ts';
import { launchOptions } from './support/launch.ts';
import { enterRoom, remoteTile } from './support/room-pages.ts';

/** A machine with microphones and without a camera. */
test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions.args ?? []), '--use-fake-device-for-media-stream=device-count=0'],
  },
});

test('without a camera the studio offers the microphone, and its viewers hear it', async ({
  server,
  newPage,
  watch,
}) => {
  const studio = await newPage();
  await studio.goto(`${server.url}/studio?source=camera`);
  await studio.getByTestId('microphone-alone').click();
  await expect(studio.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'on');
  await expect(studio.getByTestId('source-trouble')).toHaveCount(0);
  await studio.getByTestId('go-live').click();
  const link = studio.getByTestId('watch-link');
  await expect(link).toBeVisible();
  const viewer = await watch((await link.textContent())?.trim() ?? '');
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'audio');
  await viewer.page.getByTestId('unmute').click();
  const energy = () =>
    viewer.page.evaluate(async () => {
      const stats = (await window.meshlift.view.getStats()).flatMap((report) => [...report.values()]);
      return Number(stats.find(({ type }) => type === 'inbound-rtp')?.totalAudioEnergy ?? 0);
    });
  await expect.poll(energy).toBeGreaterThan(0);
  // Muted is something else than audio alone.
  await studio.getByTestId('toggle-audio').click();
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'silent');

  // In browsers that ask each time as well, a broadcast goes on by itself.
  await studio.addInitScript(() => {
    navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: 'prompt' }) as never;
  });
  await studio.reload();
  await expect(studio.getByTestId('toggle-audio')).toHaveAttribute('data-state', /on|off/);
  await expect(studio.getByTestId('watch-link')).toBeVisible();
});

test('without a camera somebody speaks in a room', async ({ server, newPage }) => {
  const ada = await newPage();
  const bob = await newPage();
  await ada.goto(`${server.url}/studio?room=lusab-gutih-tugad&source=camera`);
  await ada.getByTestId('name-field').fill('Ada');
  await ada.getByTestId('microphone-alone').click();
  await ada.getByTestId('join').click();
  await expect(ada.getByTestId('leave')).toBeVisible();
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  await expect(remoteTile(bob, 'Ada')).toBeVisible();
  await expect
    .poll(() => bob.evaluate(() => window.meshlift.room.participants[0]?.stream?.hasAudio))
    .toBe(true);
  await expect(remoteTile(bob, 'Ada').getByTestId('no-audio-mark')).toHaveCount(0);
});

test('without a camera the room element lets people join with the microphone alone', async ({
  server,
  examples,
  newPage,
}) => {
  const [ada, bob] = [await newPage(), await newPage()];
  for (const page of [ada, bob])
    await page.goto(`${examples}/room/?server=${encodeURIComponent(server.url)}`);
  await ada.getByTestId('join').click();
  await expect(ada.getByTestId('join-trouble')).toBeVisible();
  await ada.getByTestId('join-microphone').click();
  await expect(ada.getByTestId('toggle-audio')).toHaveAttribute('data-state', 'on');
  await expect(ada.getByTestId('toggle-video')).toHaveAttribute('data-state', 'none');

  await bob.getByTestId('source-select').selectOption('none');
  await bob.getByTestId('join').click();
  const heard = () =>
    bob.evaluate(() => document.querySelector('meshlift-room')?.joined?.participants[0]?.stream?.hasAudio);
  await expect.poll(heard).toBe(true);
  await expect(bob.getByTestId('remote-tile').getByTestId('no-audio-mark')).toHaveCount(0);
  await expect(ada.getByTestId('remote-tile').getByTestId('no-audio-mark')).toBeVisible();
});
