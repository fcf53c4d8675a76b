import { createLogger } from '@meshlift/telemetry';
import { unaskedAddress } from './config/announced-address.ts';
import { ConfigError, parseConfig, unknownVariables } from './config/config.ts';
import { givesPasswordsAway } from './config/ice-servers.ts';
import { startServer } from './server.ts';
import { exitOnUncaught } from './uncaught.ts';

/** A stop that takes longer than this is given up. */
const STOP_WITHIN_MS = 8_000;

const say = (line: string) => process.stdout.write(`${line}\n`);

try {
  const config = parseConfig(process.env);
  const logger = createLogger(config.logLevel);
  exitOnUncaught(logger);
  for (const name of unknownVariables(process.env))
    logger.warn({ name }, 'no such configuration variable; ignored');
  if (givesPasswordsAway(config)) {
    logger.warn(
      'MESHLIFT_ICE_SERVERS holds a TURN password, which everybody who asks this server is told. Leave it out and set MESHLIFT_TURN_SECRET, for passwords that are good for an hour',
    );
  }
  const server = await startServer(config, logger);

  const url = config.publicUrl ?? `http://localhost:${server.port}`;
  const servers = config.iceServers.flatMap(({ urls }) => urls);
  say(`\n  Meshlift is ready after ${(performance.now() / 1_000).toFixed(1)} s: ${url}`);
  say(`  Media arrives at ${server.mediaAddresses.join(', ')}; metrics are on port ${server.metricsPort}.`);
  const unasked = unaskedAddress(config, process.env);
  if (unasked) say(`  ${unasked}`);
  say(`  Other hosts that browsers are told to contact: ${servers.length ? servers.join(', ') : 'none'}.\n`);

  const stop = (signal: string) => {
    logger.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`\nMeshlift did not start. ${reason}\n`);
  process.exit(error instanceof ConfigError ? 2 : 1);
}
