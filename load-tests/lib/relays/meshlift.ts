import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ProcessGroup } from '../machine/process-group.ts';
import type { RelayOptions, RelayUnderTest } from './relay.ts';
import { ServerProcess } from './server-process.ts';

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
}

/** @param options.env more of its configuration */
export async function startMeshlift({
  core,
  workers = 1,
  env = {},
}: RelayOptions & { env?: Record<string, string> } = {}): Promise<Meshlift> {
  const group = ProcessGroup.create('meshlift');
  try {
    const { server, said } = await ServerProcess.start([process.execPath, ...FLAGS, MAIN], {
      group,
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
    });
    const url = `http://127.0.0.1:${said[1]}`;
    const metrics = async () => (await fetch(`http://127.0.0.1:${said[2]}/metrics`)).text();
    const created = await fetch(`${url}/api/streams`, { method: 'POST' });
    const { streamId, publishKey } = createdSchema.parse(await created.json());
    return {
      name: 'meshlift',
      group,
      url,
      streamId,
      ingest: { kind: 'whip', url: `${url}/whip/${streamId}`, key: publishKey },
      doors: [
        { kind: 'whep', url: `${url}/whep/${streamId}` },
        { kind: 'plugin', server: url, streamId },
      ],
      metrics,
      metric: async (name) => sumOf(await metrics(), name),
      stop: async () => {
        await server.stop();
        await group.close();
      },
    };
  } catch (error) {
    await group.close();
    throw error;
  }
}

/** The sum of a metric over its labels. */
export function sumOf(metrics: string, name: string): number {
  return metrics
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
}
