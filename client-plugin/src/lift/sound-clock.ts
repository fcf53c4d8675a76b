import { receiverOf } from '../track-receiver.ts';

/** What a receiver has got and played of a track (webrtc-stats, section 8.6). */
export interface PlayedSound {
  packets: number;
  /** Samples of one channel that were played, those included that had to be made up. */
  samples: number;
  /** Samples that were made up, because what should have been played was not there. */
  concealed: number;
}

/** Undefined where nobody knows the track's receiver, or nothing has ever come to it. */
export async function playedSound(track: MediaStreamTrack): Promise<PlayedSound | undefined> {
  const report = await receiverOf(track)?.getStats();
  for (const stats of report?.values() ?? []) {
    if (stats.type !== 'inbound-rtp' || stats.kind !== 'audio') continue;
    const { packetsReceived = 0, totalSamplesReceived = 0, concealedSamples = 0 } = stats;
    return { packets: packetsReceived, samples: totalSamplesReceived, concealed: concealedSamples };
  }
  return undefined;
}
