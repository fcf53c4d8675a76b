import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Logger } from '@meshlift/telemetry';
import { canBeAnnounced } from './announced-address.ts';

/** How often names are resolved again. A dynamic address that changes is announced this much later at most. */
const RESOLVE_EVERY_MS = 60_000;

/** More would only cost browsers time: each address becomes two ICE candidates. */
const MOST_ADDRESSES = 8;

/** The addresses of a name. @throws when there are none */
type Resolve = (name: string) => Promise<string[]>;

const bySystem: Resolve = async (name) =>
  (await lookup(name, { all: true, order: 'ipv4first' })).map(({ address }) => address);

/**
 * The addresses that browsers are told. Names are resolved at the start and once a minute after that, because
 * browsers may ignore candidates with a name (RFC 8839, section 5.1).
 */
export class AnnouncedAddresses {
  readonly #given: readonly string[];
  readonly #logger: Logger;
  readonly #resolve: Resolve;
  #current: readonly string[] = [];
  #timer: NodeJS.Timeout | undefined;
  #failed = false;

  /**
   * @param given IP addresses and host names, the most preferred first
   * @param options.resolve @default the system's resolver
   * @param options.everyMs how often to resolve names again. @default a minute
   * @throws Error that names what does not resolve, or resolves to nothing that other machines can reach
   */
  static async create(
    given: readonly string[],
    options: { logger: Logger; resolve?: Resolve; everyMs?: number },
  ): Promise<AnnouncedAddresses> {
    const addresses = new AnnouncedAddresses(given, options.logger, options.resolve ?? bySystem);
    addresses.#current = await addresses.#resolveAll();
    if (given.some((text) => isIP(text) === 0)) {
      addresses.#timer = setInterval(() => void addresses.#again(), options.everyMs ?? RESOLVE_EVERY_MS);
      addresses.#timer.unref();
    }
    return addresses;
  }

  private constructor(given: readonly string[], logger: Logger, resolve: Resolve) {
    this.#given = given;
    this.#logger = logger;
    this.#resolve = resolve;
  }

  /** As they are now; empty when this machine's own addresses are announced. */
  get current(): readonly string[] {
    return this.#current;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** What does not resolve for a while leaves the addresses that it had. */
  async #again(): Promise<void> {
    try {
      const addresses = await this.#resolveAll();
      const changed = addresses.join() !== this.#current.join();
      this.#current = addresses;
      if (changed)
        this.#logger.info('MESHLIFT_ANNOUNCED_ADDRESS resolves to other addresses; new sessions use them');
      this.#failed = false;
    } catch (error) {
      if (!this.#failed)
        this.#logger.warn(
          { err: error },
          'MESHLIFT_ANNOUNCED_ADDRESS does not resolve any more; the addresses it had are kept',
        );
      this.#failed = true;
    }
  }

  async #resolveAll(): Promise<string[]> {
    const addresses = await Promise.all(this.#given.map((text) => this.#addressesOf(text)));
    return [...new Set(addresses.flat())].slice(0, MOST_ADDRESSES);
  }

  async #addressesOf(text: string): Promise<string[]> {
    if (isIP(text) > 0) return [text];
    const found = await this.#resolve(text).catch((error: unknown) => {
      throw new Error(
        `MESHLIFT_ANNOUNCED_ADDRESS has the name ${text}, which does not resolve to an address. Browsers need addresses: set one, or correct the name or this machine's DNS.`,
        { cause: error },
      );
    });
    const reachable = found.filter(canBeAnnounced);
    if (reachable.length > 0) return reachable;
    throw new Error(
      `MESHLIFT_ANNOUNCED_ADDRESS has the name ${text}, which resolves to ${found.join(', ') || 'nothing'}: no other machine reaches this one by that. Set an address.`,
    );
  }
}
