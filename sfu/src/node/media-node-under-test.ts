import type { MediaNode } from '@meshlift/protocol';
import { createLogger, createRegistry, type Registry } from '@meshlift/telemetry';
import { onTestFinished } from 'vitest';
import { LocalMediaNode, type LocalMediaNodeOptions } from './local-media-node.ts';

/** A media node as its callers have it, and as it is. */
export interface MediaNodeUnderTest {
  /** What is called: the local node itself, or one that is far from it. */
  node: MediaNode;
  /** The node that does the work, in this process. */
  local: LocalMediaNode;
  /** The local node's metrics. */
  registry: Registry;
}

/** Starts a media node of two workers, unless told otherwise, that ends with the test. */
export type StartMediaNode = (options?: Partial<LocalMediaNodeOptions>) => Promise<MediaNodeUnderTest>;

export const startLocalMediaNode: StartMediaNode = async (options = {}) => {
  const registry = createRegistry();
  const local = await LocalMediaNode.create({
    workers: 2,
    addresses: [{ ip: '127.0.0.1' }],
    rtcPort: 0,
    logger: createLogger('silent'),
    registry,
    ...options,
  });
  onTestFinished(() => local.close());
  return { node: local, local, registry };
};
