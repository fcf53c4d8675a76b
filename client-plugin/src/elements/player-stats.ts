import type { View } from '../index.ts';
import type { PlayerStats } from './embed-messages.ts';

/** The figures of what is received, summed over sound and picture. No address is among them. */
export async function playerStats(view: View | undefined, video: HTMLVideoElement): Promise<PlayerStats> {
  const stats: PlayerStats = {
    width: video.videoWidth,
    height: video.videoHeight,
    framesPerSecond: 0,
    framesDecoded: 0,
    framesDropped: 0,
    bytesReceived: 0,
    packetsReceived: 0,
    packetsLost: 0,
    jitterMs: 0,
  };
  for (const report of (await view?.getStats()) ?? []) {
    for (const inbound of report.values()) {
      if (inbound.type !== 'inbound-rtp') continue;
      const figure = (name: string) => Number(inbound[name] ?? 0);
      stats.framesPerSecond += figure('framesPerSecond');
      stats.framesDecoded += figure('framesDecoded');
      stats.framesDropped += figure('framesDropped');
      stats.bytesReceived += figure('bytesReceived');
      stats.packetsReceived += figure('packetsReceived');
      stats.packetsLost += figure('packetsLost');
      stats.jitterMs = Math.max(stats.jitterMs, figure('jitter') * 1_000);
    }
  }
  return stats;
}
