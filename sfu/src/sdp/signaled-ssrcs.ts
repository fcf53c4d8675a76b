import type { SessionDescription } from 'sdp-transform';

const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/**
 * Whether the player that wrote an offer finds the track of a packet although the answer names no SSRC (RFC 9143,
 * section 9.2: by the header extension for the mid, else by the payload type). Many do not: pion and what is built
 * on it, webrtc-rs, libdatachannel, Amazon's SDK for C. An offer does not say so, so only players that are
 * recognized by how they write SDP count, and whoever is not recognized receives SSRCs.
 *
 * - libwebrtc (Chromium, WebKit, native apps): an origin on 127.0.0.1 without a name (others write that too), and in
 *   every section the header extension for the mid (which those others do not offer)
 * - Firefox: an origin that is named for it
 * - GStreamer: `a=rtcp-mux-only` (RFC 8858) in every section
 * - aiortc: an origin whose session and version are the same time of day
 */
export function findsTracksUnsignaled(offer: SessionDescription, text: string): boolean {
  const { origin, media, ext = [] } = offer;
  const author = String(origin?.username ?? '');
  if (author.startsWith('mozilla')) return true;
  const rtp = media.filter(({ type }) => type === 'audio' || type === 'video');
  const named = (uris: { uri: string }[]) => uris.some(({ uri }) => uri === MID_EXTENSION);
  const isLibwebrtc =
    author === '-' && origin?.address === '127.0.0.1' && rtp.every((section) => named(section.ext ?? ext));
  const muxedOnly = text.match(/^a=rtcp-mux-only\r?$/gm)?.length ?? 0;
  const isGstreamer = author === '-' && muxedOnly >= rtp.length && muxedOnly > 0;
  const isAiortc =
    author === '-' &&
    origin?.address === '0.0.0.0' &&
    Number(origin.sessionId) > 2 ** 31 &&
    Number(origin.sessionId) === Number(origin.sessionVersion);
  return isLibwebrtc || isGstreamer || isAiortc;
}
