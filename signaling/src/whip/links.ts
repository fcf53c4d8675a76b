import type { IceServer } from '@meshlift/protocol';

/** One value of a `Link` header (RFC 8288). */
export function link(target: string, parameters: Record<string, string>): string {
  const written = Object.entries(parameters).map(([name, value]) => `; ${name}="${quoted(value)}"`);
  return `<${target}>${written.join('')}`;
}

/** The ICE servers that a client is told to use (RFC 9725, section 4.6). */
export function iceServerLinks(iceServers: readonly IceServer[]): string[] {
  return iceServers.flatMap(({ urls, username, credential }) =>
    [urls].flat().map((url) =>
      link(url, {
        rel: 'ice-server',
        ...(username !== undefined && { username }),
        ...(credential !== undefined && { credential, 'credential-type': 'password' }),
      }),
    ),
  );
}

/** RFC 9110, section 5.6.4. */
const quoted = (value: string) => value.replace(/["\\]/g, '\\$&').replace(/[^\x20-\x7e]/g, '');
