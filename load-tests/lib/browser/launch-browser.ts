import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from '@playwright/test';
import { launchOptions } from '../../../client-plugin/e2e/support/launch.ts';
import { withSound } from '../../../client-plugin/e2e/support/sound-launch.ts';

const HELD = fileURLToPath(new URL('held-browser', import.meta.url));

/**
 * Starts Chromium: the one that `MESHLIFT_CHROMIUM` names, or that of the end-to-end tests.
 *
 * @param options.core all its processes are held to it; any, when left out
 * @param options.sound whether its pages listen to what they play
 */
export async function launchBrowser({
  core,
  sound = false,
}: {
  core?: number | undefined;
  sound?: boolean;
} = {}): Promise<Browser> {
  const options = sound ? withSound(launchOptions) : launchOptions;
  if (core === undefined) return chromium.launch(options);
  return chromium.launch({
    ...options,
    executablePath: HELD,
    env: {
      ...process.env,
      HELD_TO_CORE: String(core),
      HELD_BROWSER: options.executablePath ?? chromium.executablePath(),
    },
  });
}
