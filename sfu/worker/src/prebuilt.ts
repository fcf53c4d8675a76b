import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { MediasoupPackage } from './mediasoup-package.ts';
import type { WorkerReport } from './report.ts';

const run = promisify(execFile);

/** The longest silence of the server, in milliseconds, before it counts as out of reach. */
const PATIENCE_MS = 8_000;

/**
 * Downloads the worker that mediasoup's project built for this platform into a folder and returns
 * its path. Rejects, soon, where the release page is out of reach or has none. Mediasoup's own
 * install script is not run, because it starts a local build when its download fails.
 */
export async function downloadPrebuilt(
  mediasoup: MediasoupPackage,
  dir: string,
  report: WorkerReport,
  signal?: AbortSignal,
): Promise<string> {
  const name = await prebuiltName(mediasoup.dir);
  const base =
    process.env.MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL || `${mediasoup.homeUrl}/releases/download`;
  const archive = join(dir, name);
  await download(`${base}/${mediasoup.version}/${name}`, archive, report, signal);
  await run('tar', ['-xzf', archive, '-C', dir, 'mediasoup-worker'], { signal });
  return join(dir, 'mediasoup-worker');
}

/** Asks mediasoup's own script what it calls the archive for this platform. */
async function prebuiltName(packageDir: string): Promise<string> {
  const script = ['npm-scripts.mjs', 'worker:prebuild-name'];
  const { stdout } = await run(process.execPath, script, { cwd: packageDir });
  const name = stdout.match(/workerPrebuildTarName:([\w.-]+)\]/)?.[1];
  if (!name) throw new Error('mediasoup does not say what its prebuilt worker is called');
  return name;
}

async function download(
  url: string,
  file: string,
  report: WorkerReport,
  signal: AbortSignal | undefined,
): Promise<void> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error('no answer in time')), PATIENCE_MS);
  const either = AbortSignal.any(signal ? [silence.signal, signal] : [silence.signal]);
  try {
    const response = await fetch(url, { signal: either });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const total = Number(response.headers.get('content-length') ?? 0);
    let done = 0;
    const watched = async function* (body: AsyncIterable<Uint8Array>) {
      for await (const piece of body) {
        timer.refresh();
        done += piece.length;
        report.progress(done, total);
        yield piece;
      }
    };
    await pipeline(Readable.fromWeb(response.body), watched, createWriteStream(file), { signal: either });
  } finally {
    clearTimeout(timer);
  }
}
