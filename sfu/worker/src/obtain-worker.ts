import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { buildWorker } from './build.ts';
import { cacheDir, cachedWorkerPath } from './cache.ts';
import { findWorker } from './find-worker.ts';
import { mediasoupPackage } from './mediasoup-package.ts';
import { downloadPrebuilt } from './prebuilt.ts';
import type { WorkerReport } from './report.ts';
import { startsHere } from './verify.ts';
import { WorkerError } from './worker-error.ts';

/**
 * Resolves with the path of a worker that starts on this machine: the one findWorker() knows, or
 * mediasoup's prebuilt one, or one built here from the distribution's libraries. The last two are
 * kept in the user's cache, as is what an interrupted build has done. Rejects with a WorkerError that says what to do, or with the signal's
 * reason.
 */
export async function obtainWorker(report: WorkerReport, signal?: AbortSignal): Promise<string> {
  const known = findWorker();
  if (known) return known;

  const mediasoup = mediasoupPackage();
  const target = cachedWorkerPath();
  const log = join(cacheDir(), 'logs', 'worker-build.log');
  await mkdir(dirname(target), { recursive: true });
  await mkdir(dirname(log), { recursive: true });
  await removeAbandoned(dirname(target));
  const keptDir = join(dirname(target), 'build');
  await removeOtherBuilds(keptDir);
  // Beside the target, so that the finished file can be renamed into place in one stroke.
  const dir = await mkdtemp(`${dirname(target)}/work-${process.pid}-`);
  try {
    const file =
      (await prebuilt(mediasoup, dir, report, signal)) ??
      (await buildWorker({ packageDir: mediasoup.dir, dir, keptDir, log, report, signal }));
    if (!startsHere(file)) {
      throw new WorkerError(`the worker that was built does not start: ${file}`, 'See the log.', log);
    }
    await chmod(file, 0o755);
    await rename(file, target);
    return target;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** The project's own build where it can be had and starts here; otherwise undefined, and the report says why. */
async function prebuilt(
  mediasoup: ReturnType<typeof mediasoupPackage>,
  dir: string,
  report: WorkerReport,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (process.env.MEDIASOUP_SKIP_WORKER_PREBUILT_DOWNLOAD) return undefined;
  report.step("downloading mediasoup's prebuilt worker");
  try {
    const file = await downloadPrebuilt(mediasoup, dir, report, signal);
    if (startsHere(file)) return file;
    report.step('the prebuilt worker does not start on this machine, building one');
  } catch (error) {
    signal?.throwIfAborted();
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    report.step(`no prebuilt worker (${why}), building one`);
  }
  return undefined;
}

/** Removes the working folders of processes that were killed before they could do it. */
async function removeAbandoned(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    const pid = Number(name.match(/^work-(\d+)-/)?.[1] ?? 0);
    if (pid && !isAlive(pid)) await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** Removes interrupted builds of other versions and recipes: each is some hundred megabytes, and few are gone on with. */
async function removeOtherBuilds(keptDir: string): Promise<void> {
  const workers = dirname(dirname(keptDir));
  for (const key of await readdir(workers)) {
    const build = join(workers, key, basename(keptDir));
    if (build !== keptDir) await rm(build, { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives and belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
