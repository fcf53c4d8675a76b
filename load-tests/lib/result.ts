import { z } from 'zod';

/** What a figure should be. A figure that misses it is reported as it is. */
export const aimSchema = z.object({
  is: z.enum(['at least', 'at most']),
  value: z.number(),
});

/** One figure of a scenario: the median over its rounds, with the range. */
export const figureSchema = z.object({
  /** Names it in results and in the documents' tables, such as `fan-out.memory-per-viewer`. */
  id: z.string(),
  title: z.string(),
  /** `''` for a ratio. */
  unit: z.string(),
  median: z.number(),
  min: z.number(),
  max: z.number(),
  /** How many rounds, or single observations, are behind it. */
  samples: z.number().int(),
  aim: aimSchema.optional(),
});

/** A picture of some of the figures, drawn from data alone. */
export const chartSchema = z.object({
  /** Its file is called `<scenario>-<name>.svg`. */
  name: z.string(),
  title: z.string(),
  kind: z.enum(['line', 'bar', 'scatter']),
  x: z.string(),
  y: z.string(),
  series: z.array(
    z.object({
      name: z.string(),
      /** For bars, x names what the bar is of. */
      points: z.array(z.tuple([z.union([z.number(), z.string()]), z.number()])),
    }),
  ),
});

/** What was measured where. */
export const machineSchema = z.object({
  cpu: z.string(),
  cores: z.number().int(),
  memoryGiB: z.number(),
  kernel: z.string(),
  node: z.string(),
  mediasoup: z.string(),
});

/** One run of a scenario, as its JSON file holds it. */
export const resultSchema = z.object({
  scenario: z.string(),
  title: z.string(),
  /** ISO 8601. */
  startedAt: z.string(),
  seconds: z.number(),
  /** Short hash; with `+` behind it when something was changed and not committed. */
  commit: z.string(),
  machine: machineSchema,
  /** What the scenario was asked for. */
  options: z.record(z.string(), z.unknown()),
  figures: z.array(figureSchema),
  charts: z.array(chartSchema),
  /** Runs that were thrown away, and why: a generator at its limit, packets lost on the way. */
  discarded: z.array(z.string()),
  /** What else a reader of the figures should know. */
  notes: z.array(z.string()),
  /** What every round measured, for whoever wants to look again. */
  rounds: z.array(z.unknown()),
});

export type Aim = z.infer<typeof aimSchema>;
export type Figure = z.infer<typeof figureSchema>;
export type Chart = z.infer<typeof chartSchema>;
export type Machine = z.infer<typeof machineSchema>;
export type Result = z.infer<typeof resultSchema>;

/** Whether a figure is what it should be; `undefined` for one that need not be anything. */
export function isMet({ median, aim }: Figure): boolean | undefined {
  if (!aim) return undefined;
  return aim.is === 'at least' ? median >= aim.value : median <= aim.value;
}
