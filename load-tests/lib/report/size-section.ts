import { type NodeSize, type SizeQuestion, sizeOf } from '../../model.ts';
import type { Result } from '../result.ts';
import { shortNumber } from './figure-text.ts';
import { table } from './markdown.ts';
import { type Comparison, comparisons, deviation, type SizeFacts, sizeFacts } from './size-facts.ts';

const AUDIENCES = [1e4, 1e5, 1e6];

const NODES: readonly NodeSize[] = [
  { cores: 4, workers: 4, line: 1e9 },
  { cores: 16, workers: 16, line: 1e10 },
];

/** What the table is worked out for beside its rows. */
const ASKED = { delayLimit: 0.01, maxBranches: 8 };

/** Everybody comes within so many seconds. */
const COME_WITHIN = 600;

/** How many nodes audiences of the measured stream need, and how far the model is from what was measured. */
export function sizeSection(results: readonly Result[]): string {
  const facts = sizeFacts(results);
  if (!facts) return 'The reference run has no figures to work it out from.';
  const { measured, stream } = facts;
  const compared = comparisons(results, facts);
  const farthest = Math.max(...compared.map((one) => Math.abs(deviation(one))));
  return [
    `From the reference run: ${shortNumber(measured.packetsPerCpuSecond)} packets forwarded per CPU-second, ` +
      `${shortNumber(measured.joinsPerCpuSecond)} joins per CPU-second and ` +
      `${shortNumber(measured.coresPerIdleViewer * 1e5)} % of a core for 1,000 idle viewers. ` +
      `Its stream has ${bits(stream.bitRate)}, ${shortNumber(stream.packetsPerSecond)} packets a second and ` +
      `${shortNumber(stream.packetsPerFrame)} in a frame. The last viewer of a worker may have a frame ` +
      `${shortNumber(ASKED.delayLimit * 1_000)} ms after the first, a node feeds ${ASKED.maxBranches} others at most, ` +
      `and everybody comes within ${COME_WITHIN / 60} minutes.`,
    sizesTable(facts),
    'Beside what was measured on one worker:',
    comparisonsTable(compared),
    `The farthest is ${percent(farthest)} off. Nothing was measured with several media nodes.`,
  ].join('\n\n');
}

function sizesTable({ measured, stream }: SizeFacts): string {
  const rows = NODES.flatMap((node) =>
    AUDIENCES.map((viewers) => {
      const question: SizeQuestion = {
        ...ASKED,
        ...{ viewers, node, measured, toViewer: stream, joinsPerSecond: viewers / COME_WITHIN },
      };
      const size = sizeOf(question);
      const limits = [size.limits.delay, size.limits.cores, size.limits.line].map(whole).join(', ');
      return [
        whole(viewers),
        `${node.cores} cores, ${bits(node.line)}`,
        `${whole(size.viewersPerNode)}, by its ${size.binds} (${limits})`,
        whole(size.nodes),
        whole(size.depth),
        `${shortNumber(size.delay * 1_000)} ms`,
        bits(size.egress),
        bits(size.betweenNodes),
        shortNumber(size.doorCores),
      ];
    }),
  );
  const head = ['viewers', 'node', 'viewers of a node (by delay, cores, line)', 'nodes', 'depth'];
  return table([...head, 'delay', 'sent', 'between nodes', 'cores of doors'], rows);
}

function comparisonsTable(compared: readonly Comparison[]): string {
  return table(
    ['scenario', 'predicted', 'measured', 'off'],
    compared.map((one) => [
      one.what,
      `${shortNumber(one.predicted)} ${one.unit}`,
      `${shortNumber(one.measured)} ${one.unit}`,
      percent(deviation(one)),
    ]),
  );
}

const whole = (value: number) => Math.round(value).toLocaleString('en');

const percent = (part: number) => `${(part * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;

/** Bits a second, with the largest unit that leaves a number over 1. */
function bits(perSecond: number): string {
  const units = ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'];
  const step = Math.max(0, Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, perSecond)) / 3)));
  return `${shortNumber(perSecond / 1_000 ** step)} ${units[step]}`;
}
