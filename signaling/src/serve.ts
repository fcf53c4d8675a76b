import { createLogger } from '@meshlift/telemetry';
import { unaskedAddress } from './config/announced-address.ts';
import { ConfigError, parseConfig, unknownVariables } from './config/config.ts';
import { givesPasswordsAway } from './config/ice-servers.ts';
import { type MeshliftServer, startServer } from './server.ts';
import { exitOnUncaught } from './uncaught.ts';

/** A stop that takes longer than this is given up. */
const STOP_WITHIN_MS = 8_000;

/** npm passes a terminal's Ctrl-C on although it arrived already: what comes this soon after is the same one. */
const SAME_SIGNAL_MS = 500;

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Serves as the environment says until a signal stops it, which is heard from the moment this is called. */
export async function serve(): Promise<void> {
  const stopped = Promise.withResolvers<NodeJS.Signals>();
  let stoppedAt: number | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (stoppedAt !== undefined) {
      if (performance.now() - stoppedAt > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    stoppedAt = performance.now();
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    stopped.resolve(signal);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, hear);
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
    // A start is not waited for: mediasoup ends its workers at the signal too, and those under way never come.
    const server = await Promise.race([startServer(config, logger), stopped.promise.then(() => undefined)]);
    if (server) announce(server, config);
    const signal = await stopped.promise;
    logger.info({ signal }, 'stopping');
    await server?.close();
    if (!server) logger.info('stopped');
    process.exit(0);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`\nMeshlift did not start. ${reason}\n`);
    process.exit(error instanceof ConfigError ? 2 : 1);
  }
}

/** Other programs wait for these lines, so that they come at every log level. */
function announce(server: MeshliftServer, config: ReturnType<typeof parseConfig>): void {
  const { port, metricsPort, mediaAddresses } = server;
  const url = config.publicUrl ?? `http://localhost:${port}`;
  const what = port === undefined ? 'media for the other servers of its cluster' : url;
  const servers = config.iceServers.flatMap(({ urls }) => urls);
  say(`\n  Meshlift is ready after ${(performance.now() / 1_000).toFixed(1)} s: ${what}`);
  const media =
    mediaAddresses.length > 0 ? `Media arrives at ${mediaAddresses.join(', ')}` : 'Media is elsewhere';
  say(`  ${media}; metrics are on ${typeof metricsPort === 'number' ? `port ${metricsPort}` : metricsPort}.`);
  if (port === undefined) return;
  const unasked = unaskedAddress(config, process.env);
  if (unasked) say(`  ${unasked}`);
  say(`  Other hosts that browsers are told to contact: ${servers.length ? servers.join(', ') : 'none'}.\n`);
}
