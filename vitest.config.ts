import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{sfu,signaling,client-plugin,load-tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'client-plugin/e2e/**'],
    // Most of what takes long waits for a lease or a timeout: more files at once than cores leaves none of them idle.
    maxWorkers: 3,
    // Real workers and sockets: slow machines get time, and a hang still ends.
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
