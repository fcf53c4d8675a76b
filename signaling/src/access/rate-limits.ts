import { MeshliftError } from '@meshlift/protocol';
import { pseudonyms } from '@meshlift/telemetry';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

/** How often an address may do something. Generous: a whole school may sit behind one address. */
export interface RateLimit {
  times: number;
  perSeconds: number;
}

export const rateLimits = {
  createStream: { times: 60, perSeconds: 60 },
  /** To join one that is there is not limited. After a restart a whole school brings its rooms back. */
  createRoom: { times: 240, perSeconds: 60 },
  connect: { times: 3_000, perSeconds: 60 },
  /** Connections of which nobody knows yet whether a client of ours opens them. */
  handshake: { times: 6_000, perSeconds: 60 },
  wrongKey: { times: 30, perSeconds: 60 },
  /** Of one connection, not of one address. */
  request: { times: 100, perSeconds: 5 },
} as const satisfies Record<string, RateLimit>;

const pseudonymOf = (address: string) => pseudonyms.of('address', address);

/** Counts what each address does, under the address's pseudonym: the address itself is not kept (V3). */
export class RateLimiter {
  readonly #limiter: RateLimiterMemory;
  readonly #nameOf: (who: string) => string;

  /** @param nameOf under what name somebody is counted; for those who are told apart by something else */
  constructor({ times, perSeconds }: RateLimit, nameOf: (who: string) => string = pseudonymOf) {
    this.#limiter = new RateLimiterMemory({ points: times, duration: perSeconds });
    this.#nameOf = nameOf;
  }

  /** @throws MeshliftError `RATE_LIMITED` */
  async take(who: string): Promise<void> {
    try {
      await this.#limiter.consume(this.#nameOf(who));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      const seconds = Math.ceil(refused.msBeforeNext / 1_000);
      throw new MeshliftError('RATE_LIMITED', `Too many requests. Try again in ${seconds} s.`, {
        retryAfter: seconds,
      });
    }
  }

  /**
   * Runs something that a wrong key makes fail. Only failures count, so that guessing has an end.
   *
   * @throws what the work throws, or MeshliftError `RATE_LIMITED` when it has failed too often
   */
  async countFailures<T>(who: string, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.take(who);
      throw error;
    }
  }
}
