import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { describe, expect, test, vi } from 'vitest';
import { type AtEnd, directoryContract } from './directory.contract.ts';
import type { Directory } from './directory.ts';
import { Names } from './names.ts';
import { Seal } from './seal.ts';
import { natsCluster } from './testing/nats-cluster.ts';
import { natsServerPath } from './testing/nats-process.ts';
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

  test('a stranger who can write to NATS takes nothing from its owner and adds no node', async ({
    onTestFinished,
  }) => {
    const { server, join } = await natsCluster(onTestFinished);
    const [a, b] = [await join(), await join()];
    const claimed = await a.directory.claim('streams', stream, { state: 'live' });
    if (!('claim' in claimed)) throw new Error('not claimed');
    const connection = await connect({ servers: [`127.0.0.1:${server.port}`] });
    onTestFinished(() => connection.close());
    const stranger = new Kvm(connection);
    const [nodes, streams] = [await stranger.open('meshlift_nodes'), await stranger.open('meshlift_streams')];
    const written = (await streams.get(stream))?.string() ?? '';
    const forged = written
      .replace(a.directory.id, b.directory.id)
      .replace('"generation":1', '"generation":99');
    expect(forged).not.toBe(written);
    const owner = async () => (await b.directory.find('streams', stream).catch(() => undefined))?.owner;

    for (const attack of [
      () => streams.put(stream, forged),
      () => streams.put(stream, 'garbage'),
      () => streams.delete(stream),
      () => streams.purge(stream),
    ]) {
      const before = a.directory.holds('streams', stream)?.generation ?? 0;
      await attack();
      await until(() => (a.directory.holds('streams', stream)?.generation ?? 0) > before);
      await until(async () => (await owner()) === a.directory.id);
    }
    // What it has recorded it can put back; the owner has a higher generation by now.
    await streams.put(stream, written);
    await until(
      async () => ((await b.directory.find('streams', stream).catch(() => undefined))?.generation ?? 0) > 5,
    );
    expect(await owner()).toBe(a.directory.id);
    expect([a.lost, b.lost]).toEqual([[], []]);

    const announced = (await nodes.get(a.directory.id))?.string() ?? '';
    await nodes.put('node-forged', announced.replaceAll(a.directory.id, 'node-forged'));
    await nodes.put('node-copied', announced);
    await b.directory.announce({ load: 0.25 });
    await until(() => a.directory.nodes.some(({ load }) => load === 0.25));
    expect(a.directory.nodes.map(({ id }) => id).sort()).toEqual([a.directory.id, b.directory.id].sort());
  });

  test('while the key is rotated server by server all know each other and find what each owns', async ({
    onTestFinished,
  }) => {
    const { join } = await natsCluster(onTestFinished);
    const [old, fresh] = [randomBytes(32), randomBytes(32)];
    const joinWith = async (keys: Uint8Array[]) => {
      const seal = new Seal(keys);
      const { store, directory, log, bus } = await join({}, seal);
      const names = await Names.join({ store, seal, directory, log });
      onTestFinished(() => names.close());
      bus.serve(`node.${directory.id}`, () => 'here');
      await bus.flush();
      return { directory, names, bus };
    };
    const knows = (a: Directory, b: Directory) =>
      a.nodes.some(({ id, unusable }) => id === b.id && !unusable);
    let before = await joinWith([old]);
    const name = before.names.nameOf('streams', 'my-show');
    await before.directory.claim('streams', name, {});
    for (const keys of [[old, fresh], [fresh, old], [fresh]]) {
      const after = await joinWith(keys);
      await until(() => knows(before.directory, after.directory) && knows(after.directory, before.directory));
      expect(await before.bus.request(`node.${after.directory.id}`, {}, { timeoutMs: 5_000 })).toBe('here');
      expect(await after.bus.request(`node.${before.directory.id}`, {}, { timeoutMs: 5_000 })).toBe('here');
      expect(after.names.nameOf('streams', 'my-show')).toBe(name);
      expect(await after.directory.find('streams', name)).toMatchObject({ owner: before.directory.id });
      const claim = before.directory.holds('streams', name);
      if (!claim) throw new Error('it has lost it');
      await before.directory.release(claim);
      expect(await after.directory.claim('streams', name, {})).toHaveProperty('claim');
      await before.directory.close();
      before = after;
    }
    expect(before.directory.holds('streams', name)?.generation).toBe(4);
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
