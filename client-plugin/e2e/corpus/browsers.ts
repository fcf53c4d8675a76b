import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { OfferRun, ProgramRun } from './offer-run.ts';

interface Browser {
  program: string;
  command: string;
  /** @param profile an empty folder, which is removed afterwards */
  args(profile: string): string[];
  /** What has to lie in the profile, by the files' names. */
  files?: Record<string, string>;
}

const CHROMIUM: Browser = {
  program: 'chromium',
  command: process.env.MESHLIFT_CHROMIUM ?? '/usr/bin/chromium',
  args: (profile) => [
    ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', `--user-data-dir=${profile}`],
    ...['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'],
  ],
};

const FIREFOX: Browser = {
  program: 'firefox',
  command: '/usr/bin/firefox-esr',
  args: (profile) => ['--headless', '--no-remote', '--profile', profile],
  files: {
    'user.js': ['media.navigator.permission.disabled', 'media.navigator.streams.fake']
      .map((preference) => `user_pref('${preference}', true);\n`)
      .join(''),
  },
};

/** The script of the page that makes the offers. */
async function bundlePage(): Promise<string> {
  const entry = fileURLToPath(new URL('./browser-offers.ts', import.meta.url));
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['es'] } },
  });
  const [bundle] = Array.isArray(result) ? result : [result];
  const chunk = bundle && 'output' in bundle ? bundle.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error('the page could not be built');
  return chunk.code;
}

/** What a browser offers, each time it is asked differently; undefined where there is no such browser. */
async function runBrowser(browser: Browser, script: string): Promise<ProgramRun | undefined> {
  const asked = spawnSync(browser.command, ['--version'], { encoding: 'utf8' });
  if (asked.status !== 0) return undefined;
  const version = /[\d.]+\w*/.exec(asked.stdout)?.[0] ?? '';
  const offers: OfferRun[] = [];
  const server = createServer(async (request, response) => {
    if (request.url === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><meta charset="utf-8"><script type="module">${script}</script>`);
      return;
    }
    const body = await text(request);
    response.end();
    if (request.url === '/done') server.emit('done');
    if (request.url !== '/offer') return;
    const made = JSON.parse(body) as OfferRun & { error?: string };
    if (made.error) console.log(`${browser.program} cannot offer ${made.what}: ${made.error}`);
    else offers.push(made);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const profile = await mkdtemp(join(tmpdir(), 'meshlift-corpus-'));
  for (const [name, content] of Object.entries(browser.files ?? {})) {
    await writeFile(join(profile, name), content);
  }
  const { port } = server.address() as AddressInfo;
  const args = [...browser.args(profile), `http://127.0.0.1:${port}/`];
  const child = spawn(browser.command, args, { stdio: 'ignore' });
  try {
    await once(server, 'done', { signal: AbortSignal.timeout(120_000) });
  } finally {
    child.kill();
    await once(child, 'exit');
    server.closeAllConnections();
    server.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
  return { program: browser.program, version, offers };
}

/** The offers of Chromium, and of Firefox where it is installed. */
export async function runBrowsers(): Promise<ProgramRun[]> {
  const script = await bundlePage();
  const runs: ProgramRun[] = [];
  for (const browser of [CHROMIUM, FIREFOX]) {
    const run = await runBrowser(browser, script);
    if (run) runs.push(run);
    else console.log(`${browser.program} is not installed: its offers stay as they are`);
  }
  return runs;
}
