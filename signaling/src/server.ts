import { type LocalMediaNode, servedCapabilities } from '@meshlift/sfu';
import {
  collectDefaultMetrics,
  createLogger,
  createRegistry,
  Gauge,
  type Logger,
  type Registry,
} from '@meshlift/telemetry';
import { type RateLimit, rateLimits } from './access/rate-limits.ts';
import { type Cluster, joinCluster } from './cluster/cluster.ts';
import { registerClusterMetrics } from './cluster/cluster-metrics.ts';
import { Departures } from './cluster/departures.ts';
import { KnownNodes } from './cluster/known-nodes.ts';
import { Nodes } from './cluster/nodes.ts';
import { SharedMetrics } from './cluster/shared-metrics.ts';
import type { Config } from './config/config.ts';
import { readVersion, type Version } from './config/version.ts';
import { Door } from './door.ts';
import type { Readiness } from './http/health.ts';
import { type HttpLimits, HttpPort } from './http/http-port.ts';
import { createMetricsApp } from './http/metrics-app.ts';
import { LoadReports } from './load-reports.ts';
import { MediaService } from './media-service.ts';

/** What a test sets otherwise: limits that it need not wait minutes for, and others that the server is not alone with. */
export interface ServerLimits {
  /** How long clients of the public port may take. */
  httpLimits?: Partial<HttpLimits>;
  /** How often an address may begin to open a connection. */
  handshakeLimit?: RateLimit;
  /** The cluster that this process is part of, which it leaves when it closes. @default as the configuration says */
  cluster?: Cluster;
}

/** A running server. */
export interface MeshliftServer {
  /** TCP port of pages, API and signaling; `undefined` where media alone is served. */
  readonly port: number | undefined;
  /** TCP port of the metrics, or the path of their socket. */
  readonly metricsPort: number | string;
  /** Where browsers are told to send media to this process; none where it serves no media. */
  readonly mediaAddresses: readonly string[];
  /** The media node of this process, for tests and diagnosis; `undefined` where it serves no media. */
  readonly node: LocalMediaNode | undefined;
  /** What it shares with the other servers, for tests and diagnosis. */
  readonly cluster: Cluster;
  /** Stops everything; see the order below. Repeating it changes nothing. */
  close(): Promise<void>;
}

/**
 * Starts what the role of this process asks for: signaling, a media node, or both.
 *
 * Closing order: readiness goes, so that no load balancer sends more; clients are told and disconnected; rooms and
 * streams end, with their sessions and relays; the media node stops; the process leaves its cluster; the ports close,
 * the metrics port last.
 *
 * @throws Error that says which port is in use or what else stood in the way; nothing is left running then
 */
export async function startServer(
  config: Config,
  logger: Logger = createLogger(config.logLevel),
  registry: Registry = createRegistry(),
  limits: ServerLimits = {},
): Promise<MeshliftServer> {
  // The default, a hundred times a second, costs more CPU than viewers do.
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 1_000 });
  const version = readVersion();
  registerBuild(registry, version);
  const readiness: Readiness = { ready: false };
  let cluster: Cluster | undefined;
  let media: MediaService | undefined;
  let nodes: Nodes | undefined;
  let departures: Departures | undefined;
  let known: KnownNodes | undefined;
  let reports: LoadReports | undefined;
  let door: Door | undefined;
  let shared: SharedMetrics | undefined;
  let metricsDoor: HttpPort | undefined;
  let closing: Promise<void> | undefined;

  const closeAll = async () => {
    readiness.ready = false;
    await door?.end();
    reports?.close();
    known?.close();
    departures?.close();
    await nodes?.close();
    await media?.close();
    shared?.close();
    await cluster?.close();
    await door?.closePort();
    await metricsDoor?.close();
    logger.info('stopped');
  };
  const close = () => {
    closing ??= closeAll();
    return closing;
  };

  try {
    const { httpLimits = {}, handshakeLimit = rateLimits.handshake } = limits;
    cluster = limits.cluster ?? (await joinCluster({ config, log: logger }));
    registerClusterMetrics(registry, cluster);
    departures = new Departures(cluster.directory);
    const { self } = cluster;
    if (config.role !== 'signaling') media = await MediaService.start({ config, cluster, logger, registry });
    nodes = new Nodes({ routerRtpCapabilities: servedCapabilities(), self, region: config.region });
    if (media) {
      const service = media;
      nodes.add({ process: self, node: service.node, adoption: service.adoption, facts: service.facts });
      reports = new LoadReports({ cluster, nodes, facts: () => service.facts });
    }
    known = new KnownNodes({ cluster, departures, nodes });
    const { delivery } = cluster;
    departures.on((process) => {
      media?.forget(process);
      delivery.forget(process);
    });
    let port: number | undefined;
    if (config.role !== 'sfu') {
      const about = { config, cluster, departures, nodes, logger, registry, readiness, version };
      door = new Door({ ...about, httpLimits, handshakeLimit });
      port = await door.listen(config);
    }
    shared = new SharedMetrics({ cluster, registry });
    const metricsApp = createMetricsApp({ registry, shared, logger, readiness, version });
    metricsDoor = new HttpPort({ app: metricsApp, logger });
    const metricsPort = await listenForMetrics(metricsDoor, config);
    readiness.ready = true;
    const { role } = config;
    logger.info({ ...version, role, port, metricsPort, workers: media && config.workers }, 'ready');
    const { mediaAddresses = [], node } = media ?? {};
    return { port, metricsPort, mediaAddresses, node, cluster, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function listenForMetrics(
  door: HttpPort,
  { metricsPort: port, metricsHost: host }: Config,
): Promise<number | string> {
  const variable = 'MESHLIFT_METRICS_PORT';
  if (typeof port === 'number') return door.listen({ port, host, variable });
  await door.listenAt({ path: port, variable });
  return port;
}

function registerBuild(registry: Registry, { version, revision }: Version): void {
  const build = new Gauge({
    name: 'meshlift_build_info',
    help: 'Always 1; its labels say which version this is',
    labelNames: ['version', 'revision'],
    registers: [registry],
  });
  build.set({ version, revision: revision ?? '' }, 1);
}
