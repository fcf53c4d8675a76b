import type { Chart } from '../result.ts';
import { type ChartLayout, LEGEND } from './chart-layout.ts';
import { CHART, COLOURS, FONT, INK, SHAPES, TEXT } from './chart-style.ts';
import { shortNumber } from './figure-text.ts';

/** More points than this are drawn as a line alone. */
const MARKED_POINTS = 40;
/** More bars than this have no room for their value. */
const LABELLED_BARS = 24;

/** What the chart library is to draw: one card, readable on pages of any colour. */
export function chartOption(chart: Chart, layout: ChartLayout) {
  const { width, margin } = CHART;
  const { names } = layout;
  return {
    animation: false,
    color: [...COLOURS],
    textStyle: { fontFamily: FONT, color: INK.text },
    graphic: [card(width, layout.height)],
    title: {
      text: layout.titleLines.join('\n'),
      left: margin - 5,
      top: margin - 8,
      textStyle: { fontSize: TEXT.title, lineHeight: TEXT.titleLine, fontWeight: 600, color: INK.text },
    },
    legend: {
      show: names.length > 0,
      left: margin - 5,
      top: layout.legendTop,
      width: width - 2 * margin,
      itemGap: LEGEND.gap,
      itemWidth: layout.signWidth,
      // Each name gets room for a font that is wider than most; only a coloured piece of text takes its width.
      formatter: (name: string) => `{name${names.findIndex((one) => one.name === name)}|${name}}`,
      textStyle: {
        rich: Object.fromEntries(
          names.map(({ width }, index) => [
            `name${index}`,
            {
              ...{ width, backgroundColor: INK.card },
              ...{ fontSize: TEXT.legend, fontFamily: FONT, color: INK.text },
            },
          ]),
        ),
      },
    },
    grid: {
      left: margin,
      right: margin,
      top: layout.plotTop,
      bottom: 12,
      outerBoundsMode: 'same',
      outerBoundsContain: 'all',
    },
    xAxis: xAxis(chart),
    yAxis: axis({ type: 'value', name: chart.y, nameRotate: 90 }),
    series: chart.series.map((_, index) => series(chart, index)),
  };
}

function card(width: number, height: number) {
  return {
    type: 'rect',
    silent: true,
    z: -10,
    shape: { x: 0.5, y: 0.5, width: width - 1, height: height - 1, r: 8 },
    style: { fill: INK.card, stroke: INK.line },
  };
}

function axis(own: { type: string; name: string; [option: string]: unknown }) {
  return {
    nameLocation: 'middle',
    nameGap: 12,
    nameTextStyle: { fontSize: TEXT.axis, color: INK.faint, textMargin: 10 },
    axisLabel: { fontSize: TEXT.axis, color: INK.faint, hideOverlap: true },
    axisLine: { show: own.type !== 'value', lineStyle: { color: INK.faint } },
    axisTick: { show: false },
    splitLine: { show: own.type === 'value', lineStyle: { color: INK.grid } },
    ...own,
  };
}

function xAxis(chart: Chart) {
  if (!byName(chart)) {
    return {
      ...axis({ type: 'value', name: chart.x }),
      splitLine: { show: false },
      axisLine: { show: true, lineStyle: { color: INK.faint } },
    };
  }
  const names = namesOf(chart);
  const room = (CHART.width - 3 * CHART.margin) / Math.max(1, names.length) - 8;
  return {
    ...axis({ type: 'category', name: chart.x, data: names }),
    splitLine: { show: false },
    axisLabel: {
      fontSize: TEXT.axis,
      color: INK.text,
      lineHeight: 15,
      interval: 0,
      width: room,
      overflow: 'break',
    },
  };
}

/** Bars stand beside each other, whatever they are of. */
const byName = ({ kind, series }: Chart) =>
  kind === 'bar' || series.some(({ points }) => points.some(([x]) => typeof x === 'string'));

const namesOf = ({ series }: Chart) => [
  ...new Set(series.flatMap(({ points }) => points.map(([x]) => String(x)))),
];

function series(chart: Chart, index: number) {
  const one = chart.series[index];
  const points = one?.points ?? [];
  const shape = SHAPES[index % SHAPES.length];
  const common = {
    type: chart.kind,
    name: one?.name ?? '',
    data: byName(chart) ? byPlace(chart, points) : points,
  };
  switch (chart.kind) {
    case 'bar':
      return {
        ...common,
        barMaxWidth: 72,
        itemStyle: { borderRadius: [3, 3, 0, 0] },
        label: {
          show: namesOf(chart).length * chart.series.length <= LABELLED_BARS,
          position: 'top',
          fontSize: TEXT.axis,
          color: INK.text,
          formatter: ({ value }: { value: unknown }) => (typeof value === 'number' ? shortNumber(value) : ''),
        },
      };
    case 'line':
      return {
        ...common,
        symbol: shape,
        symbolSize: 8,
        showSymbol: points.length <= MARKED_POINTS,
        showAllSymbol: true,
        lineStyle: { width: 2.5 },
        clip: false,
      };
    case 'scatter':
      return {
        ...common,
        symbol: shape,
        symbolSize: points.length <= MARKED_POINTS ? 10 : 6,
        itemStyle: { opacity: 0.75 },
      };
  }
}

/** The value of each name in the order of the axis; nothing where a series has none. */
function byPlace(chart: Chart, points: Chart['series'][number]['points']): (number | null)[] {
  const values = new Map(points.map(([x, y]) => [String(x), y]));
  return namesOf(chart).map((name) => values.get(name) ?? null);
}
