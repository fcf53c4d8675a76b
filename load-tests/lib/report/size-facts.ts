import { z } from 'zod';
import { type Flow, loadOn, type Measured } from '../../model.ts';
import type { Figure, Result } from '../result.ts';
import { median } from '../statistics.ts';

/** What the model starts from, all of it out of results. */
export interface SizeFacts {
  measured: Measured;
  /** The stream that was measured with. */
  stream: Flow;
}

/** The clip that publishers send, as `obtainClip` has it made. */
const CLIP = { frameRate: 30, bitRate: 1_300_000 };

const loadsSchema = z.array(
  z.object({ Meshlift: z.array(z.object({ viewers: z.number(), packetsPerSecond: z.number() })) }),
);

/** @returns `undefined` where `fan-out` or `signaling` is missing */
export function sizeFacts(results: readonly Result[]): SizeFacts | undefined {
  const rates = ratesOf(results).map(({ packetsPerCpuSecond }) => packetsPerCpuSecond);
  const joins = figureOf(results, 'signaling.joins-per-cpu-second');
  const idle = figureOf(results, 'signaling.cpu-per-1000-idle');
  const rounds = loadsSchema.safeParse(results.find(({ scenario }) => scenario === 'fan-out')?.rounds);
  if (rates.length === 0 || !joins || !idle || !rounds.success) return undefined;
  const loads = rounds.data.flatMap(({ Meshlift }) => Meshlift);
  const packetsPerSecond = median(loads.map((load) => load.packetsPerSecond / load.viewers));
  return {
    measured: {
      packetsPerCpuSecond: median(rates),
      joinsPerCpuSecond: joins.median,
      coresPerIdleViewer: idle.median / 100 / 1_000,
    },
    stream: {
      bitRate: CLIP.bitRate,
      packetsPerSecond,
      packetsPerFrame: packetsPerSecond / CLIP.frameRate,
    },
  };
}

/** What the model says of an audience on one node, and what was measured. */
export interface Comparison {
  what: string;
  unit: '%' | 'ms';
  predicted: number;
  measured: number;
}

/**
 * The model beside everything that was measured on one worker. What it says of a load of `fan-out` is worked out from
 * the other loads of it, so that no figure predicts itself.
 */
export function comparisons(results: readonly Result[], { stream, measured }: SizeFacts): Comparison[] {
  const rates = ratesOf(results);
  const predict = (viewers: number, packetsPerCpuSecond: number) =>
    loadOn({ workers: 1 }, { viewers, toViewer: stream, measured: { ...measured, packetsPerCpuSecond } });
  const cores = (what: string, viewers: number, rate: number, percent: number): Comparison => ({
    what: `${what}, ${viewers} viewers: time of a core`,
    unit: '%',
    predicted: predict(viewers, rate).cores * 100,
    measured: percent,
  });
  const fanOut = byViewers(results, 'fan-out.cpu-').flatMap(([viewers, { median: percent }]) => {
    const others = rates.filter((rate) => rate.viewers !== viewers).map((rate) => rate.packetsPerCpuSecond);
    return others.length > 0 ? [cores('`fan-out`', viewers, median(others), percent)] : [];
  });
  const compare = byViewers(results, 'compare.meshlift-').map(([viewers, { median: thousands }]) => {
    const percent = (stream.packetsPerSecond * viewers) / (thousands * 10);
    return cores('`compare`', viewers, measured.packetsPerCpuSecond, percent);
  });
  const latency = byViewers(results, 'latency.last-p50-')
    .filter(([viewers]) => viewers > 0)
    .map(
      ([viewers, { median: ms }]): Comparison => ({
        what: `\`latency\`, ${viewers} viewers: the last one has all of a frame, p50`,
        unit: 'ms',
        predicted: predict(viewers, measured.packetsPerCpuSecond).delay * 1_000,
        measured: ms,
      }),
    );
  return [...fanOut, ...compare, ...latency];
}

/** How far the prediction is from what was measured, of which it is a part: 0.1 is a tenth too much. */
export const deviation = ({ predicted, measured }: Comparison) => predicted / measured - 1;

const figureOf = (results: readonly Result[], id: string): Figure | undefined =>
  results.flatMap(({ figures }) => figures).find((figure) => figure.id === id);

/** Figures whose id ends with a number of viewers. */
function byViewers(results: readonly Result[], prefix: string): [number, Figure][] {
  return results
    .flatMap(({ figures }) => figures)
    .filter(({ id }) => id.startsWith(prefix) && /^\d+$/.test(id.slice(prefix.length)))
    .map((figure) => [Number(figure.id.slice(prefix.length)), figure]);
}

const ratesOf = (results: readonly Result[]) =>
  byViewers(results, 'fan-out.packets-').map(([viewers, { median: thousands }]) => ({
    viewers,
    packetsPerCpuSecond: thousands * 1_000,
  }));
