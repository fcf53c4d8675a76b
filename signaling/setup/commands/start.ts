import type { Context } from '../lib/context.ts';
import { watchInterrupts } from '../lib/interrupt.ts';
import { prepare } from './prepare.ts';

/** Sets everything up and becomes the server: in this process, so that signals reach it directly. */
export async function start(context: Context): Promise<void> {
  const { workerPath } = await prepare(context);
  process.env.MEDIASOUP_WORKER_BIN = workerPath;
  context.interrupt.release();
  // A Ctrl-C comes twice, because npm passes on what the terminal sent already. The server acts on
  // the first; a watch beside it keeps the second from ending the process while it still closes.
  watchInterrupts(['SIGINT', 'SIGTERM']);
  await import('../../src/main.ts');
}
