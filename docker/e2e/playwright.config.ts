import { defineConfig } from '@playwright/test';
import base from '../../client-plugin/e2e/playwright.config.ts';

export default defineConfig({
  ...base,
  testDir: '.',
  outputDir: '../../test-results/docker',
  projects: [{ name: 'container' }],
});
