import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Addresses that say nothing of whoever has them. */
const PLAIN = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);

/**
 * The same SDP with others of the same form in place of addresses, names of machines, ICE passwords and
 * certificates. What was equal stays equal.
 */
export function withStandIns(sdp: string): string {
  const given = new Map<string, string>();
  let hosts = 0;
  const stand = (real: string, make: (real: string) => string) => {
    const known = given.get(real) ?? make(real);
    given.set(real, known);
    return known;
  };
  /** Of the ranges that are kept for documents (RFC 5737, RFC 3849); link-local addresses stay link-local. */
  const address = (real: string) => {
    if (PLAIN.has(real)) return real;
    return stand(real, () => {
      hosts += 1;
      if (!real.includes(':')) return `192.0.2.${hosts}`;
      return `${/^fe80:/i.test(real) ? 'fe80' : '2001:db8'}::${hosts}`;
    });
  };
  const resolved = (host: string) =>
    host.endsWith('.local') ? stand(host, () => `${randomUUID()}.local`) : address(host);
  return sdp
    .replace(/^(a=candidate:(?:\S+ ){4})(\S+)/gm, (_line, head, host) => head + resolved(host))
    .replace(/( raddr )(\S+)/g, (_line, head, host) => head + resolved(host))
    .replace(/^((?:c=|o=.* )IN IP[46] )(\S+)/gm, (_line, head, host) => head + address(host))
    .replace(/^(a=rtcp:\d+ IN IP[46] )(\S+)/gm, (_line, head, host) => head + address(host))
    .replace(/^(a=ice-(?:ufrag|pwd):)(\S+)/gm, (_line, head, secret) => head + stand(secret, letters))
    .replace(/( ufrag )(\S+)/g, (_line, head, secret) => head + stand(secret, letters))
    .replace(/^(a=fingerprint:\S+ )(\S+)/gm, (_line, head, print) => head + stand(print, bytes))
    .replace(/\b(user)\d+@host-[0-9a-f]+/g, (user) =>
      stand(user, () => `user${randomInt(1e9)}@host-example`),
    );
}

/** As long as it was, of the letters and digits that every ICE password may have. */
function letters(real: string): string {
  return [...real].map((letter) => (/[A-Za-z0-9]/.test(letter) ? randomLetter() : letter)).join('');
}

const randomLetter = () => LETTERS[randomInt(LETTERS.length)] ?? '';

/** As many bytes, in the same case. */
function bytes(real: string): string {
  const made = [...randomBytes(real.split(':').length)].map((byte) => byte.toString(16).padStart(2, '0'));
  return real === real.toLowerCase() ? made.join(':') : made.join(':').toUpperCase();
}
