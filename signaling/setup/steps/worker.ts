import type { Context } from '../lib/context.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

/** Mediasoup's worker: its value is the program's path. Comes after the packages. */
export function worker({ interrupt }: Context): Step<string> {
  return {
    name: 'worker',
    title: "getting mediasoup's worker, the program that relays the media (minutes, once)",
    lock: 'worker',
    check: () => inOwnWords(async ({ findWorker }) => findWorker()),
    work: (report) => inOwnWords(({ obtainWorker }) => obtainWorker(report, interrupt.signal)),
  };
}

/** Loads the package, which is there only now, and puts its errors in the setup's form. */
async function inOwnWords<T>(use: (library: typeof import('@meshlift/worker')) => Promise<T>): Promise<T> {
  const library = await import('@meshlift/worker');
  try {
    return await use(library);
  } catch (error) {
    if (error instanceof library.WorkerError) throw new SetupError(error.message, error.fix, error.log);
    throw error;
  }
}
