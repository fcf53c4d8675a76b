import type { Page } from '@playwright/test';

declare global {
  interface Window {
    wakeLocks: WakeLockSentinel[];
  }
}

/**
 * Notes the wake locks that a page takes, from its next load on.
 *
 * @returns how many it holds at the moment
 */
export async function noteWakeLocks(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    window.wakeLocks = [];
    const request = navigator.wakeLock.request.bind(navigator.wakeLock);
    navigator.wakeLock.request = async (type) => {
      const lock = await request(type);
      window.wakeLocks.push(lock);
      return lock;
    };
  });
  return () => page.evaluate(() => window.wakeLocks.filter(({ released }) => !released).length);
}

/** Notes what a page asks its user from now on, and answers for them that it stays. */
export function noteQuestions(page: Page): string[] {
  const asked: string[] = [];
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void dialog.dismiss();
  });
  return asked;
}

/** Closes a page as its user does. Resolves when it has gone, which it does only if it asks nothing. */
export async function closeUnasked(page: Page): Promise<void> {
  const closed = page.waitForEvent('close');
  await page.close({ runBeforeUnload: true });
  await closed;
}
