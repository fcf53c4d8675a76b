import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { version } from 'mediasoup';
import type { Machine } from '../result.ts';

const GIB = 2 ** 30;

/** What a figure depends on, and nothing that says whose machine it is. */
export function machineFacts(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() || 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / GIB) * 10) / 10,
    kernel: release(),
    node: process.version,
    mediasoup: version,
  };
}

/** What a run writes itself is no change of what is measured. */
const OWN = [':!load-tests/reference', ':!load-tests/README.md'];

/** The commit that is checked out; with `+` behind it when something was changed and not committed. */
export function commitOf(root: string): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const head = git('rev-parse', '--short', 'HEAD');
  if (head.status !== 0) return 'unknown';
  const changes = git('status', '--porcelain', '--', '.', ...OWN);
  return `${head.stdout.trim()}${changes.status === 0 && changes.stdout === '' ? '' : '+'}`;
}
