import type { IceServer } from '@meshlift/protocol';

/** A host that is not this server and that browsers are told to contact. */
export interface OtherHost {
  /** Host name or address, without a port. */
  host: string;
  /** A STUN server tells a browser its own address; a TURN server also passes its packets on. */
  kind: 'STUN' | 'TURN';
}

/** The host in a STUN or TURN URI (RFC 7064 and RFC 7065, section 3.1 of each), IPv6 addresses in brackets. */
const ICE_URI = /^(stun|turn)s?:(?<host>\[[^\]]+\]|[^:?]+)/i;

/** Each host once, as a TURN server if it is both. Whatever has another form is shown as it stands. */
export function otherHosts(iceServers: readonly IceServer[]): OtherHost[] {
  const kinds = new Map<string, OtherHost['kind']>();
  for (const uri of iceServers.flatMap(({ urls }) => urls)) {
    const host = ICE_URI.exec(uri)?.groups?.host ?? uri;
    const isStun = /^stun/i.test(uri);
    if (!isStun || !kinds.has(host)) kinds.set(host, isStun ? 'STUN' : 'TURN');
  }
  return [...kinds].map(([host, kind]) => ({ host, kind }));
}
