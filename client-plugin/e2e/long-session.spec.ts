import type { Page } from '@playwright/test';
import { closeUnasked, noteQuestions, noteWakeLocks } from './support/closing.ts';
import { expect, test } from './support/fixtures.ts';
import { enterRoom, remoteTile } from './support/room-pages.ts';

const summaryOf = (page: Page) => page.getByTestId('summary');

test('closing a live tab asks first, keeps the screen on until the end, and sums up what was', async ({
  server,
  studio,
  watch,
}) => {
  const { page } = studio;
  const held = await noteWakeLocks(page);
  await page.goto(`${server.url}/studio?source=test`);
  const asked = noteQuestions(page);
  await page.getByTestId('go-live').click();
  const link = page.getByTestId('watch-link');
  await expect(link).toBeVisible();
  await expect.poll(held).toBe(1);
  const viewer = await watch((await link.textContent())?.trim() ?? '');
  await expect(page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  await viewer.page.close();
  await expect(page.getByTestId('viewer-count')).toHaveAttribute('data-count', '0');
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await expect(page.getByTestId('watch-link')).toBeVisible();

  // Nothing of it is lost with a reload, which is asked about too.
  page.removeAllListeners('dialog');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await expect(page.getByTestId('watch-link')).toBeVisible();
  await page.getByTestId('go-live').click();
  await page.getByTestId('confirm-end').click();
  await expect(page.getByTestId('watch-link')).toHaveCount(0);
  await expect(summaryOf(page)).toHaveAttribute('data-most-viewers', '1');
  await expect.poll(held).toBe(0);
  await closeUnasked(page);
  expect(asked).toEqual(['beforeunload']);
});

test('a room asks before somebody closes it whom others see, keeps the screen on, and sums up the stay', async ({
  server,
  newPage,
}) => {
  const [ada, bob, eve] = [await newPage(), await newPage(), await newPage()];
  const held = await noteWakeLocks(ada);
  const asked = noteQuestions(ada);
  await enterRoom(ada, server.url, { name: 'Ada' });
  await expect.poll(held).toBe(1);
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  await enterRoom(eve, server.url, { name: 'Eve', more: '&source=none' });
  for (const name of ['Bob', 'Eve']) await expect(remoteTile(ada, name)).toBeVisible();
  await ada.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(['beforeunload']);

  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  await expect(ada.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  await bob.getByTestId('leave').click();
  await expect(remoteTile(ada, 'Bob')).toHaveCount(0);
  // Who sends nothing is not missed. Who is closed may not have managed to say goodbye, and still be there.
  await closeUnasked(eve);
  ada.removeAllListeners('dialog');
  ada.on('dialog', (dialog) => void dialog.accept());
  await ada.reload();
  await ada.getByTestId('leave').click();
  ada.removeAllListeners('dialog');
  await expect(summaryOf(ada)).toHaveAttribute('data-most-people', '3');
  await expect(summaryOf(ada)).toHaveAttribute('data-ways', 'direct relayed');
  await expect(summaryOf(ada)).toHaveAttribute('data-most-watching', '0');
  await expect.poll(held).toBe(0);
  await ada.getByTestId('rejoin').click();
  await expect(summaryOf(ada)).toHaveCount(0);
  await closeUnasked(ada);
});

test('who comes and who leaves is announced, by name', async ({ server, newPage }) => {
  const [ada, bob] = [await newPage(), await newPage()];
  await enterRoom(ada, server.url, { name: 'Ada', more: '&source=none' });
  const said = ada.getByTestId('arrivals');
  await expect(said).toHaveAttribute('aria-live', 'polite');
  await expect(said).toBeEmpty();
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  await expect(said).toContainText('Bob');
  const came = await said.textContent();
  await bob.getByTestId('leave').click();
  await expect(said).not.toHaveText(came ?? '');
  await expect(said).toContainText('Bob');
});

test('where only a video goes full screen, as on iPhones, the button does that', async ({
  server,
  studio,
  newPage,
}) => {
  const link = await studio.goLive(server.url);
  const page = await newPage();
  await page.addInitScript(() => {
    Object.defineProperty(document, 'fullscreenEnabled', { value: undefined });
    Object.assign(HTMLVideoElement.prototype, {
      webkitEnterFullscreen(this: HTMLVideoElement) {
        this.dataset.full = 'yes';
      },
    });
  });
  await page.goto(link);
  await page.getByTestId('fullscreen').click();
  await expect(page.getByTestId('player')).toHaveAttribute('data-full', 'yes');
});
