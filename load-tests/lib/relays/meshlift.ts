import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { heapOf } from './heap.ts';
import { openRelay } from './open-relay.ts';
import type { Ingest, RelayOptions, RelayUnderTest } from './relay.ts';

const MAIN = fileURLToPath(new URL('../../../signaling/src/main.ts', import.meta.url));

/** As `npm start` and the image run it. */
const FLAGS = ['--max-semi-space-size=4'];

const createdSchema = z.object({ streamId: z.string(), publishKey: z.string() });

/** Meshlift as an operator runs it, on ports that are free, with one stream. */
export interface Meshlift extends RelayUnderTest {
  readonly url: string;
  readonly streamId: string;
  /** All it counts of itself, as Prometheus reads it. */
  metrics(): Promise<string>;
  /** One of those: the sum over its labels. */
  metric(name: string): Promise<number>;
  /** Bytes that its Node.js process holds after a collection of garbage; of a server that is `inspected`. */
  heap(): Promise<number>;
}

/**
 * @param options.env more of its configuration
 * @param options.inspected whether its heap can be measured, which takes an inspector on the loopback
 */
export function startMeshlift({
  core,
  workers = 1,
  env = {},
  inspected = false,
}: RelayOptions & { env?: Record<string, string>; inspected?: boolean } = {}): Promise<Meshlift> {
  return openRelay(
    {
      name: 'meshlift',
      command: [process.execPath, ...FLAGS, ...(inspected ? ['--inspect=127.0.0.1:0'] : []), MAIN],
      core,
      env: {
        MESHLIFT_HOST: '127.0.0.1',
        MESHLIFT_PORT: '0',
        MESHLIFT_METRICS_PORT: '0',
        MESHLIFT_RTC_PORT: '0',
        MESHLIFT_WORKERS: String(workers),
        MESHLIFT_LOG_LEVEL: 'warn',
        NODE_ENV: 'production',
        ...env,
      },
      ready: /ready after [\d.]+ s: http:\/\/localhost:(\d+)[\s\S]*metrics are on port (\d+)/,
    },
    async ([, port, metricsPort], server) => {
      const url = `http://127.0.0.1:${port}`;
      const metrics = async () => (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const created = await fetch(`${url}/api/streams`, { method: 'POST' });
      const { streamId, publishKey } = createdSchema.parse(await created.json());
      const ingest: Ingest = { kind: 'whip', url: `${url}/whip/${streamId}`, key: publishKey };
      const doors: Meshlift['doors'] = [
        { kind: 'whep', url: `${url}/whep/${streamId}` },
        { kind: 'plugin', server: url, streamId },
      ];
      const metric = async (name: string) => sumOf(await metrics(), name);
      return { url, streamId, ingest, doors, metrics, metric, heap: () => heapOf(server.output) };
    },
  );
}

/** The sum of a metric over its labels. */
export function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
