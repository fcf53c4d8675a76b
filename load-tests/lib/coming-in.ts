import type { FirstFrame } from './browser/pages/probe-page.ts';
import type { Joined } from './peers/crowd.ts';
import { type BesideRaw, namesBesideRaw } from './relays/beside-raw.ts';
import type { Chart, Figure } from './result.ts';
import { ratios } from './rounds.ts';
import { figure, median, quantile } from './statistics.ts';

/** So many join at once to be compared with those of the raw worker. */
export const AT_ONCE = 20;

/** Many who came within a second. */
export interface Storm {
  viewers: number;
  joined: Joined[];
  /** Requests for key frames that reached the publisher for each second of the storm. */
  requestsPerSecond: number;
  /** Of a browser that joins in the middle of it. */
  firstFrame: FirstFrame;
  /** How much of its core the crowd used meanwhile, from 0 to 1. */
  crowd: number;
}

/** What one round found of coming in. */
export interface ComingIn {
  inTurn: Record<BesideRaw, Joined[]>;
  storms: Storm[];
  /** A browser's first decoded picture, beside as many viewers as the first storm brought, in ms. */
  calm: number[];
}

/** What a browser's time to the first picture is made of, in its order. */
const waits: { id: string; title: string; of(frame: FirstFrame): number }[] = [
  { id: 'until-described', title: 'until signaling had answered', of: ({ describedMs }) => describedMs },
  {
    id: 'until-connected',
    title: 'from there until ICE and DTLS stood',
    of: ({ describedMs, connectedMs }) => connectedMs - describedMs,
  },
  {
    id: 'until-received',
    title: 'from there until the picture had come',
    of: ({ connectedMs, receivedMs }) => receivedMs - connectedMs,
  },
  {
    id: 'until-presented',
    title: 'from there until it was decoded and shown',
    of: ({ receivedMs, ms }) => ms - receivedMs,
  },
];

const firstPackets = (joined: readonly Joined[]) =>
  joined.flatMap((one) => ('failed' in one ? [] : [one.firstPacketMs]));
const failures = (joined: readonly Joined[]) => joined.filter((one) => 'failed' in one).length;

export function comingInFigures(rounds: readonly ComingIn[], viewers: readonly number[]): Figure[] {
  const p95 = (joined: readonly Joined[]) => quantile(firstPackets(joined), 0.95);
  const stormsOf = (number: number) =>
    rounds.flatMap(({ storms }) => storms.filter((one) => one.viewers === number));
  return [
    figure(
      {
        id: 'join-storm.first-packet-ratio',
        title: `First packet, p95, ${AT_ONCE} at once, of the raw worker’s`,
        unit: '',
        aim: { is: 'at most', value: 1.3 },
      },
      ratios(
        rounds,
        ({ inTurn }) => p95(inTurn.Meshlift),
        ({ inTurn }) => p95(inTurn['raw worker']),
      ),
    ),
    ...namesBesideRaw.map((name) =>
      figure(
        {
          id: `join-storm.first-packet-${name.split(' ')[0]?.toLowerCase()}`,
          title: `First packet, p95, ${AT_ONCE} at once, ${name}`,
          unit: 'ms',
        },
        rounds.map(({ inTurn }) => p95(inTurn[name])),
      ),
    ),
    figure(
      {
        id: 'join-storm.first-picture',
        title: 'First decoded picture in Chromium, p95, coming by itself',
        unit: 'ms',
        aim: { is: 'at most', value: 500 },
      },
      rounds.map(({ calm }) => quantile(calm, 0.95)),
    ),
    ...viewers.flatMap((number) => [
      figure(
        {
          id: `join-storm.first-packet-storm-${number}`,
          title: `First packet, p95, ${number} within a second`,
          unit: 'ms',
        },
        stormsOf(number).map(({ joined }) => p95(joined)),
      ),
      figure(
        {
          id: `join-storm.first-picture-storm-${number}`,
          title: `First decoded picture in the midst of ${number}`,
          unit: 'ms',
        },
        stormsOf(number).map(({ firstFrame }) => firstFrame.ms),
      ),
      ...waits.map(({ id, title, of }) =>
        figure(
          {
            id: `join-storm.${id}-storm-${number}`,
            title: `Of that in the midst of ${number}, ${title}`,
            unit: 'ms',
          },
          stormsOf(number).map(({ firstFrame }) => of(firstFrame)),
        ),
      ),
      figure(
        {
          id: `join-storm.requests-${number}`,
          title: `Key frame requests that reach the publisher, ${number} within a second`,
          unit: 'a second',
          aim: { is: 'at most', value: 2 },
        },
        stormsOf(number).map(({ requestsPerSecond }) => requestsPerSecond),
      ),
      figure(
        {
          id: `join-storm.failed-${number}`,
          title: `Failed, ${number} within a second`,
          unit: '',
          aim: { is: 'at most', value: 0 },
        },
        stormsOf(number).map(({ joined }) => failures(joined)),
      ),
    ]),
  ];
}

export function comingInCharts(rounds: readonly ComingIn[], viewers: readonly number[]): Chart[] {
  const parts = Array.from({ length: 20 }, (_, index) => (index + 1) / 20);
  const spread = (values: readonly number[]) =>
    parts.map((part): [number, number] => [quantile(values, part), part * 100]);
  return [
    {
      name: 'first-packet',
      title: 'From coming to the first packet',
      kind: 'line',
      x: 'ms',
      y: 'part of the viewers, %',
      series: [
        ...namesBesideRaw.map((name) => ({
          name: `${name}, ${AT_ONCE} at once`,
          points: spread(rounds.flatMap(({ inTurn }) => firstPackets(inTurn[name]))),
        })),
        ...viewers.map((number) => ({
          name: `Meshlift, ${number} within a second`,
          points: spread(
            rounds.flatMap(({ storms }) =>
              storms.filter((one) => one.viewers === number).flatMap(({ joined }) => firstPackets(joined)),
            ),
          ),
        })),
      ],
    },
    {
      name: 'first-picture',
      title: 'First decoded picture in Chromium',
      kind: 'bar',
      x: '',
      y: 'ms, median',
      series: [
        {
          name: 'Chromium',
          points: [
            ['nobody else comes', median(rounds.flatMap(({ calm }) => calm))],
            ...viewers.map((number): [string, number] => [
              `${number} within a second`,
              median(
                rounds.flatMap(({ storms }) =>
                  storms.filter((one) => one.viewers === number).map(({ firstFrame }) => firstFrame.ms),
                ),
              ),
            ]),
          ],
        },
      ],
    },
  ];
}
