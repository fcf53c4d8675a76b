import { existsSync } from 'node:fs';
import type { LaunchOptions } from '@playwright/test';

const installed = process.env.MESHLIFT_CHROMIUM ?? ['/usr/bin/chromium'].find((path) => existsSync(path));

/** How every browser of the tests is started: the installed one, or else Playwright's own. */
export const launchOptions: LaunchOptions = {
  ...(installed ? { executablePath: installed } : {}),
  args: [
    ...['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
    ...['--disable-component-update', '--disable-sync', '--autoplay-policy=no-user-gesture-required'],
    ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
    // Without it a page on this machine hides its addresses behind names nobody here can resolve.
    '--disable-features=WebRtcHideLocalIpsWithMdns',
  ],
};
