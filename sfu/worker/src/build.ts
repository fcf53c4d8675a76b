import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { recipeDir } from './recipe.ts';
import type { WorkerReport } from './report.ts';
import { WorkerError } from './worker-error.ts';

const OTHER_WAYS =
  'Set MEDIASOUP_WORKER_BIN to a mediasoup-worker built for this machine, or run this once where the ' +
  "release page of mediasoup's project can be reached.";

/** What a line of the recipe's output means. */
export type RecipeLine =
  | { kind: 'step'; text: string }
  | { kind: 'fix'; text: string }
  | { kind: 'progress'; done: number; total: number }
  | { kind: 'other' };

export function readRecipeLine(line: string): RecipeLine {
  const ninja = line.match(/^\[(\d+)\/(\d+)\] /);
  if (ninja) return { kind: 'progress', done: Number(ninja[1]), total: Number(ninja[2]) };
  const said = line.match(/^(step|fix): (.+)$/);
  if (said) return { kind: said[1] === 'step' ? 'step' : 'fix', text: said[2] ?? '' };
  return { kind: 'other' };
}

export interface BuildOptions {
  /** Mediasoup's npm package. */
  packageDir: string;
  /** Where the worker is put, and what goes with the process. */
  dir: string;
  /** Keeps what an interrupted build has done for the next one, which goes on there. */
  keptDir: string;
  /** The file that gets all that the recipe says. */
  log: string;
  report: WorkerReport;
  signal?: AbortSignal | undefined;
  /** @default the project's own */
  recipe?: string;
}

/**
 * Runs the recipe on mediasoup's package and resolves with the worker's path. Rejects with a WorkerError that says
 * what to do, or with the signal's reason.
 */
export async function buildWorker({
  packageDir,
  dir,
  keptDir,
  log,
  report,
  signal,
  recipe = recipeDir,
}: BuildOptions): Promise<string> {
  const output = join(dir, 'mediasoup-worker');
  // Detached, in a process group of its own: a Ctrl-C in the terminal would reach dpkg in the
  // middle of its work. The recipe stops when told to, and when the pipe on its stdin closes
  // because this process died.
  const child = spawn('bash', [join(recipe, 'build.sh'), packageDir, output, keptDir], {
    detached: true,
    env: { ...process.env, TMPDIR: dir, MESHLIFT_STOP_AT_EOF: '1' },
  });
  const stop = () => child.kill('SIGTERM');
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();

  const file = createWriteStream(log);
  const complaints: string[] = [];
  let fix = OTHER_WAYS;
  createInterface(child.stdout).on('line', (line) => {
    file.write(`${line}\n`);
    const read = readRecipeLine(line);
    if (read.kind === 'step') report.step(read.text);
    if (read.kind === 'progress') report.progress(read.done, read.total);
    if (read.kind === 'fix') fix = read.text;
  });
  createInterface(child.stderr).on('line', (line) => {
    file.write(`${line}\n`);
    complaints.push(line);
  });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', () => reject(new WorkerError('bash is needed to build the worker', OTHER_WAYS)));
    child.once('close', resolve);
  }).finally(() => {
    signal?.removeEventListener('abort', stop);
    file.end();
  });
  signal?.throwIfAborted();
  if (status === 0) return output;
  const reason = complaints.at(-1) ?? `the recipe ended with status ${status}`;
  // Statuses 3 and 4 say all there is to say; of the others the log tells more.
  throw new WorkerError(reason, fix, status === 3 || status === 4 ? undefined : log);
}
