import { defineConfig } from '@playwright/test';
import base from '../../client-plugin/e2e/playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: '.',
  outputDir: '../../test-results/docker',
  // The proxy's certificate for `localhost` is its own.
  use: { ...base.use, ignoreHTTPSErrors: true },
  projects: [
    { name: 'container', testIgnore: 'cluster.spec.ts' },
    { name: 'cluster', testMatch: 'cluster.spec.ts' },
  ],
});
