import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall } from '../lib/apt.ts';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import { SetupError } from '../lib/setup-error.ts';
import { hashFiles } from '../lib/stamp.ts';
import type { Step } from '../lib/step.ts';

/** Of Debian and Ubuntu: a Go compiler, and pion as a library. */
const PACKAGES = ['golang-go', 'golang-github-pion-webrtc.v3-dev'];
const OTHERWISE =
  'Use Debian 12 or later, whose packages golang-go and golang-github-pion-webrtc.v3-dev have what is needed.';

/** Where distributions put Go libraries. */
const LIBRARIES = '/usr/share/gocode';
const WEBRTC = join('src', 'github.com', 'pion', 'webrtc');

/** A WHEP player built on pion, for the tests with native programs: its value is the program's path. */
export function pion(context: Context): Step<string> {
  const source = join(context.root, 'client-plugin', 'e2e', 'native', 'pion', 'player.go');
  const folder = join(context.cache, 'pion', hashFiles(context.root, [source]).slice(0, 12));
  const player = join(folder, 'player');
  const find = () => (existsSync(player) ? player : undefined);
  return {
    name: 'pion',
    title: 'building a player on pion for the tests with native programs',
    lock: 'pion',
    check: find,
    work: async () => {
      const isInstalled = () => onPath(['go']).length > 0 && existsSync(join(LIBRARIES, WEBRTC));
      if (!isInstalled()) {
        const log = join(context.cache, 'logs', 'pion-apt.log');
        await aptInstall(context, { packages: PACKAGES, otherwise: OTHERWISE, log });
      }
      const log = join(context.cache, 'logs', 'pion-build.log');
      const status = await build(context, { source, folder, player, log });
      if (status === 0 && find()) return player;
      throw new SetupError(`go build ended with status ${status}`, OTHERWISE, log);
    },
  };
}

async function build(
  { cache, root, interrupt }: Context,
  { source, folder, player, log }: { source: string; folder: string; player: string; log: string },
): Promise<number | null> {
  // The distribution's library lies where its import path has no version.
  const path = join(cache, 'pion', 'path');
  const versioned = join(path, WEBRTC, 'v3');
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, WEBRTC), { recursive: true });
  if (!existsSync(join(LIBRARIES, WEBRTC, 'v3'))) symlinkSync(join(LIBRARIES, WEBRTC), versioned);
  mkdirSync(folder, { recursive: true });
  const env = {
    ...process.env,
    GOPATH: `${path}:${LIBRARIES}`,
    GO111MODULE: 'off',
    GOFLAGS: '',
    GOTOOLCHAIN: 'local',
    CGO_ENABLED: '0',
    GOCACHE: join(cache, 'pion', 'build'),
  };
  return runCommand('go', ['build', '-o', player, source], { cwd: root, signal: interrupt.signal, env, log });
}
