import type { LaunchOptions } from '@playwright/test';

/** With these a page cannot capture its own tab: what it gets is made up. */
const MADE_UP_MEDIA = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

/**
 * The browser of a project whose pages listen to themselves. They may capture their own tab without being
 * asked, and what they play is not muted, which Playwright otherwise does. No sound device is needed.
 */
export function withSound(options: LaunchOptions): LaunchOptions {
  const args = (options.args ?? []).filter((argument) => !MADE_UP_MEDIA.includes(argument));
  return {
    ...options,
    args: [...args, '--auto-accept-this-tab-capture'],
    ignoreDefaultArgs: ['--mute-audio'],
  };
}
