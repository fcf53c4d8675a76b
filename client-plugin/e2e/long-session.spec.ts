import { expect, test } from './support/fixtures.ts';
import { enterRoom } from './support/room-pages.ts';

test('closing a live tab asks first, keeps the screen on until the end, and sums up what was', async ({
  server,
  studio,
  watch,
}) => {
  const { page } = studio;
  await page.addInitScript(() => {
    const locks: WakeLockSentinel[] = [];
    Object.assign(window, { locks });
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      const lock = await request(type);
      locks.push(lock);
      return lock;
    };
  });
  const held = () =>
    page.evaluate(
      () => (Reflect.get(window, 'locks') as WakeLockSentinel[]).filter(({ released }) => !released).length,
    );
  await page.goto(`${server.url}/studio?source=test`);
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  await page.getByTestId('go-live').click();
  const link = page.getByTestId('watch-link');
  await expect(link).toBeVisible();
  await expect.poll(held).toBe(1);
  const viewer = await watch((await link.textContent())?.trim() ?? '');
  await expect(page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  await viewer.page.close();
  await page.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await expect(page.getByTestId('watch-link')).toBeVisible();

  await page.getByTestId('go-live').click();
  await page.getByTestId('confirm-end').click();
  await expect(page.getByTestId('watch-link')).toHaveCount(0);
  await expect(page.getByTestId('summary')).toHaveAttribute('data-most-viewers', '1');
  await expect.poll(held).toBe(0);
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
  expect(asked).toEqual(['beforeunload']);
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
