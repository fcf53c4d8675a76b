import { type ErrorCode, type FailedPath, MeshliftError } from '@meshlift/protocol';
import { Counter, type Logger, type Registry } from '@meshlift/telemetry';
import { customAlphabet } from 'nanoid';
import type { Session } from './session.ts';

/** Short enough to be read out, without letters and digits that are taken for each other. */
const newReference = customAlphabet('23456789ABCDEFGHJKMNPQRSTVWXYZ', 6);

const message: Record<FailedPath['silent'], string> = {
  signaling: 'no media path came about: the client has not said how it connects',
  ice: 'no media path came about: nothing that the client sent has arrived at the media ports; is the announced address right, and are the ports open?',
  dtls: 'no media path came about: the client was heard, but did not finish the DTLS handshake',
  media:
    'no media path came about: the path is connected, but no media gets through; does the publisher send, and does the network carry packets of 1,200 bytes?',
};

/** Tells the operator of media paths that never came about: in the log, and in a metric that an alert can go by. */
export class PathFailures {
  readonly #logger: Logger;
  readonly #failed: Counter<'role' | 'code'>;

  constructor(logger: Logger, registry: Registry) {
    this.#logger = logger;
    this.#failed = new Counter({
      name: 'meshlift_paths_failed_total',
      help: 'Media paths that never came about, by the role of the client and the code it was told',
      labelNames: ['role', 'code'],
      registers: [registry],
    });
    // A counter that only appears with its first failure has, to Prometheus, never increased.
    for (const role of ['publisher', 'viewer']) {
      for (const code of ['TRANSPORT_TIMEOUT', 'MEDIA_MISSING']) this.#failed.inc({ role, code }, 0);
    }
  }

  /**
   * @param session whose path it was; `undefined` when it is over already
   * @returns what the client is told; its reference stands in the log
   */
  report(session: Session | undefined, code: ErrorCode, { role, silent }: FailedPath): MeshliftError {
    const error = new MeshliftError(code, undefined, { reference: newReference() });
    // Who closed the page meanwhile has stopped trying.
    if (session && !session.client) return error;
    this.#failed.inc({ role, code });
    const { reference } = error;
    this.#logger.warn({ role, ...session?.owner.logFields, code, silent, reference }, message[silent]);
    return error;
  }
}
