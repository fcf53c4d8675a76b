import type { RoomMode } from '@meshlift/protocol';
import type { Effort } from './auto-rule.ts';

/** What is read of `outbound-rtp`, `candidate-pair` and `transport` statistics (webrtc-stats, section 8). */
interface Stats {
  id: string;
  type: string;
  kind?: string;
  bytesSent?: number;
  framesEncoded?: number;
  totalEncodeTime?: number;
  frameWidth?: number;
  active?: boolean;
  qualityLimitationReason?: string;
  availableOutgoingBitrate?: number;
  nominated?: boolean;
}

interface Counters {
  bytes: number;
  encodeSeconds: number;
}

/** Reads what a page spends on sending from the statistics of its connections, as differences between two readings. */
export class EffortMeter {
  #before = new Map<string, Counters>();
  #readAt: number | undefined;

  /** What was counted before is of another path. */
  reset(): void {
    this.#before.clear();
    this.#readAt = undefined;
  }

  /**
   * @param reports of all connections that send
   * @param now in milliseconds
   * @returns undefined the first time, when there is nothing to compare with
   */
  read(
    reports: readonly RTCStatsReport[],
    mode: RoomMode,
    receivers: number,
    now: number,
  ): Effort | undefined {
    const before = this.#before;
    const seconds = this.#readAt === undefined ? 0 : (now - this.#readAt) / 1_000;
    this.#before = new Map();
    this.#readAt = now;
    const all: Stats[] = reports.flatMap((report, link) =>
      [...report.values()].map((stats) => ({ ...stats, id: `${link} ${stats.id}` })),
    );
    const sent = all
      .filter(({ type }) => type === 'outbound-rtp')
      .map((stats) => {
        const counters = { bytes: stats.bytesSent ?? 0, encodeSeconds: stats.totalEncodeTime ?? 0 };
        this.#before.set(stats.id, counters);
        const past = before.get(stats.id) ?? counters;
        return {
          stats,
          bps: seconds && (8 * (counters.bytes - past.bytes)) / seconds,
          encodeShare: seconds && (counters.encodeSeconds - past.encodeSeconds) / seconds,
        };
      });
    if (seconds === 0) return undefined;
    const videos = sent.filter(({ stats }) => stats.kind === 'video');
    const audioBps = sum(sent.filter(({ stats }) => stats.kind === 'audio').map(({ bps }) => bps));
    const available = all.flatMap(({ availableOutgoingBitrate: bps }) => (bps === undefined ? [] : [bps]));
    const reasons = videos.filter(({ bps }) => bps > 0).map(({ stats }) => stats.qualityLimitationReason);
    return {
      mode,
      receivers,
      sentBps: sum(sent.map(({ bps }) => bps)),
      availableBps: available.length > 0 ? sum(available) : undefined,
      copyBps: Math.max(0, ...videos.map(({ bps }) => bps)) + audioBps / Math.max(1, reports.length),
      encodeShare: sum(videos.map(({ encodeShare }) => encodeShare)),
      limitedBy: reasons.includes('cpu') ? 'cpu' : reasons.includes('bandwidth') ? 'bandwidth' : 'none',
    };
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
