// The commands' entry: `node signaling/setup/run.mjs start|test|load|setup`. Plain JavaScript
// without dependencies, because it runs on any Node from 20 on, before anything is installed.
// Where that Node is too old for the rest, it goes on under a newer one kept in the user's cache.
import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeUnobtainable, obtainNode, runsTypeScript } from './node-runtime.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
// The same rule as in sfu/worker/src/cache.ts.
const cache =
  process.env.MESHLIFT_CACHE_DIR || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'meshlift');

if (runsTypeScript(process.version)) {
  // Whatever is started from here, by its `#!/usr/bin/env node`, gets this same Node.
  putFirstOnPath(dirname(process.execPath));
  const { main } = await import('./setup.ts');
  await main({ root, cache, args: process.argv.slice(2) });
} else {
  try {
    continueUnder(await obtainNode(cache));
  } catch (error) {
    if (!(error instanceof NodeUnobtainable)) throw error;
    console.error(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * Runs this file again under another Node and ends as it ends.
 * @param {string} node its path
 */
function continueUnder(node) {
  putFirstOnPath(dirname(node));
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' });
  const inTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    let told = false;
    process.on(signal, () => {
      // A terminal sends its Ctrl-C to the child as well, and a second one would mean "at once".
      if (told || (signal === 'SIGINT' && inTerminal)) return;
      told = true;
      child.kill(signal);
    });
  }
  child.on('error', (error) => {
    console.error(
      `\nNode cannot be started from ${node}: ${error.message}\nRemove that folder and try again.\n`,
    );
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    if (!signal) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** @param {string} dir */
function putFirstOnPath(dir) {
  process.env.PATH = [
    dir,
    ...(process.env.PATH ?? '').split(delimiter).filter((other) => other !== dir),
  ].join(delimiter);
}
