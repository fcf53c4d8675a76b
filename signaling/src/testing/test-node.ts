import { LocalMediaNode } from '@meshlift/sfu';
import { createLogger, createRegistry, type Logger, type Registry } from '@meshlift/telemetry';
import { onTestFinished } from 'vitest';

/** A real media node with one worker, for what needs no server around it. Stops when the test is over. */
export async function testNode(): Promise<{ node: LocalMediaNode; logger: Logger; registry: Registry }> {
  const logger = createLogger('silent');
  const registry = createRegistry();
  const addresses = [{ ip: '127.0.0.1' }];
  const node = await LocalMediaNode.create({ workers: 1, addresses, rtcPort: 0, logger, registry });
  onTestFinished(() => node.close());
  return { node, logger, registry };
}
