import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from '../lib/apt.ts';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { StepReport } from '../lib/screen.ts';
import { SetupError } from '../lib/setup-error.ts';
import type { Step } from '../lib/step.ts';

const VARIABLE = 'MESHLIFT_CHROMIUM';
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const OTHERWISE =
  'Install Chromium or Chrome, or set MESHLIFT_CHROMIUM to the path of one, and run this again.';

/** How long Playwright's download may be silent, in milliseconds, before it counts as out of reach. */
const SILENCE_MS = 20_000;

/** Chromium, for the tests: its value is the program's path. Comes after the packages. */
export function browser(context: Context): Step<string> {
  return {
    name: 'browser',
    title: 'getting Chromium for the tests',
    lock: 'browser',
    check: async () =>
      findBrowser({ variable: VARIABLE, others: [...onPath(NAMES), await playwrightsOwn()] }),
    work: async (report) => {
      await download(context, report);
      const downloaded = await playwrightsOwn();
      if (starts(downloaded)) return downloaded;
      report.step("installing the distribution's Chromium");
      const log = join(context.cache, 'logs', 'browser-apt.log');
      await aptInstall(context, { packages: ['chromium'], otherwise: OTHERWISE, log });
      const installed = onPath(NAMES).find(starts);
      if (installed) return installed;
      throw new SetupError('the installed Chromium does not start', OTHERWISE, log);
    },
  };
}

/** The browser a person chose with this variable, which has to start, or else the first of the others that does. */
export function findBrowser({
  variable,
  others,
  chosen = process.env[variable],
}: {
  variable: string;
  others: string[];
  chosen?: string | undefined;
}): string | undefined {
  if (!chosen) return others.find(starts);
  if (starts(chosen)) return chosen;
  throw new SetupError(
    `${variable} names a program that does not start: ${chosen}`,
    'Set it to the path of the browser, or unset it.',
  );
}

/** Asking for the version loads all its libraries, and opens no window. */
function starts(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** Where Playwright keeps, or would keep, its own. */
async function playwrightsOwn(): Promise<string> {
  const { chromium } = await import('@playwright/test');
  return chromium.executablePath();
}

/** Tries Playwright's download. Does not reject when that fails, because the distribution has one too. */
async function download({ root, cache, interrupt }: Context, report: StepReport): Promise<void> {
  report.step("downloading Playwright's Chromium");
  const log = join(cache, 'logs', 'browser-download.log');
  const silence = new AbortController();
  let size = -1;
  let since = Date.now();
  const watch = setInterval(() => {
    const now = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) since = Date.now();
    size = now;
    if (Date.now() - since > SILENCE_MS) silence.abort(new Error('no answer in time'));
  }, 1000);
  try {
    const status = await runCommand(
      join(root, 'node_modules', '.bin', 'playwright'),
      ['install', '--no-shell', 'chromium'],
      {
        cwd: root,
        signal: AbortSignal.any([interrupt.signal, silence.signal]),
        env: { ...process.env, PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: '8000' },
        log,
      },
    );
    if (status !== 0) report.step(`Playwright's download failed (log: ${log})`);
  } catch {
    interrupt.signal.throwIfAborted();
    report.step("Playwright's download is out of reach");
  } finally {
    clearInterval(watch);
  }
}
