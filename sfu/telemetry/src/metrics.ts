import { Registry } from 'prom-client';

/**
 * A fresh Prometheus registry. Each part of the server registers the metrics it owns; none may carry a
 * label that names a user, stream, room or address (V6): `allowedLabels` is all there is.
 */
export function createRegistry(): Registry {
  return new Registry();
}

/** The only labels a metric may have; each has a small, fixed set of values. */
export const allowedLabels = new Set([
  'worker',
  'code',
  'request',
  'state',
  'role',
  'mode',
  'kind',
  'le',
  'type',
  'version',
  'revision',
]);

export { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
