import type { Logger } from '@meshlift/telemetry';

/**
 * Ends the process with code 1 at the first error that nobody caught, promises included: what it has left undone is
 * unknown. The error is logged through the mask, and at `silent` not at all; Node itself would print it as it is.
 */
export function exitOnUncaught(logger: Logger): void {
  process.on('uncaughtException', (err, origin) => {
    try {
      logger.error({ err, origin }, 'uncaught error');
    } finally {
      process.exit(1);
    }
  });
}
