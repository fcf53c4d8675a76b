import type { IncomingMessage } from 'node:http';
import type { Logger } from '@meshlift/telemetry';
import type { Config } from '../config/config.ts';

type Name = 'for' | 'proto' | 'host' | 'port' | 'prefix';

type Asked = Pick<IncomingMessage, 'headers'>;

/**
 * What the outermost of the trusted proxies says of a request by an `X-Forwarded-*` header. A proxy that adds to what
 * it was sent has its own word at the end; one that writes over it leaves a single one. Whatever stands further left
 * may be the client's invention.
 *
 * @returns `undefined` where no proxy is trusted, or the header is not there
 */
export function forwardedBy(request: Asked, name: Name, trustedProxies: number): string | undefined {
  if (trustedProxies === 0) return undefined;
  const values = String(request.headers[`x-forwarded-${name}`] ?? '').split(',');
  return (values.at(-trustedProxies) ?? values.at(0))?.trim() || undefined;
}

/** Whom a request is from: the peer, or the one that the outermost trusted proxy has seen. For rate limits alone. */
export function clientAddress(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  trustedProxies: number,
): string {
  return forwardedBy(request, 'for', trustedProxies) ?? request.socket.remoteAddress ?? 'unknown';
}

/** In ms. */
const WARN_AT_MOST_EVERY = 60 * 60_000;

const NAMES: Name[] = ['for', 'proto', 'host', 'port', 'prefix'];

/** Warns of proxies in front that the configuration knows nothing of; says nothing of who asked. */
export class ForwardingWatch {
  readonly #trustedProxies: number;
  readonly #logger: Logger;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor({ trustedProxies }: Pick<Config, 'trustedProxies'>, logger: Logger) {
    this.#trustedProxies = trustedProxies;
    this.#logger = logger;
  }

  look(request: Asked): void {
    const sent = (name: Name) => request.headers[`x-forwarded-${name}`] !== undefined;
    if (this.#trustedProxies === 0 && NAMES.some(sent)) {
      this.#warn(
        'X-Forwarded headers were ignored. If a proxy in front of this server sends them, set MESHLIFT_TRUSTED_PROXIES to the number of proxies: without it links may begin with http:// or name another host, and rate limits take all visitors for one',
      );
    }
    const prefix = forwardedBy(request, 'prefix', this.#trustedProxies);
    if (prefix !== undefined && prefix !== '/') {
      this.#warn(
        'X-Forwarded-Prefix was ignored: this server is served at the root of a host, not below a path',
      );
    }
  }

  #warn(what: string): void {
    if (performance.now() - this.#warnedAt < WARN_AT_MOST_EVERY) return;
    this.#warnedAt = performance.now();
    this.#logger.warn(what);
  }
}
