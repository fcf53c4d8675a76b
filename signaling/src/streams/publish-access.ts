import { RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Stream } from './stream.ts';
import type { Streams } from './streams.ts';

interface PublishRequest {
  address: string;
  streamId: string;
  publishKey: string;
}

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
   * @param request.address of the client, which only rate limits see
   * @throws MeshliftError `RATE_LIMITED`, and see `Streams.claim`
   */
  async streamFor({ address, streamId, publishKey }: PublishRequest): Promise<Stream> {
    const own = await this.#wrongKeys.countFailures(address, () =>
      this.#streams.findOwn(streamId, publishKey),
    );
    if (own) return own;
    // A claim makes a stream, which may then stay for a while with nobody publishing to it.
    await this.#claims.take(address);
    return this.#wrongKeys.countFailures(address, () => this.#streams.claim(streamId, publishKey));
  }
}
