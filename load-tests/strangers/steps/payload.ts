import { opusAudio, simulcastVideo, strangerDtls, viewerCapabilities } from '@meshlift/sfu/testing';
import { type StreamKeys, type Visit, WRONG_KEY } from '../visit.ts';

/** What may be wrong with media parameters that have the right form. */
export const tracks = {
  microphone: { kind: 'audio', rtpParameters: opusAudio() },
  camera: { kind: 'video', rtpParameters: simulcastVideo() },
  'kind of the other': { kind: 'video', rtpParameters: opusAudio() },
  'an SSRC twice': {
    kind: 'audio',
    rtpParameters: { ...opusAudio(), encodings: [{ ssrc: 1 }, { ssrc: 1 }] },
  },
  'no encoding': { kind: 'audio', rtpParameters: { ...opusAudio(), encodings: [] } },
  'no codec': { kind: 'video', rtpParameters: { ...simulcastVideo(), codecs: [] } },
  'unknown codec': {
    kind: 'video',
    rtpParameters: {
      ...simulcastVideo(),
      codecs: [{ mimeType: 'video/theora', payloadType: 96, clockRate: 90_000 }],
    },
  },
  'payload type twice': {
    kind: 'video',
    rtpParameters: {
      ...simulcastVideo(),
      codecs: ['video/VP8', 'video/rtx'].map((mimeType) => ({
        mimeType,
        payloadType: 96,
        clockRate: 90_000,
        parameters: { apt: 96 },
      })),
    },
  },
  'a rid twice': {
    kind: 'video',
    rtpParameters: { ...simulcastVideo(), encodings: [{ rid: 'a' }, { rid: 'a' }] },
  },
  'odd scalability': {
    kind: 'video',
    rtpParameters: { ...simulcastVideo(), encodings: [{ ssrc: 9, scalabilityMode: 'L99T99_KEY' }] },
  },
  'no mid': { kind: 'audio', rtpParameters: { ...opusAudio(), mid: undefined } },
} as const;

export const capabilities = {
  all: viewerCapabilities(),
  'audio only': viewerCapabilities(['audio/opus']),
  none: { codecs: [], headerExtensions: [] },
  'a payload type twice': {
    codecs: viewerCapabilities().codecs?.map((codec) => ({ ...codec, preferredPayloadType: 100 })),
    headerExtensions: [],
  },
};

export const switchSteps = [
  { name: 'ready' },
  { name: 'ready', singleEncode: true },
  { name: 'over', gaps: [] },
  { name: 'over', gaps: [{ participantId: 'anybody', kind: 'video', gapMs: 20 }] },
  { name: 'over', gaps: [{ participantId: 'anybody', kind: 'audio', gapMs: -1e308 }] },
  { name: 'failed', reason: 'nothing came' },
] as const;

/** What a stranger says, of which each request takes what it knows. */
export interface Said {
  track: keyof typeof tracks;
  capability: keyof typeof capabilities;
  step: number;
  mode: 'sfu' | 'mesh' | 'auto';
  yes: boolean;
  wrongKey: boolean;
}

export const proper: Said = {
  track: 'microphone',
  capability: 'all',
  step: 0,
  mode: 'sfu',
  yes: true,
  wrongKey: false,
};

/** Has the form of nearly every request at once: schemas take what they know, and leave the rest. */
export function payloadOf(
  visit: Visit,
  { streamId, publishKey }: StreamKeys,
  { track, capability, step, mode, yes, wrongKey }: Said,
) {
  return {
    streamId,
    publishKey: wrongKey ? WRONG_KEY : publishKey,
    roomId: `room-${visit.from.replaceAll('.', '-')}`,
    signal: 'sealed',
    locked: !yes,
    mode,
    advice: yes ? 'lift' : 'lower',
    allowed: yes,
    step: switchSteps[step % switchSteps.length],
    leaveOut: yes,
    rtpCapabilities: capabilities[capability],
    dtlsParameters: strangerDtls(),
    ...tracks[track],
    paused: !yes,
    layers: yes ? null : { spatialLayer: 1, temporalLayer: 0 },
  };
}
