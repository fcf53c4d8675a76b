import { describe, expect, test } from 'vitest';
import { chartSchema, figureSchema } from './result.ts';
import { fullMachine, outgrows, type SwitchSeen, switchCharts, switchFigures } from './switch-gaps.ts';

function seen(over: Partial<SwitchSeen>): SwitchSeen {
  return {
    people: 2,
    others: 0,
    way: 'to the relay',
    round: 0,
    picturesMs: [40, 60],
    silencesMs: [0, 10],
    busy: 0.5,
    ...over,
  };
}

const all = [
  seen({}),
  seen({ others: 200, picturesMs: [60, 120], silencesMs: [0, 20], busy: 0.95 }),
  seen({ others: 200, round: 1, picturesMs: [80, 80] }),
  seen({ people: 3, others: 200, way: 'to the mesh', silencesMs: [0, 0] }),
];

describe('what was noticed of switches', () => {
  const figures = switchFigures(all, 200);
  const byId = new Map(figures.map((figure) => [figure.id, figure]));

  test('is told by size, way and sense, of the rooms beside the others', () => {
    for (const figure of figures) expect(figureSchema.parse(figure)).toEqual(figure);
    expect(byId.get('switch.picture-2-to-the-relay')).toMatchObject({
      median: 80,
      min: 60,
      max: 120,
      samples: 4,
    });
    expect(byId.get('switch.picture-2-to-the-relay-p95')).toMatchObject({ samples: 2, min: 80, max: 117 });
    expect(byId.get('switch.silence-3-to-the-mesh')).toMatchObject({ median: 0, samples: 2 });
    expect(byId.has('switch.picture-3-to-the-relay')).toBe(false);
  });

  test('is compared with the same room by itself in the same round', () => {
    expect(byId.get('switch.picture-2-ratio')).toMatchObject({ samples: 1 });
    expect(byId.get('switch.picture-2-ratio')?.median).toBeCloseTo(117 / 59);
    expect(byId.has('switch.picture-3-ratio')).toBe(false);
  });

  test('is drawn as a distribution over the sizes', () => {
    const charts = switchCharts(all, 200);
    expect(charts.map((chart) => chartSchema.parse(chart))).toEqual(charts);
    const longest = charts[0]?.series.find(({ name }) => name === 'longest, beside 200 viewers');
    expect(longest?.points).toEqual([
      ['2', 120],
      ['3', 60],
    ]);
  });

  test('is doubted where the machine was full', () => {
    expect(fullMachine(all)).toBeUndefined();
    expect(fullMachine([seen({ people: 6, others: 200, busy: 0.97 })])).toContain(
      '6 people beside 200 viewers (97 %)',
    );
  });

  test('is not asked of a room for which there is no place beside the others', () => {
    const small = [seen({ busy: 0.5 }), seen({ others: 200, busy: 0.8 })];
    expect(outgrows(small, 2, 200)).toBe(false);
    expect(outgrows([...small, seen({ people: 3, busy: 0.6 })], 3, 200)).toBe(false);
    const larger = [...small, seen({ people: 3, busy: 0.75 })];
    expect(outgrows(larger, 3, 200)).toBe(true);
    expect(outgrows([...larger, seen({ people: 4, busy: 0.8 })], 4, 200)).toBe(true);
  });
});
