import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

/** The rule by which every door lets somebody publish: who has the key of a stream may, or claims a free ID. */
export class PublishAccess {
  readonly #streams: Streams;
  readonly #wrongKeys = new RateLimiter(rateLimits.wrongKey);
  readonly #claims = new RateLimiter(rateLimits.createStream);

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /**
   * The stream to publish to.
   *
   * @param who the address that asks, which only rate limits see
   * @throws MeshliftError `RATE_LIMITED`, and see `Streams.claim`
   */
  async streamFor(who: string, streamId: string, publishKey: string): Promise<Stream> {
    const own = await this.#wrongKeys.countFailures(who, () => this.#streams.findOwn(streamId, publishKey));
    if (own) return own;
    // A claim makes a stream, which may then stay for a while with nobody publishing to it.
    await this.#claims.take(who);
    return this.#wrongKeys.countFailures(who, () => this.#streams.claim(streamId, publishKey));
  }
}
