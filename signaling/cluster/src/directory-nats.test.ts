import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, vi } from 'vitest';
import { type AtEnd, directoryContract } from './directory.contract.ts';
import { Seal } from './seal.ts';
import { natsCluster } from './testing/nats-cluster.ts';
import { natsServerPath } from './testing/nats-server.ts';
import { until } from './testing/until.ts';

const OWNER = fileURLToPath(new URL('testing/owner-process.ts', import.meta.url));
const stream = 'a-stream-name-00000000';

// Most of them wait for a lease to expire.
vi.setConfig({ maxConcurrency: 30 });

describe.skipIf(!natsServerPath).concurrent('over NATS', () => {
  directoryContract('over NATS', (atEnd) => natsCluster(atEnd));

  test('a process that was stopped and replaced answers nothing before it knows', async ({
    onTestFinished,
  }) => {
    const { owner, other, ask } = await stopped(onTestFinished);
    await until(async () => 'claim' in (await other.directory.claim('streams', stream, {})));
    owner.kill('SIGCONT');
    expect(await ask()).toBe('lost');
    expect(owner.said).toContain('lost');
    expect(owner.said).not.toContain('answers owned');
    expect(other.lost).toEqual([]);
  });

  test('a process that was stopped a little longer than its lease keeps what it owns', async ({
    onTestFinished,
  }) => {
    const { owner, other, ask } = await stopped(onTestFinished);
    await until(() => other.directory.nodes.length === 1);
    expect(await other.directory.isGone('owner-process')).toBe(false);
    expect(await other.directory.claim('streams', stream, {})).toMatchObject({
      heldBy: { owner: 'owner-process' },
    });
    owner.kill('SIGCONT');
    expect(await ask()).toBe('owned');
    await until(() => other.directory.nodes.length === 2);
  });

  /** An owner of the stream in a process of its own, stopped, and another node. */
  async function stopped(atEnd: AtEnd) {
    const key = randomBytes(32);
    const cluster = await natsCluster(atEnd, { seal: new Seal([key]) });
    const other = await cluster.join();
    const child = spawn(process.execPath, [OWNER, String(cluster.server.port), key.toString('hex'), stream]);
    atEnd(() => void child.kill('SIGKILL'));
    const said: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(...chunk.toString().trim().split('\n')));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    await until(() => said.includes('claimed'));
    await until(() => other.directory.nodes.length === 2);
    child.kill('SIGSTOP');
    const ask = async (): Promise<unknown> => {
      for (;;) {
        try {
          return await other.bus.request('owner', {}, { timeoutMs: 10_000 });
        } catch (error) {
          // It may be connecting again.
          expect(error).toMatchObject({ status: 503 });
        }
      }
    };
    return { owner: { said, kill: (signal: NodeJS.Signals) => child.kill(signal) }, other, ask };
  }
});
