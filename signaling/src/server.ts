import { type ListenAddress, LocalMediaNode } from '@meshlift/sfu';
import {
  collectDefaultMetrics,
  createLogger,
  createRegistry,
  Gauge,
  type Logger,
  type Registry,
} from '@meshlift/telemetry';
import { type RateLimit, rateLimits } from './access/rate-limits.ts';
import { createApp } from './app.ts';
import { type Cluster, joinMemoryCluster } from './cluster/cluster.ts';
import { Departures } from './cluster/departures.ts';
import { Nodes } from './cluster/nodes.ts';
import { AnnouncedAddresses } from './config/announced-addresses.ts';
import type { Config } from './config/config.ts';
import { announcedOf, mediaAddresses } from './config/media-addresses.ts';
import { readVersion } from './config/version.ts';
import { type HttpLimits, HttpPort } from './http/http-port.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import { Rooms } from './rooms/rooms.ts';
import { followMediaEvents } from './sessions/media-events.ts';
import { PathFailures } from './sessions/path-failures.ts';
import { SessionRegistry } from './sessions/session-registry.ts';
import { SessionTokens } from './sessions/session-tokens.ts';
import { Gateway } from './sockets/gateway.ts';
import { Streams } from './streams/streams.ts';

/** What a test sets otherwise: limits that it need not wait minutes for, and others that the server is not alone with. */
export interface ServerLimits {
  /** How long clients of the public port may take. */
  httpLimits?: Partial<HttpLimits>;
  /** How often an address may begin to open a connection. */
  handshakeLimit?: RateLimit;
  /** The cluster that this process is part of, which it leaves when it closes. @default one of its own, in memory */
  cluster?: Cluster;
}

/** A running server. */
export interface MeshliftServer {
  /** TCP port of pages, API and signaling. */
  readonly port: number;
  readonly metricsPort: number;
  /** Where browsers are told to send media. */
  readonly mediaAddresses: readonly string[];
  /** The media node of this process, for tests and diagnosis. */
  readonly node: LocalMediaNode;
  /** Stops everything; see the order below. Repeating it changes nothing. */
  close(): Promise<void>;
}

/**
 * Starts signaling and a local media node in this process.
 *
 * Closing order: readiness goes, so that no load balancer sends more; clients are told and disconnected;
 * rooms and streams end, with their sessions and relays; workers stop; the ports close, the metrics port last.
 *
 * @throws Error that says which port is in use or what else stood in the way; nothing is left running then
 */
export async function startServer(
  config: Config,
  logger: Logger = createLogger(config.logLevel),
  registry: Registry = createRegistry(),
  { httpLimits = {}, handshakeLimit = rateLimits.handshake, cluster: joined }: ServerLimits = {},
): Promise<MeshliftServer> {
  // To wake up a hundred times a second, as is usual, to see whether one wakes up in time costs more than viewers do.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 });
  const announced = await AnnouncedAddresses.create(config.announcedAddresses, { logger });
  let addresses: ListenAddress[];
  let node: LocalMediaNode;
  try {
    addresses = mediaAddresses({ host: config.host, announced: announced.current });
    announcedOf(addresses, announced.current);
    node = await LocalMediaNode.create({
      workers: config.workers,
      addresses,
      announced: () => announced.current,
      rtcPort: config.rtcPort,
      rtcLastPort: config.rtcLastPort,
      pipePorts: config.pipePorts,
      logger,
      registry,
    });
  } catch (error) {
    announced.close();
    throw error;
  }
  const nodes = new Nodes([node]);
  const cluster = joined ?? (await joinMemoryCluster({ log: logger }));
  const departures = new Departures(cluster.directory);
  departures.on((process) => cluster.delivery.forget(process));
  const version = readVersion();
  const build = new Gauge({
    name: 'meshlift_build_info',
    help: 'Always 1; its labels say which version this is',
    labelNames: ['version', 'revision'],
    registers: [registry],
  });
  build.set({ version: version.version, revision: version.revision ?? '' }, 1);
  const readiness = { ready: false };
  const metricsDoor = new HttpPort({ app: createMetricsApp(registry, logger), logger });
  let publicDoor: HttpPort | undefined;
  let gateway: Gateway | undefined;
  let streams: Streams | undefined;
  let rooms: Rooms | undefined;
  let closing: Promise<void> | undefined;

  const closeAll = async () => {
    readiness.ready = false;
    await gateway?.close();
    await rooms?.close();
    await streams?.close();
    await nodes.close();
    departures.close();
    await cluster.close();
    announced.close();
    await publicDoor?.close();
    await metricsDoor.close();
    logger.info('stopped');
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };

  try {
    const tokens = new SessionTokens(cluster);
    const sessions = new SessionRegistry(tokens);
    const shared = { node: nodes, sessions, logger, registry };
    streams = new Streams({ ...shared, ...config });
    rooms = new Rooms({ ...shared, streams, ...config });
    followMediaEvents(nodes, sessions, new PathFailures(logger, registry));
    gateway = new Gateway({ ...shared, config, cluster, departures, streams, rooms, handshakeLimit });
    const app = createApp({ config, logger, streams, node: nodes, tokens, readiness, gateway, version });
    publicDoor = new HttpPort({ app, upgrades: gateway, logger, limits: httpLimits });
    const port = await publicDoor.listen({ port: config.port, host: config.host, variable: 'MESHLIFT_PORT' });
    const metricsPort = await metricsDoor.listen({
      port: config.metricsPort,
      host: config.metricsHost,
      variable: 'MESHLIFT_METRICS_PORT',
    });
    readiness.ready = true;
    const told = announcedOf(addresses, announced.current);
    const media = told.length > 0 ? told : addresses.map(({ ip }) => ip);
    logger.info({ ...version, port, metricsPort, workers: config.workers }, 'ready');
    return { port, metricsPort, mediaAddresses: media, node, close };
  } catch (error) {
    await close();
    throw error;
  }
}
