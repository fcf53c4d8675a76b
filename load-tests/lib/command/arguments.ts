import { parseArgs } from 'node:util';
import type { Scenario, Wishes } from '../scenario.ts';

/** A command line that cannot be followed; the message says why in one line. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where results go: a folder of their own, one that was named, or the reference in this checkout. */
export type Destination = 'new' | 'reference' | { folder: string };

/** What the command was asked for. */
export type Request =
  | { kind: 'help' }
  | { kind: 'list' }
  | { kind: 'run'; scenarios: Scenario[]; wishes: Partial<Wishes>; destination: Destination };

const LIMITS = { rounds: [1, 100], seconds: [1, 3_600], viewers: [1, 10_000] } as const;
const MOST_NUMBERS = 20;

/** A short run with small loads, to see that everything works. */
const QUICK: Wishes = { rounds: 1, seconds: 2, viewers: [5, 10] };

/** Names all scenarios. */
const ALL = 'all';

/** @throws UsageError */
export function parseArguments(args: string[], known: readonly Scenario[]): Request {
  const { values, positionals } = parse(args);
  if (values.help) return { kind: 'help' };
  if (values.list) return { kind: 'list' };
  const wishes: Partial<Wishes> = {
    ...(values.quick && QUICK),
    ...(values.rounds !== undefined && { rounds: parseNumber('rounds', values.rounds) }),
    ...(values.seconds !== undefined && { seconds: parseNumber('seconds', values.seconds) }),
    ...(values.viewers !== undefined && { viewers: parseViewers(values.viewers) }),
  };
  if (values.reference && values.out !== undefined)
    throw new UsageError('--reference has a folder of its own: leave --out out');
  if (values.reference && values.quick)
    throw new UsageError('--quick only shows that everything works: its figures are no --reference');
  if (values.out === '') throw new UsageError('--out is the path of a folder');
  const scenarios = chosen(positionals, known);
  if (scenarios.length === 0) return { kind: 'help' };
  const folder = values.out;
  const destination = values.reference ? 'reference' : folder === undefined ? 'new' : { folder };
  return { kind: 'run', scenarios, wishes, destination };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        viewers: { type: 'string' },
        out: { type: 'string' },
        quick: { type: 'boolean' },
        reference: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(inOneLine(error));
  }
}

/** Node's words without its advice, which is about other programs. */
function inOneLine(error: unknown): string {
  if (!(error instanceof TypeError)) throw error;
  const option = /'(?:-\w, )?--(\w+)/.exec(error.message)?.[1];
  if (option === 'rounds' || option === 'seconds' || option === 'viewers') return range(option);
  if (option === 'out') return '--out is the path of a folder';
  const [first = error.message] = error.message.split(/\. |\n/);
  return `${first.replace(/\.$/, '')}; --help says what there is`;
}

function range(option: keyof typeof LIMITS): string {
  const [least, most] = LIMITS[option].map((limit) => limit.toLocaleString('en'));
  return option === 'viewers'
    ? `--viewers is up to ${MOST_NUMBERS} whole numbers from ${least} to ${most}, such as 50,100,200`
    : `--${option} is a whole number from ${least} to ${most}`;
}

function parseNumber(option: keyof typeof LIMITS, text: string): number {
  const [least, most] = LIMITS[option];
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`${range(option)}, and not "${text}"`);
}

function parseViewers(text: string): number[] {
  const parts = text.split(',');
  if (parts.length > MOST_NUMBERS) throw new UsageError(range('viewers'));
  return parts.map((part) => parseNumber('viewers', part.trim()));
}

function chosen(names: string[], known: readonly Scenario[]): Scenario[] {
  if (names.includes(ALL)) return [...known];
  return [...new Set(names)].map((name) => {
    const scenario = known.find((one) => one.name === name);
    if (scenario) return scenario;
    const there = [...known.map((one) => one.name), ALL].join(', ');
    throw new UsageError(`there is no scenario "${name}"; there are: ${there}`);
  });
}
