import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/launch.ts';
import { EXPECT_WITHIN_MS } from './support/patient-expect.ts';
import { withSound } from './support/sound-launch.ts';

/** Specs of pages that listen to what they play. */
const LISTENING = ['ear.spec.ts', 'switch-gaps.spec.ts'];

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results',
  // Encoding and decoding take both cores of a small machine: tests that run beside each other would measure that.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: EXPECT_WITHIN_MS },
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    launchOptions,
  },
  projects: [
    { name: 'e2e', testIgnore: LISTENING },
    {
      name: 'sound',
      testMatch: LISTENING,
      use: { launchOptions: withSound(launchOptions), viewport: { width: 980, height: 240 } },
    },
  ],
});
