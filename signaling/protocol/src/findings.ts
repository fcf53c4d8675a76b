import * as z from 'zod/mini';
import { mediaKindSchema } from './media.ts';

/** What can be found wrong with what a broadcaster sends. Codes never change their meaning; new ones may be added. */
export const findingCodes = [
  'NO_MEDIA',
  'PROFILE_UNUSUAL',
  'VIEWERS_CANNOT_DECODE',
  'B_FRAMES',
  'KEY_FRAMES_RARE',
  'ONE_LAYER',
  'STREAM_ID_WEAK',
] as const;

export const findingCodeSchema = z.enum(findingCodes);

/** Whether viewers see or hear less for it (`problem`), or it could be better (`hint`). */
export const findingSeveritySchema = z.enum(['problem', 'hint']);

/** One thing to be mended in a broadcaster's encoder. All texts are for the person who set it up. */
export const findingSchema = z.object({
  code: findingCodeSchema,
  severity: findingSeveritySchema,
  title: z.string(),
  /** What was measured, with the figures in it. */
  message: z.string(),
  /** What to change, and where that is in OBS, FFmpeg, GStreamer and hardware encoders. */
  fix: z.string(),
});

/** One track as it arrives. What has not been measured yet is left out. */
export const trackReportSchema = z.object({
  kind: mediaKindSchema,
  /** As RTP calls it: `H264`, `VP8`, `opus`. */
  codec: z.string().check(z.maxLength(64)),
  /** Of H.264, by its name in ITU-T H.264, annex A. */
  profile: z.optional(z.string().check(z.maxLength(64))),
  /** The size of the largest layer, in pixels. */
  width: z.optional(z.int()),
  height: z.optional(z.int()),
  /** How many sizes of the picture arrive; 1 for sound. */
  layers: z.int(),
  /** Bits per second, over all layers. */
  bitrate: z.optional(z.number()),
  /** The usual time from one key frame to the next. */
  keyFrameSeconds: z.optional(z.number()),
});

/** What arrives from a broadcaster, and what is to be mended, problems first. Names nobody and no place. */
export const ingestReportSchema = z.object({
  tracks: z.array(trackReportSchema),
  findings: z.array(findingSchema),
});

export type FindingCode = z.infer<typeof findingCodeSchema>;
export type FindingSeverity = z.infer<typeof findingSeveritySchema>;
export type Finding = z.infer<typeof findingSchema>;
export type TrackReport = z.infer<typeof trackReportSchema>;
export type IngestReport = z.infer<typeof ingestReportSchema>;

/** The figures that the words of each finding need. */
export interface FindingFigures {
  /** Which tracks have brought nothing, for how many seconds. */
  NO_MEDIA: { missing: 'picture' | 'sound' | 'both'; seconds: number };
  PROFILE_UNUSUAL: { profile: string };
  /** The codec, and how often each viewer that cannot decode it asks for a key frame. */
  VIEWERS_CANNOT_DECODE: { codec: string; requestsPerMinute: number };
  /** The share of pictures that are B-frames or come out of order, 0 to 1. */
  B_FRAMES: { share: number };
  /** The longest time without a key frame, in seconds, and whether the encoder sends one when it is asked. */
  KEY_FRAMES_RARE: { seconds: number; askedFor: 'never' | 'in vain' | 'impossible' };
  /** The size and the bits per second of the only layer, where they are known. */
  ONE_LAYER: {
    width: number | undefined;
    height: number | undefined;
    bitrate: number | undefined;
  };
  STREAM_ID_WEAK: Record<never, never>;
}

type Words = {
  [C in FindingCode]: { title: string; message: (figures: FindingFigures[C]) => string; fix: string };
};

const words: Words = {
  NO_MEDIA: {
    title: 'Nothing arrives',
    message: ({ missing, seconds }) =>
      `The encoder is connected, but no ${missing === 'both' ? 'picture and no sound' : missing} has arrived for ${inSeconds(seconds)}.`,
    fix:
      'See that the encoder is running and has a source for each track it announced: in OBS a scene with a ' +
      'picture and an unmuted audio device, in FFmpeg and GStreamer an input that delivers. Where a firewall ' +
      'stands between, let UDP to the media port of this server pass. Leave out a track that will never come.',
  },
  PROFILE_UNUSUAL: {
    title: 'Browsers cannot decode this profile',
    message: ({ profile }) =>
      `The picture comes as H.264 ${profile}, which common browsers cannot decode. Their viewers see nothing.`,
    fix:
      'Send 8 bits with 4:2:0 colour, in the baseline, main or high profile. OBS: Settings, Advanced, Color ' +
      'Format NV12, then Settings, Output, Profile baseline. FFmpeg: -pix_fmt yuv420p -profile:v baseline. ' +
      'GStreamer: video/x-raw,format=I420 before the encoder and video/x-h264,profile=constrained-baseline ' +
      'behind it. Hardware: 4:2:0, 8 bits, profile baseline or main.',
  },
  VIEWERS_CANNOT_DECODE: {
    title: 'Viewers cannot decode this',
    message: ({ codec, requestsPerMinute }) =>
      `What is sent reaches the viewers, but each asks for a key frame about ${Math.round(requestsPerMinute)} times ` +
      `a minute: their browsers cannot decode this ${codec} video, or only its key frames.`,
    fix:
      'Try another encoder or codec. OBS: Settings, Output, Video Encoder; for AV1 take AOM AV1 or a hardware ' +
      'encoder instead of SVT-AV1, or H.264 by x264. FFmpeg: libaom-av1 instead of libsvtav1, or libx264. ' +
      'GStreamer: av1enc or x264enc instead of svtav1enc. Leave off B-frames, spatial layers in one stream and ' +
      'reordered frames; with H.264 take the baseline profile.',
  },
  B_FRAMES: {
    title: 'The encoder sends B-frames',
    message: ({ share }) =>
      `About ${Math.max(1, Math.round(share * 100))} of 100 pictures are B-frames or come in another order than ` +
      'they are shown in. Browsers expect the order of showing over WebRTC: the picture stutters, jumps back or stands still.',
    fix:
      'Turn B-frames off. OBS: Settings, Output, Advanced, B-frames 0; with x264, Tune zerolatency or ' +
      'bframes=0 under x264 Options. FFmpeg: -bf 0. GStreamer: x264enc tune=zerolatency, or bframes=0. ' +
      'Hardware: B-frames 0 (GOP structure IPPP), or the baseline profile, which has none.',
  },
  KEY_FRAMES_RARE: {
    title: 'Key frames are rare',
    message: ({ seconds, askedFor }) =>
      `No key frame came for ${inSeconds(seconds)}, ` +
      {
        never: 'and nobody has asked the encoder for one yet. Unless it sends one when asked, ',
        'in vain': 'and the encoder sends none when it is asked: ',
        impossible: 'and the encoder does not agree to be asked for one (nack pli, ccm fir): ',
      }[askedFor] +
      'whoever joins or loses a packet waits that long for a picture.',
    fix:
      'Set the key frame interval to 2 seconds. OBS: Settings, Output, Keyframe Interval 2 s (0 means the ' +
      'encoder chooses). FFmpeg: -g with twice the frames per second, such as -g 60. GStreamer: x264enc ' +
      'key-int-max=60, and rtph264pay config-interval=-1. Hardware: GOP length or I-frame interval of 2 ' +
      'seconds. With H.264 the parameter sets (SPS and PPS) must come with every key frame; without them it ' +
      'does not count.',
  },
  ONE_LAYER: {
    title: 'The picture comes in one size',
    message: ({ width, height, bitrate }) => {
      const size = width && height ? `${width}x${height}` : undefined;
      const rate = bitrate ? `${(bitrate / 1_000_000).toFixed(1)} Mbit/s` : undefined;
      const known = [size, rate].filter(Boolean).join(', ');
      return (
        `Only one layer arrives${known ? ` (${known})` : ''}. A viewer whose network does not carry it cannot ` +
        'be sent a smaller picture: it stands still there.'
      );
    },
    fix:
      'Send simulcast where the encoder can: in OBS from 32.1, Settings, Stream, Total Layers. Otherwise ' +
      'choose a bitrate that the networks of the viewers carry, such as 2500 kbit/s for 720p, or publish from ' +
      'the studio page, which sends three sizes.',
  },
  STREAM_ID_WEAK: {
    title: 'The stream ID can be guessed',
    message: () => 'The stream ID is short or easy to guess. Whoever guesses it can watch.',
    fix: 'Let the server make the ID of the stream, and give the encoder the address that comes with it.',
  },
};

/** A finding in words, with its figures filled in. */
export function describeFinding<C extends FindingCode>(
  code: C,
  severity: FindingSeverity,
  figures: FindingFigures[C],
): Finding {
  const { title, message, fix } = words[code];
  return { code, severity, title, message: message(figures), fix };
}

function inSeconds(seconds: number): string {
  const rounded = Math.round(seconds);
  return rounded === 1 ? '1 second' : `${rounded} seconds`;
}
