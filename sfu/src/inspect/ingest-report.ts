import type { IngestReport, TrackReport } from '@meshlift/protocol';
import { diagnose } from './diagnose.ts';
import type { TrackObservations } from './observations.ts';

/** What a broadcaster is told of the tracks of one session. */
export function reportOn(tracks: readonly TrackObservations[]): IngestReport {
  return { tracks: tracks.map(trackReport), findings: diagnose(tracks) };
}

/** What was not measured is left out, since `undefined` does not survive JSON. */
function trackReport(track: TrackObservations): TrackReport {
  const { kind, codec, layers, width, height, bitrate } = track;
  const profile = track.sentProfile?.name;
  const keyFrameSeconds = track.keyFrames.usualSeconds;
  return {
    kind,
    codec,
    ...(profile === undefined ? {} : { profile }),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    layers,
    ...(bitrate === undefined ? {} : { bitrate }),
    ...(keyFrameSeconds === undefined ? {} : { keyFrameSeconds }),
  };
}
