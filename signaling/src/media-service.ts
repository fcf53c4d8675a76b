import { networkInterfaces } from 'node:os';
import type { MediaNodeAdoption } from '@meshlift/protocol';
import { type ListenAddress, LocalMediaNode, MediaNodeServer } from '@meshlift/sfu';
import type { Logger, Registry } from '@meshlift/telemetry';
import type { Cluster } from './cluster/cluster.ts';
import type { NodeFacts } from './cluster/node-choice.ts';
import { AnnouncedAddresses } from './config/announced-addresses.ts';
import type { Config } from './config/config.ts';
import { announcedOf, mediaAddresses } from './config/media-addresses.ts';
import { LineMeter } from './line-meter.ts';

export interface MediaServiceOptions {
  config: Config;
  cluster: Cluster;
  logger: Logger;
  registry: Registry;
}

/** The media node of this process: where it listens, and that other processes can call it. */
export class MediaService {
  readonly node: LocalMediaNode;
  readonly #config: Config;
  readonly #addresses: readonly ListenAddress[];
  readonly #announced: AnnouncedAddresses;
  readonly #server: MediaNodeServer;

  /** @throws Error that says which port is in use, or which address leads nowhere; nothing is left then */
  static async start({ config, cluster, logger, registry }: MediaServiceOptions): Promise<MediaService> {
    const announced = await AnnouncedAddresses.create(config.announcedAddresses, { logger });
    try {
      const addresses = mediaAddresses({ host: config.host, announced: announced.current });
      announcedOf(addresses, announced.current);
      const { self, bus, delivery } = cluster;
      const { region, maxBranches, lineMbit } = config;
      const line = lineMbit === undefined ? undefined : new LineMeter({ mbit: lineMbit });
      const pipeAddress = config.pipeAddress ?? firstAddress(addresses);
      const node = await LocalMediaNode.create({
        workers: config.workers,
        addresses,
        announced: () => announced.current,
        rtcPort: config.rtcPort,
        rtcLastPort: config.rtcLastPort,
        pipePorts: config.pipePorts,
        cascade: { self, bus, delivery, region, maxBranches, pipeAddress },
        otherLoad: line && (() => line.share),
        logger,
        registry,
      });
      const isGone = (process: string) => cluster.directory.isGone(process);
      const graceMs = config.graceSeconds * 1_000;
      const server = new MediaNodeServer({ node, self, bus, delivery, isGone, graceMs });
      return new MediaService({ node, config, addresses, announced, server });
    } catch (error) {
      announced.close();
      throw error;
    }
  }

  private constructor(parts: {
    node: LocalMediaNode;
    config: Config;
    addresses: readonly ListenAddress[];
    announced: AnnouncedAddresses;
    server: MediaNodeServer;
  }) {
    this.node = parts.node;
    this.#config = parts.config;
    this.#addresses = parts.addresses;
    this.#announced = parts.announced;
    this.#server = parts.server;
  }

  /** Where browsers are told to send media. */
  get mediaAddresses(): readonly string[] {
    const told = announcedOf(this.#addresses, this.#announced.current);
    return told.length > 0 ? told : this.#addresses.map(({ ip }) => ip);
  }

  /** Takes over what other processes have left on the node. */
  get adoption(): MediaNodeAdoption {
    return {
      adopt: (sessionId) => this.#server.adopt(sessionId),
      adoptRelay: (relayId, owner) => this.#server.adoptRelay(relayId, owner),
    };
  }

  /** How the node is now. */
  get facts(): NodeFacts {
    return { region: this.#config.region, state: 'up', load: this.node.load };
  }

  /** Another process has ended. */
  forget(process: string): void {
    this.node.forget(process);
    this.#server.orphan(process);
  }

  /** Takes no more calls of other processes, and closes the node. */
  async close(): Promise<void> {
    this.#server.close();
    await this.node.close();
    this.#announced.close();
  }
}

/** An address to give to another machine: what is bound may be all of a kind. */
function firstAddress(addresses: readonly ListenAddress[]): string {
  const bound = addresses.find(({ ip }) => ip !== '0.0.0.0' && ip !== '::');
  const [first] = bound ? [bound] : mediaAddresses({ host: undefined, announced: [] }, networkInterfaces());
  return first?.ip ?? '127.0.0.1';
}
