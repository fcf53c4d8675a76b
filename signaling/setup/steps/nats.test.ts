import { afterEach, expect, it, vi } from 'vitest';
import { watchInterrupts } from '../lib/interrupt.ts';
import { Screen } from '../lib/screen.ts';
import { nats } from './nats.ts';

afterEach(() => vi.unstubAllEnvs());

it('takes the server that MESHLIFT_NATS_SERVER names, or says that it does not start', () => {
  const interrupt = watchInterrupts();
  const step = nats({ root: '/nowhere', cache: '/nowhere', screen: new Screen(), interrupt });
  interrupt.release();
  // Anything that starts and ends well will do.
  vi.stubEnv('MESHLIFT_NATS_SERVER', process.execPath);
  expect(step.check()).toBe(process.execPath);
  vi.stubEnv('MESHLIFT_NATS_SERVER', '/nowhere/nats-server');
  expect(() => step.check()).toThrow(
    /MESHLIFT_NATS_SERVER names \/nowhere\/nats-server, which does not start/,
  );
});
