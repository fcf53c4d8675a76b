import { type Load, loadOf } from '../lib/load.ts';
import { Vp8Packetizer } from '../lib/peers/vp8.ts';
import { hasCompiler } from '../lib/relays/floor/compile.ts';
import { runFloor } from '../lib/relays/floor/floor.ts';
import { aboutJanus, hasJanus, startJanus } from '../lib/relays/janus.ts';
import { startMeshlift } from '../lib/relays/meshlift.ts';
import { startRaw } from '../lib/relays/raw.ts';
import type { RelayUnderTest } from '../lib/relays/relay.ts';
import type { Chart, Figure } from '../lib/result.ts';
import { measureRounds, ratios, rotated } from '../lib/rounds.ts';
import type { Bench, Scenario } from '../lib/scenario.ts';
import { onStage } from '../lib/stage.ts';
import { figure, median, sum } from '../lib/statistics.ts';

interface Contestant {
  name: string;
  /** Only by the smallest of the audiences: those where the largest one would say nothing new. */
  once?: boolean;
  /** Whether it is on this machine. */
  isThere?: () => boolean;
  /** Packets per CPU-second and, of relays, everything else. */
  measure(bench: Bench, viewers: number): Promise<Measurement | undefined>;
}

type Measurement = Pick<Load, 'packetsPerCpuSecond'> & Partial<Load>;

/** By contestant and number of viewers. */
type Round = Record<string, Record<number, Measurement>>;

const contestants: readonly Contestant[] = [
  { name: 'floor', isThere: hasCompiler, measure: floor },
  { name: 'raw worker', measure: relay(({ cores }) => startRaw({ core: cores.relay })) },
  { name: 'Meshlift', measure: relay(({ cores }) => startMeshlift({ core: cores.relay })) },
  {
    name: 'Meshlift, plugin',
    once: true,
    measure: relay(({ cores }) => startMeshlift({ core: cores.relay }), 1),
  },
  {
    name: 'Janus',
    once: true,
    isThere: hasJanus,
    measure: relay(({ cores }) => startJanus({ core: cores.relay, eventLoops: 0 })),
  },
  {
    name: 'Janus, tuned',
    once: true,
    isThere: hasJanus,
    measure: relay(({ cores }) => startJanus({ core: cores.relay, eventLoops: 1 })),
  },
];

export const compare: Scenario = {
  name: 'compare',
  title: 'Beside others',
  about:
    'Packets forwarded per CPU-second, with the same viewers of the same stream: the floor (what this machine can encrypt and send at most), the bare mediasoup worker, Meshlift by WHEP and by the plugin’s signaling, and Janus, as its package comes (a thread for each viewer) and with one event loop for all.',
  usual: { rounds: 5, seconds: 8, viewers: [200, 400] },

  async run(bench) {
    const viewers = bench.wishes.viewers ?? this.usual.viewers ?? [];
    const there = contestants.filter(({ name, isThere = () => true }) => {
      if (isThere()) return true;
      bench.note(`${name} is not on this machine, and left out.`);
      return false;
    });
    const janus = aboutJanus();
    if (janus) bench.note(janus);
    const rounds = await measureRounds(bench, async (index, say) => {
      const round: Round = {};
      for (const { name, once, measure } of rotated(there, index)) {
        for (const number of once ? viewers.slice(0, 1) : viewers) {
          say(`${name}, ${number} viewers`);
          const measured = await measure(bench, number);
          if (measured) round[name] = { ...round[name], [number]: measured };
        }
      }
      return round;
    });
    return {
      options: { ...bench.wishes, viewers },
      figures: figures(rounds, viewers),
      charts: charts(rounds, viewers),
      rounds,
    };
  },
};

/** @param door which of the relay's */
function relay(start: (bench: Bench) => Promise<RelayUnderTest>, door = 0): Contestant['measure'] {
  return (bench, viewers) =>
    onStage(
      bench,
      () => start(bench),
      (stage) => loadOf(bench, stage, viewers, stage.relay.doors[door]),
    );
}

/** As much as one core can encrypt and send, in packets of the clip's mean size. */
async function floor(bench: Bench, viewers: number): Promise<Measurement | undefined> {
  const { cores, clip, wishes, signal } = bench;
  const packetizer = new Vp8Packetizer({ payloadType: 96, ssrc: 1 });
  const packets = clip.frames.flatMap(({ data }) => packetizer.packets(data, 0));
  const { packetsPerCpuSecond, counts, lost } = await runFloor({
    viewers,
    packetsPerPicture: Math.round(packets.length / clip.frames.length),
    bytes: Math.round(sum(packets.map(({ length }) => length)) / packets.length),
    seconds: wishes.seconds,
    cores,
    signal,
  });
  if (counts) return { packetsPerCpuSecond };
  bench.discard(`floor, ${viewers} viewers: ${lost} packets were lost`);
  return undefined;
}

function figures(rounds: readonly Round[], viewers: readonly number[]): Figure[] {
  const rate = (name: string, number: number) => (round: Round) => round[name]?.[number]?.packetsPerCpuSecond;
  const ratio = (above: string, below: string, number: number, least?: number) =>
    figure(
      {
        id: `compare.${slug(above)}-of-${slug(below)}-${number}`,
        title: `${above} / ${below}, ${number} viewers`,
        unit: '',
        aim: least === undefined ? undefined : { is: 'at least', value: least },
      },
      ratios(rounds, rate(above, number), rate(below, number)),
    );
  const absolute = contestants.flatMap(({ name }) =>
    viewers.map((number) =>
      figure(
        {
          id: `compare.${slug(name)}-${number}`,
          title: `${name}, ${number} viewers`,
          unit: 'k per CPU-second',
        },
        rounds.flatMap((round) => {
          const packets = rate(name, number)(round);
          return packets === undefined ? [] : [packets / 1_000];
        }),
      ),
    ),
  );
  return [
    ...viewers.flatMap((number) => [
      ratio('Meshlift', 'raw worker', number, number === 200 ? 0.95 : undefined),
      ratio('Meshlift, plugin', 'raw worker', number),
      ratio('Meshlift', 'Janus', number, number === 200 ? 2 : undefined),
      ratio('Meshlift', 'Janus, tuned', number),
      ratio('Meshlift', 'floor', number, number === 400 ? 0.3 : undefined),
      ratio('raw worker', 'floor', number),
    ]),
    ...absolute,
  ].filter(({ samples }) => samples > 0);
}

function charts(rounds: readonly Round[], viewers: readonly number[]): Chart[] {
  return [
    {
      name: 'packets',
      title: 'Packets forwarded per CPU-second',
      kind: 'bar',
      x: '',
      y: 'thousands',
      series: viewers.map((number) => ({
        name: `${number} viewers`,
        points: contestants.flatMap(({ name }): [string, number][] => {
          const rates = rounds.flatMap((round) => round[name]?.[number]?.packetsPerCpuSecond ?? []);
          return rates.length === 0 ? [] : [[name, median(rates) / 1_000]];
        }),
      })),
    },
  ];
}

const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
