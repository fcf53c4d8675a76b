import type { TransportOptions } from '@meshlift/protocol';
import { parse } from 'sdp-transform';
import { checkLines } from './lines.ts';
import type { IceCredentials } from './offer.ts';
import { SdpError } from './sdp-error.ts';

/**
 * Reads a fragment of SDP as WHIP and WHEP clients send it for trickle ICE and ICE restart (RFC 8840, section 9).
 * Candidates in it are of no use to an end that is ICE-lite: it answers whoever knows the password (RFC 8445,
 * section 2.5).
 *
 * @throws MeshliftError `SDP_INVALID` with the line that is wrong, or when nobody's credentials are in it
 */
export function parseIceFragment(text: string): IceCredentials {
  checkLines(text);
  const { iceUfrag, icePwd, media } = parse(text);
  const section = media.find((candidate) => candidate.iceUfrag !== undefined);
  const usernameFragment = iceUfrag ?? section?.iceUfrag;
  const password = icePwd ?? section?.icePwd;
  if (usernameFragment === undefined || password === undefined) {
    throw SdpError.invalid('a=ice-ufrag and a=ice-pwd are missing.');
  }
  return { usernameFragment: String(usernameFragment), password: String(password) };
}

/** Writes what the client needs to know of this end after an ICE restart. */
export function writeIceFragment({
  iceParameters,
  iceCandidates,
}: Pick<TransportOptions, 'iceParameters' | 'iceCandidates'>): string {
  const candidates = iceCandidates.map(
    ({ foundation, protocol, priority, address, port, type, tcpType }) =>
      `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcpType ? ` tcptype ${tcpType}` : ''}`,
  );
  const lines = [
    'a=ice-lite',
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...candidates,
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
