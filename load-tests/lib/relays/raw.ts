import { fileURLToPath } from 'node:url';
import { openRelay } from './open-relay.ts';
import type { RelayOptions, RelayUnderTest } from './relay.ts';

const PROGRAM = fileURLToPath(new URL('raw-relay.ts', import.meta.url));

/**
 * mediasoup's worker and nothing else: what Meshlift could be at best, as it stands on it. It is the same binary
 * with the same transports, and one router whose payload type is the viewers' own, so that packets make no second
 * hop. There is one worker, whatever number is asked for. Its group also has the Node.js process that the worker
 * needs to be told anything; once the viewers are in, that one has nothing to do and uses next to nothing.
 */
export function startRaw({ core }: RelayOptions = {}): Promise<RelayUnderTest> {
  return openRelay(
    { name: 'raw', command: [process.execPath, PROGRAM], core, ready: /listening on (\d+)/ },
    ([, port]) => {
      const at = `http://127.0.0.1:${port}`;
      return {
        ingest: { kind: 'whip', url: `${at}/whip`, key: 'any' },
        doors: [{ kind: 'whep', url: `${at}/whep` }],
      };
    },
  );
}
