import { createLogger, createRegistry } from '@meshlift/telemetry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePorts, takeTcp, takeUdp } from '../testing/ports.ts';
import { LocalMediaNode, type LocalMediaNodeOptions } from './local-media-node.ts';

describe('media ports of a range', () => {
  async function start(options: Partial<LocalMediaNodeOptions>): Promise<LocalMediaNode> {
    const node = await LocalMediaNode.create({
      workers: 1,
      addresses: [{ ip: '127.0.0.1' }],
      rtcPort: 0,
      logger: createLogger('silent'),
      registry: createRegistry(),
      ...options,
    });
    onTestFinished(() => node.close());
    return node;
  }

  let relays = 0;
  /** The ports that a client is told, of a relay on the least loaded worker. */
  async function told(node: LocalMediaNode): Promise<number[]> {
    relays += 1;
    const relayId = `relay ${relays}`;
    await node.openRelay(relayId);
    const source = { relayId, sessionId: `ingest ${relays}`, sourceId: 'camera' };
    const { transport } = await node.openIngest({ ...source, terms: {} });
    return [...new Set(transport.iceCandidates.map(({ port }) => port))];
  }

  it('are shared by nodes, one port for each worker, until there are no more', async () => {
    const first = await freePorts(4);
    const range = { rtcPort: first, rtcLastPort: first + 3 };
    const [two, one, other] = await Promise.all([
      start({ ...range, workers: 2 }),
      start(range),
      start(range),
    ]);
    const ports = [await told(two), await told(two), await told(one), await told(other)].flat();
    expect(ports.sort()).toEqual([first, first + 1, first + 2, first + 3]);
    const refused = start(range);
    await expect(refused).rejects.toThrow(
      `${first} to ${first + 3} (UDP and TCP) are all in use on 127.0.0.1`,
    );
    await expect(refused).rejects.toThrow(/MESHLIFT_RTC_PORT and MESHLIFT_RTC_LAST_PORT/);
  });

  it.each([
    ['UDP', takeUdp],
    ['TCP', takeTcp],
  ])('are passed over where another program has the same number for %s alone', async (_, take) => {
    const first = await freePorts(2);
    onTestFinished(await take(first));
    const node = await start({ rtcPort: first, rtcLastPort: first + 1 });
    expect(await told(node)).toEqual([first + 1]);
    await expect(start({ rtcPort: first })).rejects.toThrow(`${first} (UDP and TCP) is in use on 127.0.0.1`);
  });

  it('leave nothing of one that was passed over', async () => {
    const first = await freePorts(2);
    const free = await takeTcp(first);
    await start({ rtcPort: first, rtcLastPort: first + 1 });
    free();
    for (const take of [takeUdp, takeTcp]) (await take(first))();
  });

  it('are not gone through for an address that is not of this machine', async () => {
    const first = await freePorts(2);
    // RFC 5737: nobody has it.
    const addresses = [{ ip: '127.0.0.1' }, { ip: '203.0.113.9' }];
    const refused = start({ rtcPort: first, rtcLastPort: first + 1, addresses });
    await expect(refused).rejects.toThrow(
      `port ${first} (UDP and TCP) cannot be opened on 127.0.0.1, 203.0.113.9: address not available`,
    );
    await expect(refused).rejects.toThrow(/MESHLIFT_HOST/);
  });

  describe('after the death of a worker', () => {
    async function killWorker(node: LocalMediaNode): Promise<void> {
      const pids = node.workerPids();
      process.kill(pids[0] as number, 'SIGKILL');
      await expect.poll(() => node.workerPids()).toEqual([]);
    }
    const back = (node: LocalMediaNode) =>
      expect.poll(() => node.workerPids(), { timeout: 5_000 }).toHaveLength(1);

    it('are the same when they are free', async () => {
      const first = await freePorts(3);
      const free = await takeUdp(first);
      const node = await start({ rtcPort: first, rtcLastPort: first + 2 });
      free();
      await killWorker(node);
      await back(node);
      expect(await told(node)).toEqual([first + 1]);
    });

    it('are others when they are not, and clients are told', async () => {
      const first = await freePorts(2);
      const node = await start({ rtcPort: first, rtcLastPort: first + 1 });
      expect(await told(node)).toEqual([first]);
      await killWorker(node);
      onTestFinished(await takeUdp(first));
      await back(node);
      expect(await told(node)).toEqual([first + 1]);
    });
  });
});
