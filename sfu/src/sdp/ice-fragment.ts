import type { TransportOptions } from '@meshlift/protocol';
import { parse } from 'sdp-transform';
import { checkLines } from './lines.ts';
import { type IceCredentials, isMid } from './offer.ts';
import { SdpError } from './sdp-error.ts';

/** What an end says of its ICE agent. */
interface IceFragment {
  credentials: IceCredentials;
  /** The section it says it in, which stands for all of the bundle (RFC 9725, section 4.3.2). */
  section: { type: string; mid: string } | undefined;
}

/**
 * Reads a fragment of SDP as WHIP and WHEP clients send it for trickle ICE and ICE restart (RFC 8840, section 9).
 * Candidates in it are of no use to an end that is ICE-lite: it answers whoever knows the password (RFC 8445,
 * section 2.5).
 *
 * @throws MeshliftError `SDP_INVALID` with the line that is wrong, or when nobody's credentials are in it
 */
export function parseIceFragment(text: string): IceFragment {
  checkLines(text);
  const { iceUfrag, icePwd, media } = parse(text);
  const section = media.find((candidate) => candidate.iceUfrag !== undefined);
  const usernameFragment = iceUfrag ?? section?.iceUfrag;
  const password = icePwd ?? section?.icePwd;
  if (usernameFragment === undefined || password === undefined) {
    throw SdpError.invalid('a=ice-ufrag and a=ice-pwd are missing.');
  }
  const named = media.find(({ type, mid }) => /^(?:audio|video)$/.test(type) && isMid(String(mid ?? '')));
  return {
    credentials: { usernameFragment: String(usernameFragment), password: String(password) },
    section: named && { type: named.type, mid: String(named.mid) },
  };
}

/**
 * Writes what the client needs to know of this end after an ICE restart.
 *
 * @param section the one by which the client spoke; left out, it is said for the session
 */
export function writeIceFragment(
  { iceParameters, iceCandidates }: Pick<TransportOptions, 'iceParameters' | 'iceCandidates'>,
  section: IceFragment['section'],
): string {
  const candidates = iceCandidates.map(
    ({ foundation, protocol, priority, address, port, type, tcpType }) =>
      `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcpType ? ` tcptype ${tcpType}` : ''}`,
  );
  const lines = [
    'a=ice-lite',
    ...(section ? [`m=${section.type} 9 UDP/TLS/RTP/SAVPF 0`, `a=mid:${section.mid}`] : []),
    `a=ice-ufrag:${iceParameters.usernameFragment}`,
    `a=ice-pwd:${iceParameters.password}`,
    ...candidates,
    'a=end-of-candidates',
  ];
  return `${lines.join('\r\n')}\r\n`;
}
