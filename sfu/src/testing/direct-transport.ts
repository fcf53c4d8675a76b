import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { onTestFinished } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';

/** A router on a real worker of its own, which ends with the test. */
export async function openRouter(): Promise<types.Router> {
  const workerBin = findWorker();
  const worker = await createWorker({ logLevel: 'none', ...(workerBin ? { workerBin } : {}) });
  onTestFinished(() => worker.close());
  return worker.createRouter({ mediaCodecs });
}

/** A way into a real worker for packets that a test makes itself; the worker ends with the test. */
export async function openDirectTransport(): Promise<types.DirectTransport> {
  const router = await openRouter();
  return router.createDirectTransport();
}
