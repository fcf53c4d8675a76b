import type { SessionDescription } from 'sdp-transform';
import { valuesOf } from './lines.ts';
import { SdpError } from './sdp-error.ts';

type ParsedSection = SessionDescription['media'][number];

/** Layers of one picture; mediasoup chooses between no more of them. */
const MOST_LAYERS = 4;

/** One RTP stream: a layer of a picture, or a sound. What tells it from others is one of the two. */
export interface SendStream {
  /** RFC 8852. */
  rid?: string;
  ssrc?: number;
  /** RFC 4588: the stream of what is sent again. */
  rtxSsrc?: number;
}

/** What a section sends. */
export interface SendStreams {
  /** From the smallest picture to the largest. Empty when the section names none. */
  streams: SendStream[];
  /** The rids as they were offered, for the answer; empty without simulcast. */
  rids: string[];
}

/**
 * The RTP streams of a section: named by `a=rid` and `a=simulcast` (RFC 8853), or by `a=ssrc` and its groups
 * (RFC 5576).
 *
 * @param lines of the section: the parser takes no `-` in a rid
 * @throws MeshliftError `SDP_INVALID` for what contradicts itself or is more than any encoder sends
 */
export function readSendStreams(media: ParsedSection, lines: readonly string[] | undefined): SendStreams {
  const rids = readRids(media, lines);
  const streams = rids.length > 0 ? smallestFirst(rids).map((rid) => ({ rid })) : readSsrcs(media);
  if (streams.length > MOST_LAYERS) {
    throw SdpError.invalid(`A section sends ${streams.length} layers; at most ${MOST_LAYERS} are taken.`);
  }
  return { streams, rids };
}

function readRids(media: ParsedSection, lines: readonly string[] | undefined): string[] {
  const { simulcast } = media;
  const sendList =
    simulcast?.dir1 === 'send' ? simulcast.list1 : simulcast?.dir2 === 'send' ? simulcast.list2 : '';
  // Of alternatives (`a,b`) the first is the one to use; `~` begins one that is paused for now.
  const listed = String(sendList ?? '')
    .split(';')
    .map((alternatives) => alternatives.split(',')[0]?.replace(/^~/, '') ?? '')
    .filter((rid) => rid !== '');
  const declared = valuesOf(lines, 'rid')
    .map((value) => value.split(' '))
    .filter(([, direction]) => direction === 'send')
    .map(([id = '']) => id);
  if (listed.some((rid) => !declared.includes(rid))) {
    throw SdpError.invalid('a=simulcast names a rid that no a=rid declares.');
  }
  const rids = listed.length > 0 ? listed : declared;
  // RFC 8851, section 10; RFC 8285, section 4.3: what an extension of two bytes can carry.
  if (rids.some((rid) => !/^[A-Za-z0-9_-]{1,255}$/.test(rid)))
    throw SdpError.invalid('An a=rid cannot be used.');
  if (new Set(rids).size < rids.length) throw SdpError.invalid('A rid is sent twice.');
  return rids;
}

/** Names that programs give their layers, each list from the smallest picture to the largest. */
const KNOWN_NAMES = [
  ['q', 'h', 'f'],
  ['l', 'm', 'h'],
  ['lo', 'mid', 'hi'],
  ['low', 'mid', 'high'],
  ['low', 'medium', 'high'],
  ['low', 'med', 'high'],
  ['s', 'm', 'l'],
  ['small', 'medium', 'large'],
  ['quarter', 'half', 'full'],
  ['r0', 'r1', 'r2', 'r3'],
];

/**
 * Neither RFC 8853 nor any other says which layer is the largest picture: only which the sender prefers, which it
 * names first (section 5.2). So names that are known count, and that order where they are not. It is a guess for the
 * first moment: what arrives decides (`LayerOrder`).
 */
function smallestFirst(rids: string[]): string[] {
  if (rids.every((rid) => /^\d{3,4}p?$/.test(rid))) {
    return rids.toSorted((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10));
  }
  const known = KNOWN_NAMES.find((names) => rids.every((rid) => names.includes(rid)));
  return known ? known.filter((name) => rids.includes(name)) : [...rids].reverse();
}

function readSsrcs(media: ParsedSection): SendStream[] {
  const groups = (media.ssrcGroups ?? []).map(({ semantics, ssrcs }) => ({
    semantics,
    ssrcs: String(ssrcs).split(' ').map(Number),
  }));
  const rtxOf = new Map<number | undefined, number | undefined>();
  for (const { semantics, ssrcs } of groups) if (semantics === 'FID') rtxOf.set(ssrcs[0], ssrcs[1]);
  const repairs = new Set(rtxOf.values());
  const layers = groups.find(({ semantics }) => semantics === 'SIM')?.ssrcs;
  const named = [...new Set((media.ssrcs ?? []).map(({ id }) => id))].filter((ssrc) => !repairs.has(ssrc));
  // Without a group the others belong to forward error correction, which is not served.
  const ssrcs = layers ?? named.slice(0, 1);
  if (ssrcs.some((ssrc) => !isSsrc(ssrc))) throw SdpError.invalid('An SSRC is not a number of 32 bits.');
  return ssrcs.map((ssrc) => {
    const rtxSsrc = rtxOf.get(ssrc);
    return rtxSsrc !== undefined && isSsrc(rtxSsrc) ? { ssrc, rtxSsrc } : { ssrc };
  });
}

const isSsrc = (value: number) => Number.isInteger(value) && value > 0 && value <= 0xffff_ffff;
