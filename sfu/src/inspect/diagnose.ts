import { describeFinding, type Finding, type FindingCode, findingCodes } from '@meshlift/protocol';
import type { TrackObservations } from './observations.ts';

/** Longer than any pause of a running encoder, and than the time between two looks at a producer's counters. */
const SILENT_AFTER_S = 10;

/**
 * A viewer that joins waits half of this for a picture, on average; broadcasters are advised to take two seconds.
 * It holds for encoders that send none when they are asked, or cannot be asked.
 */
const LONGEST_KEY_FRAME_INTERVAL_S = 4;

/** Key frames that are sent on time come a little late and early all the same. */
const JITTER_S = 0.25;

/** For encoders of which nobody has asked for one yet. OBS and x264 take 8.3 seconds at 30 fps if nothing is set. */
const LONGEST_UNTIL_ASKED_S = 8;

/** One picture out of order may be an encoder that began anew. */
const FEWEST_B_FRAMES = 2;

/** What is to be mended in what a broadcaster sends, problems first; each code once, for the first track with it. */
export function diagnose(tracks: readonly TrackObservations[]): Finding[] {
  const found = [missingMedia(tracks), ...tracks.flatMap((track) => findingsOf(track))];
  const byCode = new Map<FindingCode, Finding>();
  for (const finding of found) {
    if (finding && !byCode.has(finding.code)) byCode.set(finding.code, finding);
  }
  return [...byCode.values()].sort((a, b) => rank(a) - rank(b));
}

function rank({ code, severity }: Finding): number {
  return findingCodes.indexOf(code) + (severity === 'hint' ? findingCodes.length : 0);
}

function missingMedia(tracks: readonly TrackObservations[]): Finding | undefined {
  const silent = tracks.filter(({ paused, silentSeconds }) => !paused && silentSeconds >= SILENT_AFTER_S);
  if (silent.length === 0) return undefined;
  const missing = (kind: string) => silent.some((track) => track.kind === kind);
  return describeFinding('NO_MEDIA', 'problem', {
    missing: missing('video') ? (missing('audio') ? 'both' : 'picture') : 'sound',
    seconds: Math.min(...silent.map(({ silentSeconds }) => silentSeconds)),
  });
}

function findingsOf(track: TrackObservations): (Finding | undefined)[] {
  if (track.kind !== 'video' || !track.begun) return [];
  return [profile(track), undecodable(track), bFrames(track), keyFrames(track), oneLayer(track)];
}

/** What was announced does not matter: decoders go by the parameter sets in the stream. */
function profile({ sentProfile }: TrackObservations): Finding | undefined {
  if (!sentProfile || sentProfile.decodable) return undefined;
  return describeFinding('PROFILE_UNUSUAL', 'problem', { profile: sentProfile.name });
}

function undecodable({ codec, decoding }: TrackObservations): Finding | undefined {
  return decoding && describeFinding('VIEWERS_CANNOT_DECODE', 'problem', { codec, ...decoding });
}

function bFrames({ order, slices }: TrackObservations): Finding | undefined {
  // An encoder may send B-slices with timestamps that only go on (it takes those of decoding), and other codecs
  // than H.264 tell nothing but timestamps: either is enough.
  const bySlices = slices.b >= FEWEST_B_FRAMES ? slices.b / slices.seen : 0;
  const byOrder = order.backward >= FEWEST_B_FRAMES ? order.backward / order.frames : 0;
  const share = Math.max(bySlices, byOrder);
  return share > 0 ? describeFinding('B_FRAMES', 'problem', { share }) : undefined;
}

function keyFrames({ keyFrames: { longestSeconds, askable, asked, answered } }: TrackObservations) {
  if (longestSeconds <= LONGEST_KEY_FRAME_INTERVAL_S + JITTER_S) return undefined;
  if (!askable) {
    return describeFinding('KEY_FRAMES_RARE', 'problem', { seconds: longestSeconds, askedFor: 'impossible' });
  }
  if (asked === 0) {
    if (longestSeconds <= LONGEST_UNTIL_ASKED_S) return undefined;
    return describeFinding('KEY_FRAMES_RARE', 'hint', { seconds: longestSeconds, askedFor: 'never' });
  }
  // Browsers send key frames when they are asked and hardly otherwise, which is as good. Of an encoder that
  // does not listen some come soon after a request all the same, by chance.
  if (answered > asked / 2) return undefined;
  return describeFinding('KEY_FRAMES_RARE', 'problem', { seconds: longestSeconds, askedFor: 'in vain' });
}

function oneLayer({ layers, width, height, bitrate }: TrackObservations): Finding | undefined {
  return layers === 1 ? describeFinding('ONE_LAYER', 'hint', { width, height, bitrate }) : undefined;
}
