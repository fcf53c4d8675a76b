// `npm run strangers -- [--minutes 10] [--seed N]`
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { campaign } from './campaign.ts';

const USAGE = 'usage: npm run strangers -- [--minutes 10] [--seed 1]';

const wishesSchema = z.object({
  minutes: z.coerce
    .number()
    .positive()
    .max(24 * 60)
    .default(10),
  seed: z.coerce.number().int().optional(),
});

function wishes() {
  try {
    const { values } = parseArgs({ options: { minutes: { type: 'string' }, seed: { type: 'string' } } });
    return wishesSchema.parse(values);
  } catch {
    console.error(USAGE);
    process.exit(2);
  }
}

const { minutes, seed = Date.now() & 0x7fff_ffff } = wishes();
console.log(`Strangers visit for ${minutes} minutes; seed ${seed}.`);
const outcome = await campaign({
  seed,
  milliseconds: minutes * 60_000,
  patient: true,
  report: (line) => console.log(line),
});

const { failure, runs, tally, baseline, handles, stderrBytes } = outcome;
const words = (counts: object | undefined) =>
  JSON.stringify(counts ?? {})
    .replaceAll('"', '')
    .slice(1, -1);
console.log(`\n${tally.coverage.table()}`);
console.log(`\nseed ${seed}; ${runs} runs, ${tally.steps} steps`);
if (failure) {
  console.log(
    `FAILED after ${failure.afterSeconds.toFixed(1)} s: ${failure.reason}\nwith these steps:\n${failure.steps}`,
  );
  process.exitCode = 1;
} else {
  console.log(
    `0 deaths; ${stderrBytes} bytes on standard error; exit code of the server's stop ${outcome.exitCode}`,
  );
  console.log(`handles before: ${words(baseline)}\nhandles after:  ${words(handles)}`);
}
// The time limit keeps its timer after a failure.
process.exit();
