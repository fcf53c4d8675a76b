import type { DtlsParameters, MediaKind } from '@meshlift/protocol';
import { parse, type SessionDescription } from 'sdp-transform';
import { isWholeHash } from '../media/whole-hash.ts';
import { readCodecs, type SdpCodec } from './codecs.ts';
import { checkLines, splitSections, valuesOf } from './lines.ts';
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
  /**
   * The names in the group that all of what is in use is in, in its order, which the answer keeps (RFC 9143, section
   * 7.3); undefined without one.
   */
  bundle: string[] | undefined;
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
  const [sessionLines, ...lines] = splitSections(text);
  const sections = parsed.media.map((media, index) => readSection(parsed, media, index, lines[index]));
  const inUse = sections.filter((section): section is MediaSection => section.kind !== 'other');
  const mids = inUse.map(({ mid }) => mid);
  if (new Set(mids).size < mids.length) throw SdpError.invalid('Two m= sections have the same a=mid.');
  const bundle = readBundle(parsed, inUse);
  // RFC 9143, section 7.1.3: what counts for all of a bundle is said in the section that its group names first, which
  // may be any, and may be one that is not served.
  const places = (bundle ?? []).map((mid) => parsed.media.findIndex((media) => String(media.mid) === mid));
  const speaking = [...places, ...inUse.map((section) => sections.indexOf(section))];
  const speakers = speaking.flatMap((place) => {
    const media = parsed.media[place];
    return media ? [{ ...media, lines: lines[place] }] : [];
  });
  const needsSsrcs = !findsTracksUnsignaled(parsed, text);
  const sources = [...speakers, { ...parsed, lines: sessionLines }];
  return { sections, bundle, needsSsrcs, ice: iceOf(sources), dtls: dtlsOf(sources) };
}

function readSection(
  session: SessionDescription,
  media: ParsedSection,
  index: number,
  lines: readonly string[] | undefined,
): MediaSection | OtherSection {
  const mid = media.mid === undefined ? undefined : String(media.mid);
  if (mid !== undefined && !isMid(mid)) throw SdpError.invalid('An a=mid cannot be used.');
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
    sends: readSendStreams(media, lines),
  };
}

/** RFC 5888, section 4: a token, no longer than the header extension for it can be (RFC 8285, section 4.3). */
export const isMid = (mid: string) => /^[!#-'*+\-.0-9A-Z^-~]{1,255}$/.test(mid);

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

/** @returns the names in the bundle, if there is one; a section that is alone needs none */
function readBundle(session: SessionDescription, sections: MediaSection[]): string[] | undefined {
  const bundle = (session.groups ?? [])
    .filter(({ type }) => type === 'BUNDLE')
    .map(({ mids }) => [...new Set(String(mids).split(' '))])
    .find((mids) => sections.every(({ mid, hasMid }) => hasMid && mids.includes(mid)));
  if (bundle || sections.length <= 1) return bundle;
  throw SdpError.unsupported(
    'Everything is served over one transport: all m= sections must be in one bundle.',
  );
}

/** What may speak for all of an offer: sections of the bundle, and the session. */
interface Speaker {
  iceUfrag?: string | undefined;
  icePwd?: string | undefined;
  setup?: string | undefined;
  lines: readonly string[] | undefined;
}

/** @param speakers of which the first that says it counts */
function iceOf(speakers: readonly Speaker[]): IceCredentials {
  const usernameFragment = speakers.find(({ iceUfrag }) => iceUfrag !== undefined)?.iceUfrag;
  const password = speakers.find(({ icePwd }) => icePwd !== undefined)?.icePwd;
  if (usernameFragment === undefined || password === undefined) {
    throw SdpError.invalid('a=ice-ufrag and a=ice-pwd are missing.');
  }
  return { usernameFragment: String(usernameFragment), password: String(password) };
}

/** From the one that is taken first; RFC 8122, section 5: an end may name several, of which one is enough. */
const ALGORITHMS = ['sha-256', 'sha-384', 'sha-512', 'sha-224', 'sha-1'] as const;

function dtlsOf(speakers: readonly Speaker[]): DtlsParameters {
  const named = speakers.map(({ lines }) => valuesOf(lines, 'fingerprint')).find(({ length }) => length > 0);
  const fingerprints = (named ?? []).map((value) => value.trim().split(/ +/));
  const algorithm = ALGORITHMS.find((known) => fingerprints.some(([name]) => name?.toLowerCase() === known));
  const [, hash = ''] = fingerprints.find(([name]) => name?.toLowerCase() === algorithm) ?? [];
  if (!algorithm) throw SdpError.invalid('There is no a=fingerprint that can be used.');
  if (!/^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(hash)) throw SdpError.invalid('The a=fingerprint is none.');
  if (!isWholeHash({ algorithm, value: hash })) {
    throw SdpError.invalid(`The a=fingerprint is not as long as one by ${algorithm}.`);
  }
  const setup = speakers.find((speaker) => speaker.setup !== undefined)?.setup;
  // RFC 8842, section 5.2: who offers both leaves the choice to us, and a server waits to be called.
  const role = setup === 'passive' ? 'server' : 'client';
  return { role, fingerprints: [{ algorithm, value: hash.toUpperCase() }] };
}
