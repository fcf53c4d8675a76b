// Which Node runs this project, and where to get it when the installed one is too old.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The version that stands in for a too old one. Its npm package holds nothing but the program. */
const VERSION = '24.21.0';

/** No newer Node could be had; the message says what a person can do. */
export class NodeUnobtainable extends Error {}

/**
 * Whether this Node runs TypeScript files as they are, which the project needs: 22.18 and later
 * of the 22 line, and 24 on.
 * @param {string} version such as `v20.1.0`
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
  return major >= 24 || (major === 22 && minor >= 18);
}

/**
 * The path of a Node of the pinned version: the cached one, or else installed from the npm
 * registry into the cache.
 * @param {string} cache the cache folder
 * @returns {Promise<string>}
 */
export async function obtainNode(cache) {
  const platform = `${process.platform}-${process.arch}`;
  const folder = join(cache, 'node', `${VERSION}-${platform}`);
  const program = join(folder, 'bin', 'node');
  if (existsSync(program)) return program;

  const started = Date.now();
  console.log(
    `node: this is Node ${process.version}, getting ${VERSION} from the npm registry (once, about 190 MB)`,
  );
  try {
    await mkdir(dirname(folder), { recursive: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NodeUnobtainable(
      `Node ${process.version} is too old, and a newer one cannot be kept: ${why}\nSet MESHLIFT_CACHE_DIR to a folder that can be written, or install Node 22.18 or later (24 is best).`,
    );
  }
  await removeAbandoned(dirname(folder));
  // Beside its destination, so that the complete folder can be renamed into place in one stroke.
  const work = await mkdtemp(`${dirname(folder)}/work-${process.pid}-`);
  try {
    await writeFile(join(work, 'package.json'), '{"private":true}\n');
    const flags = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    // The platform's own package is the program itself; the package `node` would need its install script.
    await npm(['install', '--prefix', work, ...flags, `node-${platform}@${VERSION}`], work);
    try {
      await rename(join(work, 'node_modules', `node-${platform}`), folder);
    } catch (error) {
      // Another setup may have been faster; its result is as good.
      if (!existsSync(program)) throw error;
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  console.log(`node: ready after ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return program;
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
function npm(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const stop = () => child.kill('SIGTERM');
    process.once('SIGINT', stop).once('SIGTERM', stop);
    let said = '';
    child.stdout.on('data', (text) => (said += text));
    child.stderr.on('data', (text) => (said += text));
    const fail = (/** @type {string} */ why) =>
      reject(
        new NodeUnobtainable(
          `Node ${VERSION} could not be installed (${why}), and ${process.version} is too old.\n${said.trimEnd()}\n` +
            'Install Node 22.18 or later (24 is best) yourself, or see that npm reaches its registry, and run this again.',
        ),
      );
    child.once('error', (error) => fail(`npm cannot be started: ${error.message}`));
    child.once('close', (code, signal) => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (code === 0) resolve(undefined);
      else fail(`npm ended with ${signal ?? code}`);
    });
  });
}

/**
 * Removes the working folders of processes that were killed before they could do it.
 * @param {string} dir
 */
async function removeAbandoned(dir) {
  for (const name of await readdir(dir)) {
    const pid = Number(name.match(/^work-(\d+)-/)?.[1] ?? 0);
    if (!pid) continue;
    try {
      process.kill(pid, 0);
    } catch {
      await rm(join(dir, name), { recursive: true, force: true });
    }
  }
}
