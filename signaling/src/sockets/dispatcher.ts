import { clientRequests, type ErrorBody, MeshliftError, type RequestName } from '@meshlift/protocol';
import { Histogram, type Logger, type Registry } from '@meshlift/telemetry';
import type { Socket } from 'socket.io';
import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Connection } from './connection.ts';
import type { RequestHandlers } from './handler.ts';

/** A request that takes longer is answered `REQUEST_TIMEOUT`. */
const ANSWER_WITHIN_MS = 10_000;

/** A connection is closed after this many messages that are none of the protocol's. */
const MOST_BAD_MESSAGES = 20;

type Ack = (answer: { data: unknown } | ErrorBody) => void;

/**
 * The door every message of a client comes through. A message that names no request, does not have the
 * request's form or comes too often is answered with a coded error and reaches no handler. The connection
 * is kept, until it has sent 20 such messages.
 */
export class Dispatcher {
  readonly #handlers: RequestHandlers;
  readonly #logger: Logger;
  /** By the socket's id, which is made up here and says nothing of anybody: a pseudonym would only cost time. */
  readonly #rate = new RateLimiter(rateLimits.request, (socketId) => socketId);
  readonly #seconds: Histogram<'request' | 'code'>;

  constructor(handlers: RequestHandlers, logger: Logger, registry: Registry) {
    this.#handlers = handlers;
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
  serve(socket: Socket, connection: Connection): void {
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
    connection: Connection,
    name: unknown,
    args: unknown[],
    answerable: boolean,
  ): Promise<unknown> {
    if (!isRequest(name)) throw new MeshliftError('UNKNOWN_REQUEST');
    if (!answerable) throw new MeshliftError('BAD_REQUEST', 'A request needs an acknowledgement.');
    const parsed = clientRequests[name].payload.safeParse(args[0]);
    if (!parsed.success || args.length !== 1) {
      const where = parsed.error?.issues[0]?.path.join('.') || 'the payload';
      throw new MeshliftError(
        'BAD_REQUEST',
        `The request does not have the expected form, at ${where.slice(0, 100)}.`,
      );
    }
    // The handler of a name takes just what the schema of that name has made.
    const handler = this.#handlers[name] as (connection: Connection, payload: unknown) => Promise<unknown>;
    return withinTime(handler(connection, parsed.data));
  }

  #observe(name: unknown, code: string, startedAt: number): void {
    const request = isRequest(name) ? name : 'unknown';
    this.#seconds.observe({ request, code }, (performance.now() - startedAt) / 1_000);
  }
}

function isRequest(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(clientRequests, name);
}

async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MeshliftError('REQUEST_TIMEOUT')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
