import type { Context } from '../lib/context.ts';
import { runStep } from '../lib/step.ts';
import { packages } from '../steps/packages.ts';
import { pages } from '../steps/pages.ts';
import { worker } from '../steps/worker.ts';

/** What the server needs: the packages, the worker and the browser's part. */
export async function prepare(context: Context): Promise<{ workerPath: string }> {
  await runStep(context, packages(context));
  const workerPath = await runStep(context, worker(context));
  await runStep(context, pages(context));
  return { workerPath };
}
