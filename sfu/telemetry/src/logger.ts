import { type DestinationStream, type LoggerOptions, pino } from 'pino';
import type { LogFields } from './log-fields.ts';
import { maskFields, maskValue } from './mask.ts';

/**
 * `error`: a person must act. `warn`: something failed and was recovered. `info`: a life begins or ends.
 * `debug`: each request. `silent`: nothing at all is written.
 */
export const logLevels = ['silent', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Writes a line: fields and what happened, a text with its values, or an error. */
interface WriteLine {
  (fields: LogFields, message?: string): void;
  (error: Error): void;
  (message: string, ...values: unknown[]): void;
}

/** What the parts of the server log through: pino's, with the fields that `LogFields` allows. */
export interface Logger extends Record<Exclude<LogLevel, 'silent'>, WriteLine> {
  /** The level in force. */
  level: string;
  /** A logger whose lines have these fields besides their own. */
  child(fields: LogFields): Logger;
}

/**
 * The one logger. Addresses, keys and IDs are masked before a line exists, whatever the caller passes: fields by their
 * name, of which only known ones are written, and every text, message and error by what it holds.
 *
 * @param destination standard output by default
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    // The host's name and the process id are nobody's business in a shared log.
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Masking has made a plain object of every error already.
    serializers: { err: (err: unknown) => err },
    hooks: {
      logMethod(args, method) {
        const [first, ...rest] = args.map((arg) => maskValue(arg));
        const fields = (args[0] as unknown) instanceof Error ? { err: first } : first;
        method.apply(this, [fields, ...rest] as Parameters<typeof method>);
      },
    },
  };
  const logger = destination ? pino(options, destination) : pino(options);
  // Children inherit this through their prototype, and theirs through them.
  const { child } = logger;
  logger.child = function (this: typeof logger, bindings, childOptions) {
    return child.call(this, maskFields(bindings), childOptions) as ReturnType<typeof child>;
  } as typeof child;
  return logger;
}
