import { type ErrorBody, MeshliftError } from '@meshlift/protocol';
import { Histogram, type Logger, type Registry } from '@meshlift/telemetry';
import type { Socket } from 'socket.io';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { RequestRouter } from './request-router.ts';
import { isRequest, parsePayload, withinTime } from './requests.ts';
import type { SocketConnection } from './socket-connection.ts';

/** A connection is closed after this many messages that are none of the protocol's. */
const MOST_BAD_MESSAGES = 20;

type Ack = (answer: { data: unknown } | ErrorBody) => void;

/**
 * The door every message of a client comes through. A message that names no request, does not have the
 * request's form or comes too often is answered with a coded error and reaches no handler, here or elsewhere. The connection
 * is kept, until it has sent 20 such messages.
 */
export class Dispatcher {
  readonly #router: RequestRouter;
  readonly #logger: Logger;
  /** By the socket's id, which is made up here and says nothing of anybody: a pseudonym would only cost time. */
  readonly #rate = new RateLimiter(rateLimits.request, (socketId) => socketId);
  readonly #seconds: Histogram<'request' | 'code'>;

  constructor(router: RequestRouter, logger: Logger, registry: Registry) {
    this.#router = router;
    this.#logger = logger;
    this.#seconds = new Histogram({
      name: 'meshlift_request_seconds',
      help: 'Time to answer a request of a socket, by its name and the code of its answer',
      labelNames: ['request', 'code'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    });
  }

  /** Takes the messages of a socket from now on. */
  serve(socket: Socket, connection: SocketConnection): void {
    let badMessages = 0;
    socket.onAny(async (name: unknown, ...args: unknown[]) => {
      const ack = args.at(-1);
      const answerable = typeof ack === 'function';
      const startedAt = performance.now();
      try {
        await this.#rate.take(socket.id);
        const data = await this.#handle(connection, name, answerable ? args.slice(0, -1) : args, answerable);
        this.#observe(name, 'OK', startedAt);
        if (answerable) (ack as Ack)({ data });
      } catch (thrown) {
        const error = MeshliftError.from(thrown);
        this.#observe(name, error.code, startedAt);
        if (error.code === 'INTERNAL') this.#logger.error({ err: thrown, request: name }, 'request failed');
        if (answerable) (ack as Ack)(connection.errorBody(error));
        if (error.code === 'BAD_REQUEST' || error.code === 'UNKNOWN_REQUEST') badMessages += 1;
        if (badMessages >= MOST_BAD_MESSAGES) socket.disconnect(true);
      }
    });
  }

  async #handle(
    connection: SocketConnection,
    name: unknown,
    args: unknown[],
    answerable: boolean,
  ): Promise<unknown> {
    if (!isRequest(name)) throw new MeshliftError('UNKNOWN_REQUEST');
    if (!answerable) throw new MeshliftError('BAD_REQUEST', 'A request needs an acknowledgement.');
    if (args.length !== 1) throw new MeshliftError('BAD_REQUEST', 'A request has one payload.');
    return withinTime(this.#router.carryOut(connection, name, parsePayload(name, args[0])));
  }

  #observe(name: unknown, code: string, startedAt: number): void {
    const request = isRequest(name) ? name : 'unknown';
    this.#seconds.observe({ request, code }, (performance.now() - startedAt) / 1_000);
  }
}
