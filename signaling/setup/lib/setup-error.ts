import { readFileSync } from 'node:fs';

/** How many lines of a log are worth showing. */
const TAIL_LINES = 20;

/** Something a person has to put right. It is shown without a stack. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
  /** What to do about it. */
  readonly fix: string;
  /** The path of the whole output of what failed, if there is any. */
  readonly log: string | undefined;

  constructor(message: string, fix: string, log?: string) {
    super(message);
    this.fix = fix;
    this.log = log;
  }
}

/** The error in words: what failed, the end of its log, where the rest is, what to do. */
export function describe(error: SetupError): string {
  const lines = ['', `Setup failed: ${error.message}`];
  if (error.log)
    lines.push('', ...tail(error.log).map((line) => `  | ${line}`), '', `Whole log: ${error.log}`);
  lines.push(`What to do: ${error.fix}`, '');
  return lines.join('\n');
}

function tail(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
  } catch {
    return ['(the log cannot be read)'];
  }
}
