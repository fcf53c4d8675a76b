import type { types } from 'mediasoup';
import type { PayloadTypes } from '../rtp/payload-types.ts';
import type { PoolWorker } from '../workers/pool-worker.ts';
import type { Feed } from './feed.ts';
import { OriginFeed } from './origin-feed.ts';
import { PipeFeed } from './pipe-feed.ts';

/**
 * A relay's router on one worker. The origin's receives the ingest; an edge's gets every producer from the origin
 * through one pipe, whatever the number of its viewers, and lives from its first viewer to its last.
 */
export class RelayRouter {
  readonly worker: PoolWorker;
  readonly router: types.Router;
  /** Where it gets producers from. It closes with the router. */
  readonly feed: Feed;

  static async createOrigin(worker: PoolWorker): Promise<RelayRouter> {
    return new RelayRouter(worker, await worker.createRouter(), new OriginFeed());
  }

  /** @param payloadTypes what its viewers expect the codecs to be numbered as */
  static async createEdge(
    worker: PoolWorker,
    origin: RelayRouter,
    payloadTypes?: PayloadTypes,
  ): Promise<RelayRouter> {
    const router = await worker.createRouter(payloadTypes?.mediaCodecs);
    const feed = new PipeFeed({ from: origin.router, to: router, portRange: worker.pipePorts });
    return new RelayRouter(worker, router, feed);
  }

  private constructor(worker: PoolWorker, router: types.Router, feed: Feed) {
    this.worker = worker;
    this.router = router;
    this.feed = feed;
  }

  close(): void {
    this.router.close();
  }
}
