import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.ts';

/**
 * What links to this server begin with: the configured public URL, or the address the client itself used.
 * `X-Forwarded-Proto` counts only behind a trusted proxy.
 */
export function baseUrlOf(
  request: Pick<IncomingMessage, 'headers'>,
  config: Pick<Config, 'publicUrl' | 'trustedProxies'>,
): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const forwarded = config.trustedProxies > 0 ? request.headers['x-forwarded-proto'] : undefined;
  const scheme =
    String(forwarded ?? 'http')
      .split(',')[0]
      ?.trim() === 'https'
      ? 'https'
      : 'http';
  return `${scheme}://${request.headers.host ?? 'localhost'}`;
}
