import type { DtlsParameters, MediaKind } from '@meshlift/protocol';
import { parse, type SessionDescription } from 'sdp-transform';
import { readCodecs, type SdpCodec } from './codecs.ts';
import { checkLines } from './lines.ts';
import { SdpError } from './sdp-error.ts';
import { readSendStreams, type SendStreams } from './send-streams.ts';
import { findsTracksUnsignaled } from './signaled-ssrcs.ts';

/** More than any program offers: a browser with every codec and two pictures has about 300 lines in 4 sections. */
const MOST_SECTIONS = 16;

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

type ParsedSection = SessionDescription['media'][number];

/** One `m=` section that carries sound or pictures. */
export interface MediaSection {
  kind: MediaKind;
  /** As offered, which is how the answer must write it. */
  protocol: string;
  /** RFC 5888: its name. An offer may come without; then it is its place, and not answered. */
  mid: string;
  hasMid: boolean;
  /** As the offerer sees it. */
  direction: Direction;
  /** In the offerer's order of preference. */
  codecs: SdpCodec[];
  extensions: { uri: string; id: number }[];
  reducedSizeRtcp: boolean;
  /** What it sends, when it does. */
  sends: SendStreams;
}

/** A section that nothing can be done with: switched off by the offerer, or no sound and no picture. */
export interface OtherSection {
  kind: 'other';
  type: string;
  protocol: string;
  formats: string;
  mid: string | undefined;
}

/** An offer (RFC 3264, RFC 8829), as far as an SFU that is ICE-lite needs to know it. */
export interface Offer {
  sections: (MediaSection | OtherSection)[];
  /** Whether what is in use is in a group that the answer may repeat (RFC 9143, section 7.3). */
  bundled: boolean;
  /** Whether its player needs the SSRCs of what it is sent. */
  needsSsrcs: boolean;
  ice: IceCredentials;
  /** RFC 8842: this end's part in the handshake, and the fingerprints of its certificate. */
  dtls: DtlsParameters;
}

/** RFC 8839, section 5.4. */
export interface IceCredentials {
  usernameFragment: string;
  password: string;
}

/**
 * Reads an offer.
 *
 * @throws MeshliftError `SDP_INVALID` with the line that is wrong or what is missing; `SDP_UNSUPPORTED` for what
 *   cannot be served: no bundle, no RTCP multiplexing
 */
export function parseOffer(text: string): Offer {
  checkLines(text, 'v=0');
  const parsed = parse(text);
  if (parsed.media.length === 0) throw SdpError.invalid('There is no m= line.');
  if (parsed.media.length > MOST_SECTIONS) {
    throw SdpError.invalid(`There are ${parsed.media.length} m= lines; at most ${MOST_SECTIONS} are taken.`);
  }
  const sections = parsed.media.map((media, index) => readSection(parsed, media, index));
  const inUse = sections.filter((section): section is MediaSection => section.kind !== 'other');
  const mids = inUse.map(({ mid }) => mid);
  if (new Set(mids).size < mids.length) throw SdpError.invalid('Two m= sections have the same a=mid.');
  const bundled = readBundle(parsed, inUse);
  // RFC 9143, section 7.1.3: what counts for all of a bundle is said in its first section.
  const first = parsed.media[sections.indexOf(inUse[0] ?? (sections[0] as MediaSection))];
  const needsSsrcs = !findsTracksUnsignaled(parsed, text);
  return { sections, bundled, needsSsrcs, ice: iceOf(parsed, first), dtls: dtlsOf(parsed, first) };
}

function readSection(
  session: SessionDescription,
  media: ParsedSection,
  index: number,
): MediaSection | OtherSection {
  const mid = media.mid === undefined ? undefined : String(media.mid);
  if (mid !== undefined && !/^[\w.+~-]{1,32}$/.test(mid)) throw SdpError.invalid('An a=mid cannot be used.');
  // The parser makes a number of whatever looks like one.
  const [type, protocol] = [String(media.type ?? ''), String(media.protocol ?? '')];
  const { payloads } = media;
  if (!type || !protocol || payloads === undefined) {
    throw SdpError.invalid(`The m= line of section ${index + 1} is none.`);
  }
  // RFC 9143, section 6: port 0 does not switch off what goes over another section's port.
  if ((type !== 'audio' && type !== 'video') || (media.port === 0 && media.bundleOnly === undefined)) {
    return { kind: 'other', type, protocol, formats: String(payloads), mid };
  }
  if (!/^(?:(?:UDP\/TLS|TCP\/DTLS)\/)?RTP\/SAVPF$/.test(protocol)) {
    throw SdpError.unsupported(
      `Media is served by DTLS and SRTP alone; ${protocol.slice(0, 40)} was offered.`,
    );
  }
  if (media.rtcpMux === undefined) {
    throw SdpError.unsupported('RTP and RTCP are served on one port alone: a=rtcp-mux is missing.');
  }
  return {
    kind: type,
    protocol,
    mid: mid ?? String(index),
    hasMid: mid !== undefined,
    direction: media.direction ?? session.direction ?? 'sendrecv',
    codecs: readCodecs(media),
    extensions: readExtensions(session, media),
    reducedSizeRtcp: media.rtcpRsize !== undefined,
    sends: readSendStreams(media),
  };
}

/** RFC 8285, section 5. An identifier above 14 needs the two-byte form, which every receiver here reads. */
function readExtensions(session: SessionDescription, media: ParsedSection): { uri: string; id: number }[] {
  const ids = new Set<number>();
  const uris = new Set<string>();
  return [...(media.ext ?? []), ...(session.ext ?? [])].flatMap(({ uri, value: id }) => {
    if (!Number.isInteger(id) || id < 1 || id > 255 || typeof uri !== 'string') return [];
    if (ids.has(id) || uris.has(uri)) return [];
    ids.add(id);
    uris.add(uri);
    return [{ uri, id }];
  });
}

/** @returns whether there is a bundle; a section that is alone needs none */
function readBundle(session: SessionDescription, sections: MediaSection[]): boolean {
  const bundles = (session.groups ?? []).filter(({ type }) => type === 'BUNDLE');
  const together = new Set(bundles.flatMap(({ mids }) => String(mids).split(' ')));
  const bundled = bundles.length === 1 && sections.every(({ mid, hasMid }) => hasMid && together.has(mid));
  if (bundled || sections.length <= 1) return bundled;
  throw SdpError.unsupported(
    'Everything is served over one transport: all m= sections must be in one bundle.',
  );
}

function iceOf(session: SessionDescription, media: ParsedSection | undefined): IceCredentials {
  const usernameFragment = media?.iceUfrag ?? session.iceUfrag;
  const password = media?.icePwd ?? session.icePwd;
  if (usernameFragment === undefined || password === undefined) {
    throw SdpError.invalid('a=ice-ufrag and a=ice-pwd are missing.');
  }
  return { usernameFragment: String(usernameFragment), password: String(password) };
}

const algorithms = ['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512'] as const;

function dtlsOf(session: SessionDescription, media: ParsedSection | undefined): DtlsParameters {
  const fingerprint = media?.fingerprint ?? session.fingerprint;
  const algorithm = algorithms.find((known) => known === String(fingerprint?.type).toLowerCase());
  if (!fingerprint || !algorithm) throw SdpError.invalid('There is no a=fingerprint that can be used.');
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(fingerprint.hash)) {
    throw SdpError.invalid('The a=fingerprint is none.');
  }
  const setup = media?.setup ?? session.setup;
  // RFC 8842, section 5.2: who offers both leaves the choice to us, and a server waits to be called.
  const role = setup === 'passive' ? 'server' : 'client';
  return { role, fingerprints: [{ algorithm, value: fingerprint.hash.toUpperCase() }] };
}
