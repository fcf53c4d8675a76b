import type { Chart } from '../result.ts';
import {
  CHART,
  COLOURS,
  FONT,
  INK,
  LEGEND_GAP,
  LEGEND_ICON,
  rowsOf,
  SHAPES,
  TEXT,
  textWidth,
  wrapped,
} from './chart-style.ts';
import { shortNumber } from './figure-text.ts';

/** More points than this are drawn as a line alone. */
const MARKED_POINTS = 40;
/** More bars than this have no room for their value. */
const LABELLED_BARS = 24;

/** What the chart library is to draw: one card, readable on pages of any colour. */
export function chartOption(chart: Chart) {
  const { width, height, margin } = CHART;
  const inner = width - 2 * margin;
  const title = wrapped(chart.title, TEXT.title, inner);
  const named = chart.series.length > 1;
  const legendTop = margin + title.length * TEXT.title * 1.4;
  const legendRows = named
    ? rowsOf(
        chart.series.map(({ name }) => LEGEND_ICON + 5 + textWidth(name, TEXT.legend)),
        LEGEND_GAP,
        inner,
      )
    : 0;
  return {
    animation: false,
    color: [...COLOURS],
    textStyle: { fontFamily: FONT, color: INK.text },
    graphic: [card(width, height)],
    title: {
      text: title.join('\n'),
      left: margin - 5,
      top: margin - 8,
      textStyle: { fontSize: TEXT.title, lineHeight: TEXT.title * 1.4, fontWeight: 600, color: INK.text },
    },
    legend: {
      show: named,
      left: margin - 5,
      top: legendTop,
      width: inner,
      itemGap: LEGEND_GAP,
      textStyle: { fontSize: TEXT.legend, color: INK.text },
    },
    grid: {
      left: margin,
      right: margin,
      top: legendTop + legendRows * 26 + 22,
      bottom: margin,
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
    nameTextStyle: { fontSize: TEXT.axis, color: INK.faint },
    axisLabel: { fontSize: TEXT.axis, color: INK.faint, hideOverlap: true },
    axisLine: { show: own.type !== 'value', lineStyle: { color: INK.faint } },
    axisTick: { show: false },
    splitLine: { show: own.type === 'value', lineStyle: { color: INK.grid } },
    ...own,
  };
}

function xAxis(chart: Chart) {
  if (!byName(chart)) {
    const numbers = chart.series.flatMap(({ points }) => points.map(([x]) => Number(x)));
    return {
      ...axis({ type: 'value', name: chart.x }),
      axisLine: { show: true, lineStyle: { color: INK.faint } },
      splitLine: { show: false },
      // A distribution ends where its values do; a load begins with nobody.
      ...(numbers.length > 0 && { max: niceEnd(Math.max(...numbers)) }),
    };
  }
  const names = namesOf(chart);
  const room = (CHART.width - 3 * CHART.margin) / Math.max(1, names.length) - 8;
  return {
    ...axis({ type: 'category', name: chart.x, data: names }),
    axisLabel: { fontSize: TEXT.axis, color: INK.text, interval: 0, width: room, overflow: 'break' },
    splitLine: { show: false },
  };
}

/** Bars stand beside each other, whatever they are of. */
const byName = ({ kind, series }: Chart) =>
  kind === 'bar' || series.some(({ points }) => points.some(([x]) => typeof x === 'string'));

const namesOf = ({ series }: Chart) => [
  ...new Set(series.flatMap(({ points }) => points.map(([x]) => String(x)))),
];

/** The end of an axis a little beyond the last value, at a number that is easy to read. */
function niceEnd(last: number): number | undefined {
  if (last <= 0) return undefined;
  const step = 10 ** Math.floor(Math.log10(last)) / 2;
  return Math.ceil(last / step) * step;
}

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
