import type { Page } from '@playwright/test';
import { expect, test } from './support/embedding.ts';
import { cutOff, faults } from './support/legibility.ts';
import { enterRoom } from './support/room-pages.ts';

/** A narrow phone, a small window at 200 % zoom, and a desk. */
const SIZES = [
  { width: 320, height: 568 },
  { width: 640, height: 400 },
  { width: 1280, height: 800 },
];

/** In both schemes and all sizes nothing is hard to read, to name or to reach. */
async function isLegible(page: Page, state: string): Promise<void> {
  // What fades or glides is looked at when it has arrived.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(
        () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
      );
      const where = `${state}, ${colorScheme}, ${size.width} pixels`;
      if (process.env.MESHLIFT_SHOTS) {
        await page.screenshot({
          path: `${process.env.MESHLIFT_SHOTS}/${where.replaceAll(/[ ,]+/g, '-')}.png`,
        });
      }
      expect.soft(await cutOff(page), `${where}: controls that nobody can see in full`).toEqual([]);
      if (size.width !== 640) expect.soft(await faults(page), where).toEqual([]);
    }
  }
}

test('home, privacy and the watch page without a stream', async ({ server, newPage }) => {
  const page = await newPage();
  for (const path of ['/', '/privacy', '/watch/NobodyHasEverClaimedMe']) {
    await page.goto(`${server.url}${path}`);
    await page.getByRole('heading').first().waitFor();
    await isLegible(page, path.slice(1, 8) || 'home');
  }
});

test('the studio before and while it is live, and what is watched', async ({ server, studio, watch }) => {
  const { page } = studio;
  await page.goto(`${server.url}/studio?source=test`);
  await expect(page.getByTestId('toggle-video')).toHaveAttribute('data-state', 'on');
  await isLegible(page, 'studio off');
  const link = await studio.goLive(server.url);
  await page.getByTestId('new-link').click();
  await isLegible(page, 'studio live');
  const viewer = await watch(link);
  await viewer.seesMotion();
  await isLegible(viewer.page, 'watch');
  await viewer.page.goto(`${link.replace('/watch/', '/embed/')}?controls`);
  await viewer.seesMotion();
  await isLegible(viewer.page, 'embed');
  await page.getByTestId('toggle-audio').click();
  await page.getByTestId('toggle-video').click();
  await viewer.page.goto(link);
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'silent');
  await isLegible(viewer.page, 'watch silent');
});

test('a room: its pre-join screen, its panels, the lift, and what is told of the relay', async ({
  server,
  newPage,
}) => {
  test.setTimeout(120_000);
  const [ada, bob] = [await newPage(), await newPage()];
  await ada.goto(`${server.url}/studio?room=standup&source=test`);
  await expect(ada.getByTestId('toggle-video')).toHaveAttribute('data-state', 'on');
  await isLegible(ada, 'room door');
  await enterRoom(ada, server.url, { name: 'Ada' });
  await enterRoom(bob, server.url, { name: 'Bob' });
  await expect(ada.getByTestId('remote-tile')).toHaveAttribute('data-state', 'here');
  await ada.getByTestId('toggle-audio').click();
  if (await ada.getByTestId('close-panel').isVisible()) await ada.getByTestId('close-panel').click();
  await isLegible(ada, 'room');
  for (const panel of ['source', 'chat', 'people']) {
    await ada.setViewportSize({ width: 1280, height: 800 });
    await ada.getByTestId(`open-${panel}`).click();
    await isLegible(ada, `room ${panel}`);
  }
  await ada.getByTestId('close-panel').click();
  await ada.setViewportSize({ width: 1280, height: 800 });
  await ada.getByTestId('mode-toggle').click();
  await isLegible(ada, 'room lift dialog');
  await ada.getByTestId('confirm-lift').click();
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  await isLegible(bob, 'room relayed');
  await ada.getByTestId('leave').click();
  await isLegible(ada, 'room left');
});

test('the room element', async ({ server, examples, newPage }) => {
  const [ada, bob] = [await newPage(), await newPage()];
  for (const page of [ada, bob])
    await page.goto(`${examples}/room/?source=test&server=${encodeURIComponent(server.url)}`);
  await isLegible(ada, 'element door');
  for (const page of [ada, bob]) await page.getByTestId('join').click();
  await expect(ada.getByTestId('remote-tile')).toHaveAttribute('data-state', 'here');
  await isLegible(ada, 'element');
});
