// `npm run faults -- [row…] [--runs 10] [--short] [--reference]`
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { natsServerPath } from '@meshlift/cluster/testing/nats';
import { cacheDir } from '@meshlift/worker';
import { z } from 'zod';
import { Interrupted, watchInterrupts } from '../../signaling/setup/lib/interrupt.ts';
import { Namespace } from '../lib/cluster/namespace.ts';
import { obtainClip } from '../lib/peers/clip.ts';
import { median, quantile } from '../lib/statistics.ts';
import { keepResult, updateFaultsDocument } from './document.ts';
import type { Bound } from './fault.ts';
import { isKept, measureFault, worstOf } from './measure.ts';
import { faults } from './rows/index.ts';

const rows = faults.map(({ row }) => row);
const USAGE = `usage: npm run faults -- [row…] [--runs 10] [--short] [--reference]

Rows: ${faults.map(({ row, title }) => `\n  ${String(row).padStart(2)}  ${title}`).join('')}

  --short      smaller audiences and shorter faults
  --reference  keeps the figures, and shows them in load-tests/FAULTS.md`;

const wishesSchema = z.object({
  rows: z.array(z.coerce.number().refine((row) => rows.includes(row))),
  runs: z.coerce.number().int().min(1).max(1_000).default(10),
  short: z.boolean().default(false),
  reference: z.boolean().default(false),
});

function wishes(): z.infer<typeof wishesSchema> {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { runs: { type: 'string' }, short: { type: 'boolean' }, reference: { type: 'boolean' } },
    });
    return wishesSchema.parse({ ...values, rows: positionals });
  } catch {
    console.error(USAGE);
    process.exit(2);
  }
}

function line({ id, title, is, unit, value, of }: Bound, values: readonly number[], kept: boolean): string {
  const text = (number: number) => `${Math.round(number)} ${unit}`.trim();
  const figures = `median ${text(median(values))}, p95 ${text(quantile(values, is === 'at most' ? 0.95 : 0.05))}, worst ${text(worstOf(is, values))}`;
  return `  ${id}: ${title}: ${values.length === 0 ? 'nothing was observed' : figures}; bound: ${of} ${is} ${value} ${unit}: ${kept ? 'kept' : 'MISSED'}`;
}

const { rows: wanted, runs, short, reference } = wishes();
if (!natsServerPath) throw new Error('MESHLIFT_NATS_SERVER is not set: there is no cluster without NATS');
const interrupt = watchInterrupts();
const { signal } = interrupt;
const home = import.meta.dirname;
const root = dirname(dirname(home));
try {
  const clip = await obtainClip({ cache: cacheDir(), signal });
  for (const fault of faults.filter(({ row }) => wanted.length === 0 || wanted.includes(row))) {
    if (fault.needsMachines && !Namespace.allowed) {
      console.log(`Row ${fault.row} is left out: it needs root and network namespaces.`);
      continue;
    }
    const result = await measureFault(fault, {
      clip,
      runs,
      short,
      root,
      signal,
      say: (text) => console.log(text),
    });
    console.log(
      `\nRow ${fault.row}: ${fault.title}. ${runs} runs, ${result.failures.length} failed; load ${result.load.join(' to ')}`,
    );
    for (const bound of fault.bounds) {
      const values = result.observed[bound.id] ?? [];
      console.log(line(bound, values, isKept(bound, values)));
    }
    console.log('');
    if (reference) keepResult(home, result);
  }
  if (reference) updateFaultsDocument(home, faults);
} catch (error) {
  if (!(error instanceof Interrupted)) throw error;
  process.exitCode = error.status;
} finally {
  interrupt.release();
}
process.exit();
