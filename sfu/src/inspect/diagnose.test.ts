import { ingestReportSchema } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { diagnose } from './diagnose.ts';
import { h264Profile } from './h264-profile.ts';
import { reportOn } from './ingest-report.ts';
import type { TrackObservations } from './observations.ts';

/** Written as SDP does (RFC 6184, section 8.1). */
const profile = (id: string) =>
  h264Profile(Number.parseInt(id.slice(0, 2), 16), Number.parseInt(id.slice(2, 4), 16));

/** Three layers of H.264 with nothing to be said against them. */
function video(different: Partial<TrackObservations> = {}): TrackObservations {
  return {
    kind: 'video',
    codec: 'H264',
    paused: false,
    begun: true,
    silentSeconds: 0.1,
    sentProfile: profile('42c01f'),
    width: 1_280,
    height: 720,
    layers: 3,
    bitrate: 3_400_000,
    order: { frames: 200, backward: 0 },
    slices: { seen: 200, b: 0 },
    keyFrames: { usualSeconds: 2, longestSeconds: 2.1, askable: true, asked: 0, answered: 0 },
    decoding: undefined,
    ...different,
  };
}

function audio(different: Partial<TrackObservations> = {}): TrackObservations {
  return {
    ...video({
      kind: 'audio',
      codec: 'opus',
      sentProfile: undefined,
      layers: 1,
    }),
    width: undefined,
    height: undefined,
    keyFrames: { usualSeconds: undefined, longestSeconds: 0, askable: false, asked: 0, answered: 0 },
    ...different,
  };
}

function brief(...tracks: TrackObservations[]): string[] {
  return diagnose(tracks).map(({ code, severity }) => `${severity} ${code}`);
}

function message(...tracks: TrackObservations[]): string | undefined {
  return diagnose(tracks)[0]?.message;
}

it('finds nothing where all is well', () => {
  expect(brief(video(), audio())).toEqual([]);
});

describe('B-frames', () => {
  it('are found by their slices or by their order', () => {
    const bySlices = video({ slices: { seen: 200, b: 130 } });
    const byOrder = video({ codec: 'VP9', slices: { seen: 0, b: 0 }, order: { frames: 200, backward: 50 } });
    expect(brief(bySlices)).toEqual(['problem B_FRAMES']);
    expect(brief(byOrder)).toEqual(['problem B_FRAMES']);
    expect(message(bySlices)).toContain('About 65 of 100');
    expect(message(byOrder)).toContain('About 25 of 100');
  });

  it('are not found in one step back', () => {
    expect(brief(video({ order: { frames: 200, backward: 1 }, slices: { seen: 200, b: 1 } }))).toEqual([]);
  });
});

describe('key frames', () => {
  const rare = { usualSeconds: 20, longestSeconds: 20.4, askable: true, asked: 0, answered: 0 };

  it('that are rare are a hint until somebody has asked for one in vain', () => {
    expect(brief(video({ keyFrames: rare }))).toEqual(['hint KEY_FRAMES_RARE']);
    expect(brief(video({ keyFrames: { ...rare, asked: 4, answered: 1 } }))).toEqual([
      'problem KEY_FRAMES_RARE',
    ]);
    expect(message(video({ keyFrames: { ...rare, asked: 4 } }))).toContain(
      '20 seconds, and the encoder sends none',
    );
  });

  it('that come when they are asked for may be rare', () => {
    expect(brief(video({ keyFrames: { ...rare, asked: 4, answered: 3 } }))).toEqual([]);
  });

  it('of OBS and x264 as they come, 250 frames apart, are rare', () => {
    const usual = { ...rare, usualSeconds: 8.3, longestSeconds: 8.3 };
    expect(brief(video({ keyFrames: usual }))).toEqual(['hint KEY_FRAMES_RARE']);
    expect(brief(video({ keyFrames: { ...usual, asked: 1 } }))).toEqual(['problem KEY_FRAMES_RARE']);
  });

  it('may be four seconds apart, where nobody can ask and where asking is of no use', () => {
    const deaf = { ...rare, askable: false };
    for (const [keyFrames, expected] of [
      [{ ...deaf, longestSeconds: 4.2 }, []],
      [{ ...deaf, longestSeconds: 4.3 }, ['problem KEY_FRAMES_RARE']],
      [{ ...rare, asked: 4, longestSeconds: 4.2 }, []],
      [{ ...rare, asked: 4, longestSeconds: 4.3 }, ['problem KEY_FRAMES_RARE']],
      [{ ...rare, longestSeconds: 8 }, []],
    ] as const) {
      expect(brief(video({ keyFrames }))).toEqual(expected);
    }
    expect(message(video({ keyFrames: deaf }))).toContain('does not agree to be asked');
  });
});

it('says that viewers cannot decode what is sent, whatever the codec', () => {
  const track = video({ codec: 'AV1', decoding: { requestsPerMinute: 240 } });
  expect(brief(track)).toEqual(['problem VIEWERS_CANNOT_DECODE']);
  expect(message(track)).toContain('about 240 times a minute');
  expect(message(track)).toContain('AV1');
});

describe('a profile', () => {
  it.each(['6e001f', '7a001f', 'f4001f', '58001f'])('of %s is none that browsers decode', (sent) => {
    const track = video({ sentProfile: profile(sent) });
    expect(brief(track)).toEqual(['problem PROFILE_UNUSUAL']);
    expect(message(track)).toContain(`H.264 ${track.sentProfile?.name},`);
  });

  it.each(['42c01f', '42001f', '4d001f', '64001f', '640c1f'])('of %s is one that they do', (sent) => {
    expect(brief(video({ sentProfile: profile(sent) }))).toEqual([]);
  });
});

describe('a single layer', () => {
  it('is a hint, with what is known of it', () => {
    expect(brief(video({ layers: 1 }))).toEqual(['hint ONE_LAYER']);
    expect(message(video({ layers: 1 }))).toContain('(1280x720, 3.4 Mbit/s)');
    expect(message(video({ layers: 1, width: undefined, bitrate: undefined }))).toContain(
      'arrives. A viewer',
    );
  });
});

describe('missing media', () => {
  const silent = { begun: false, silentSeconds: 12.3 };

  it('is told by what is missing', () => {
    expect(brief(video(silent), audio(silent))).toEqual(['problem NO_MEDIA']);
    expect(message(video(silent), audio(silent))).toContain(
      'no picture and no sound has arrived for 12 seconds',
    );
    expect(message(video(), audio(silent))).toContain('no sound has');
    expect(message(video(silent), audio())).toContain('no picture has');
  });

  it('is not told of at once, nor of what is paused', () => {
    expect(brief(video({ ...silent, silentSeconds: 9 }), audio({ ...silent, paused: true }))).toEqual([]);
  });

  it('keeps a track that never came from being judged', () => {
    expect(brief(video({ ...silent, silentSeconds: 3, layers: 1 }))).toEqual([]);
  });
});

it('tells each thing once, and problems first', () => {
  const worst = video({
    layers: 1,
    sentProfile: profile('7a001f'),
    slices: { seen: 200, b: 100 },
    keyFrames: { usualSeconds: 20, longestSeconds: 20, askable: true, asked: 0, answered: 0 },
  });
  expect(brief(worst, worst)).toEqual([
    'problem PROFILE_UNUSUAL',
    'problem B_FRAMES',
    'hint KEY_FRAMES_RARE',
    'hint ONE_LAYER',
  ]);
});

it('makes a report that survives JSON and leaves out what is unknown', () => {
  const report = reportOn([video({ layers: 1 }), audio({ bitrate: undefined })]);
  expect(ingestReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  expect(report.tracks).toEqual([
    {
      kind: 'video',
      codec: 'H264',
      profile: 'Constrained Baseline',
      width: 1_280,
      height: 720,
      layers: 1,
      bitrate: 3_400_000,
      keyFrameSeconds: 2,
    },
    { kind: 'audio', codec: 'opus', layers: 1 },
  ]);
});
