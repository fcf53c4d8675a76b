import type { Chart, Figure, Result } from '../../result.ts';

/** Results for tests, of which nothing was measured. */
export function madeUpResult(changes: Partial<Result> = {}): Result {
  return {
    scenario: 'fan-out',
    title: 'Fan-out',
    startedAt: '2026-11-21T13:18:16.000Z',
    seconds: 725,
    commit: 'a34b367',
    machine: {
      ...{ cpu: 'A processor', cores: 2, memoryGiB: 23.4, kernel: '6.18.5' },
      ...{ node: 'v24.21.0', mediasoup: '3.27.1' },
    },
    options: { rounds: 5 },
    figures: [madeUpFigure()],
    charts: [madeUpChart('cost')],
    discarded: [],
    notes: [],
    rounds: [],
    ...changes,
  };
}

export function madeUpFigure(changes: Partial<Figure> = {}): Figure {
  return {
    ...{ id: 'fan-out.memory', title: 'Memory for each viewer', unit: 'KB' },
    ...{ median: 183.4, min: 176.2, max: 204.9, samples: 5 },
    ...changes,
  };
}

export function madeUpChart(name: string, changes: Partial<Chart> = {}): Chart {
  return {
    name,
    title: 'Cost by viewers',
    kind: 'line',
    x: 'viewers',
    y: 'CPU time, s/s',
    series: [
      {
        name: 'raw worker',
        points: [
          [50, 0.07],
          [100, 0.12],
        ],
      },
      {
        name: 'Meshlift & <co>',
        points: [
          [50, 0.08],
          [100, 0.13],
        ],
      },
    ],
    ...changes,
  };
}
