import { fileURLToPath } from 'node:url';
import { ProcessGroup } from '../machine/process-group.ts';
import type { RelayOptions, RelayUnderTest } from './relay.ts';
import { ServerProcess } from './server-process.ts';

const PROGRAM = fileURLToPath(new URL('raw-relay.ts', import.meta.url));

/**
 * mediasoup's worker and nothing else: what Meshlift could be at best, as it stands on it. It is the same binary
 * with the same transports, and one router whose payload type is the viewers' own, so that packets make no second
 * hop. There is one worker, whatever number is asked for. Its group also has the Node.js process that the worker
 * needs to be told anything; once the viewers are in, that one has nothing to do and uses next to nothing.
 */
export async function startRaw({ core }: RelayOptions = {}): Promise<RelayUnderTest> {
  const group = ProcessGroup.create('raw');
  try {
    const { server, said } = await ServerProcess.start([process.execPath, PROGRAM], {
      group,
      core,
      ready: /listening on (\d+)/,
    });
    const at = `http://127.0.0.1:${said[1]}`;
    return {
      name: 'raw',
      group,
      ingest: { kind: 'whip', url: `${at}/whip`, key: 'any' },
      doors: [{ kind: 'whep', url: `${at}/whep` }],
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
