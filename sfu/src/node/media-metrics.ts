import { Gauge, type Registry } from '@meshlift/telemetry';
import type { Relay } from '../media/relay.ts';
import type { WorkerPool } from '../workers/worker-pool.ts';

/** Registers what an operator watches of the media: load, audience, and whether anything is left behind. */
export function registerMediaMetrics(
  registry: Registry,
  pool: WorkerPool,
  relays: () => Promise<Relay[]>,
): void {
  const registers = [registry];
  const sum = async (count: (relay: Relay) => number) =>
    (await relays()).reduce((total, relay) => total + count(relay), 0);
  new Gauge({
    name: 'meshlift_worker_utilisation',
    help: 'Share of one core that each worker uses, smoothed over some seconds',
    labelNames: ['worker'],
    registers,
    collect() {
      for (const { index, load } of pool.workers) this.set({ worker: index }, load.utilisation);
    },
  });
  new Gauge({
    name: 'meshlift_worker_viewers',
    help: 'Viewers that each worker serves',
    labelNames: ['worker'],
    registers,
    collect() {
      for (const { index, viewers } of pool.workers) this.set({ worker: index }, viewers);
    },
  });
  new Gauge({
    name: 'meshlift_worker_predicted_delay_seconds',
    help: 'How long after a picture came each worker sends its last packet to its last viewer, as placement predicts',
    labelNames: ['worker'],
    registers,
    collect() {
      for (const worker of pool.workers) {
        for (const { traffic } of worker.fanouts) traffic.sample();
        this.set({ worker: worker.index }, worker.predictedDelay / 1_000);
      }
    },
  });
  new Gauge({
    name: 'meshlift_worker_deaths_total',
    help: 'Workers that died and were replaced since the start',
    registers,
    collect() {
      this.set(pool.deaths);
    },
  });
  new Gauge({
    name: 'meshlift_relays',
    help: 'Relays: one for each published stream, and for each room whose media is relayed',
    registers,
    collect: async function () {
      this.set((await relays()).length);
    },
  });
  new Gauge({
    name: 'meshlift_edges',
    help: 'Edge routers, each fed through one pipe, over all relays',
    registers,
    collect: async function () {
      this.set(await sum((relay) => relay.edgeCount));
    },
  });
  new Gauge({
    name: 'meshlift_sessions',
    help: 'Open media sessions: each holds one WebRTC transport',
    labelNames: ['role'],
    registers,
    collect: async function () {
      this.set({ role: 'ingest' }, await sum((relay) => relay.ingestCount));
      this.set({ role: 'viewer' }, await sum((relay) => relay.viewerCount));
    },
  });
}
