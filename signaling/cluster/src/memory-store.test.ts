import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { MemoryBus } from './memory-bus.ts';
import { MemoryEngine } from './memory-engine.ts';
import { MemoryStore } from './memory-store.ts';
import { storeContract } from './store.contract.ts';
import { TestLog } from './testing/test-log.ts';

storeContract('in memory', async () => {
  const engine = new MemoryEngine();
  return {
    connect: async () => {
      const log = new TestLog();
      const { link } = new MemoryBus({ log, engine });
      const store = new MemoryStore({ link, log });
      onTestFinished(() => store.close());
      return store;
    },
    stopEngine: async () => engine.stop(),
    startEngine: async (stored) => {
      if (stored === 'lost') engine.data.empty();
      engine.start();
      await setImmediate();
    },
  };
});
