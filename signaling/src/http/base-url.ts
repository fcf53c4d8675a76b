import type { IncomingMessage } from 'node:http';
import type { Config } from '../config/config.ts';
import { forwardedBy } from './forwarded.ts';

/** The port that a scheme has by itself. A proxy that names the other scheme's speaks of a hop behind it. */
const OTHER_DEFAULT = { http: '443', https: '80' } as const;

/**
 * What links to this server begin with, without a slash at the end: the configured public URL, or the address the
 * client itself used. Behind trusted proxies that is what `X-Forwarded-Proto`, `-Host` and `-Port` say.
 */
export function baseUrlOf(
  request: Pick<IncomingMessage, 'headers'>,
  config: Pick<Config, 'publicUrl' | 'trustedProxies'>,
): string {
  if (config.publicUrl !== undefined) return config.publicUrl;
  const forwarded = (name: 'proto' | 'host' | 'port') => forwardedBy(request, name, config.trustedProxies);
  const scheme = forwarded('proto')?.toLowerCase() === 'https' ? 'https' : 'http';
  const given = forwarded('port');
  const port = given === OTHER_DEFAULT[scheme] ? undefined : given;
  return (
    originOf(scheme, forwarded('host'), port) ??
    originOf(scheme, request.headers.host, port) ??
    `${scheme}://localhost`
  );
}

/** An origin, if the host is one. @param port for a host that names none itself */
function originOf(scheme: string, host: string | undefined, port: string | undefined): string | undefined {
  if (!host || /[/\\?#@\s]/.test(host)) return undefined;
  const named = /:\d+$/.test(host) || !/^\d{1,5}$/.test(port ?? '') ? host : `${host}:${port}`;
  return URL.canParse(`${scheme}://${named}`) ? new URL(`${scheme}://${named}`).origin : undefined;
}
