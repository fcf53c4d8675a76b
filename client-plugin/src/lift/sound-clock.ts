import { receiverOf } from '../track-receiver.ts';

/** What a receiver has played of a track, in samples of one channel (webrtc-stats, section 8.6). */
export interface PlayedSound {
  /** Every sample that was played, those included that had to be made up. */
  samples: number;
  /** Samples that were made up, because what should have been played was not there. */
  concealed: number;
}

/** Undefined where nobody knows the track's receiver, or nothing has come to it. */
export async function playedSound(track: MediaStreamTrack): Promise<PlayedSound | undefined> {
  const report = await receiverOf(track)?.getStats();
  for (const stats of report?.values() ?? []) {
    if (stats.type === 'inbound-rtp' && stats.kind === 'audio' && stats.packetsReceived > 0) {
      return { samples: stats.totalSamplesReceived ?? 0, concealed: stats.concealedSamples ?? 0 };
    }
  }
  return undefined;
}
