import type { Logger, Registry } from '@meshlift/telemetry';
import type { RateLimit } from './access/rate-limits.ts';
import { createApp } from './app.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Departures } from './cluster/departures.ts';
import type { Nodes } from './cluster/nodes.ts';
import type { Config } from './config/config.ts';
import type { Version } from './config/version.ts';
import type { Readiness } from './http/health.ts';
import { type HttpLimits, HttpPort } from './http/http-port.ts';
import { Rooms } from './rooms/rooms.ts';
import { followMediaEvents } from './sessions/media-events.ts';
import { PathFailures } from './sessions/path-failures.ts';
import { SessionRegistry } from './sessions/session-registry.ts';
import { SessionTokens } from './sessions/session-tokens.ts';
import { Gateway } from './sockets/gateway.ts';
import { OrphanedViewers } from './streams/orphaned-viewers.ts';
import { Streams } from './streams/streams.ts';

export interface DoorOptions {
  config: Config;
  cluster: Cluster;
  departures: Departures;
  nodes: Nodes;
  logger: Logger;
  registry: Registry;
  readiness: Readiness;
  version: Version;
  httpLimits: Partial<HttpLimits>;
  handshakeLimit: RateLimit;
}

/** What clients come by: pages, API and signaling on the public port, and the streams and rooms behind it. */
export class Door {
  readonly #gateway: Gateway;
  readonly #rooms: Rooms;
  readonly #streams: Streams;
  readonly #http: HttpPort;

  constructor({
    config,
    cluster,
    departures,
    nodes,
    logger,
    registry,
    readiness,
    version,
    httpLimits,
    handshakeLimit,
  }: DoorOptions) {
    const tokens = new SessionTokens({ ...cluster, nodeOf: ({ id }) => nodes.processOf(id) });
    const sessions = new SessionRegistry(tokens);
    const shared = { cluster, node: nodes, sessions, logger, registry };
    this.#streams = new Streams({ ...shared, departures, ...config });
    const orphans = new OrphanedViewers({ sessions, streams: this.#streams, nodes });
    this.#rooms = new Rooms({ ...shared, streams: this.#streams, ...config });
    followMediaEvents(nodes, sessions, new PathFailures(logger, registry));
    const streams = this.#streams;
    const rooms = this.#rooms;
    this.#gateway = new Gateway({ ...shared, orphans, config, departures, streams, rooms, handshakeLimit });
    const app = createApp({
      config,
      cluster,
      logger,
      streams,
      node: nodes,
      departures,
      tokens,
      registry: sessions,
      orphans,
      readiness,
      gateway: this.#gateway,
      version,
    });
    this.#http = new HttpPort({ app, upgrades: this.#gateway, logger, limits: httpLimits });
  }

  /** @returns the port. @throws Error that names the variable when it is in use */
  listen({ port, host }: Pick<Config, 'port' | 'host'>): Promise<number> {
    return this.#http.listen({ port, host, variable: 'MESHLIFT_PORT' });
  }

  /** Clients are told and disconnected; rooms and streams end, with their sessions and relays. */
  async end(): Promise<void> {
    await this.#gateway.close();
    await this.#rooms.close();
    await this.#streams.close();
  }

  async closePort(): Promise<void> {
    await this.#http.close();
  }
}
