import type { Browser, LaunchOptions, PlaywrightWorkerOptions } from '@playwright/test';
import { chromium } from '@playwright/test';

/** A browser as people have it: without a click on a page nothing in it is heard. */
export function launchStrict({ launchOptions }: Partial<PlaywrightWorkerOptions>): Promise<Browser> {
  const options: LaunchOptions = launchOptions ?? {};
  return chromium.launch({
    ...options,
    args: [
      ...(options.args ?? []).filter((arg) => !arg.startsWith('--autoplay-policy')),
      '--autoplay-policy=document-user-activation-required',
    ],
  });
}
