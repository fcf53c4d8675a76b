import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from '../../client-plugin/e2e/support/fixtures.ts';

const run = promisify(execFile);

/** Prints what a server says of itself to Prometheus. */
const PRINT_METRICS = 'fetch("http://127.0.0.1:9091/metrics").then((r) => r.text()).then(console.log)';

/** As the operator has it: `COMPOSE_FILE` says which. */
async function compose(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', ['compose', ...args]);
  return stdout.trim();
}

/** The value of a metric at each door, summed over its labels. */
export async function atEachDoor(metric: string): Promise<number[]> {
  const doors = (await compose('ps', '-q', 'signaling')).split('\n');
  return Promise.all(
    doors.map(async (door) => {
      const { stdout } = await run('docker', ['exec', door, 'node', '-e', PRINT_METRICS]);
      const values = [...stdout.matchAll(new RegExp(`^${metric}(?:{.*})? (.+)$`, 'gm'))];
      return values.reduce((sum, [, value]) => sum + Number(value), 0);
    }),
  );
}

/** Starts one more media node, in a region. Resolves with its container when all doors know it. */
export async function addMediaNode(region: string): Promise<string> {
  const [before = 0, ...others] = await atEachDoor('meshlift_cluster_nodes');
  const container = await compose('run', '--detach', '--no-deps', '-e', `MESHLIFT_REGION=${region}`, 'sfu');
  const all = [before, ...others].map(() => before + 1);
  await expect.poll(() => atEachDoor('meshlift_cluster_nodes'), { timeout: 60_000 }).toEqual(all);
  return container;
}

/** Ends a container without warning, and for good. */
export async function kill(container: string): Promise<void> {
  await run('docker', ['rm', '--force', container]);
}
