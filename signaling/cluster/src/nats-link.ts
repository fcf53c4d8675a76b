import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { MeshliftError } from '@meshlift/protocol';
import {
  connect,
  credsAuthenticator,
  errors,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node';
import type { Subscription } from './bus.ts';
import type { ClusterLog } from './cluster-log.ts';
import { describeAddress, type NatsAddress } from './nats-address.ts';
import { PendingRequests } from './pending-requests.ts';
import { Listeners } from './subscriptions.ts';

/** A server that is silent for three of these counts as gone: in under 2 s. */
const PING_INTERVAL_MS = 500;
const PINGS_UNANSWERED = 2;
const RETRY_MS = 250;
const RETRY_JITTER_MS = 250;
/** How long one attempt may take. */
const CONNECT_TIMEOUT_MS = 2_000;
const START_TIMEOUT_MS = 10_000;

export interface NatsLinkOptions {
  address: NatsAddress;
  /** Path of a credentials file, with a user's JWT and its key. */
  credentialsFile?: string | undefined;
  log: ClusterLog;
  /** How long the first connection may take to come about. @default 10 s */
  startTimeoutMs?: number;
}

/**
 * The connection to NATS, made anew for ever. Each connection begins from nothing: subscriptions and watches are set up
 * again by those who own them, and nothing that was under way on the last one is sent on the next. (The client's own
 * reconnection would keep a queue of old requests, and waits by the time of day.)
 */
export class NatsLink {
  readonly #options: NodeConnectionOptions;
  readonly #log: ClusterLog;
  readonly #listeners: Listeners<NatsConnection | undefined>;
  readonly #waiting = new PendingRequests<void>();
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  #run: Promise<void> | undefined;

  private constructor(options: NodeConnectionOptions, log: ClusterLog) {
    this.#options = options;
    this.#log = log;
    this.#listeners = new Listeners((thrown) =>
      log.error(new Error('The cluster could not use its new connection', { cause: thrown })),
    );
  }

  /**
   * Connects for the first time.
   *
   * @throws Error that names the servers, without credentials, and why none of them was reached
   */
  static async create(options: NatsLinkOptions): Promise<NatsLink> {
    const { address, credentialsFile, log, startTimeoutMs = START_TIMEOUT_MS } = options;
    const link = new NatsLink(await connectionOptions(address, credentialsFile), log);
    const until = performance.now() + startTimeoutMs;
    for (;;) {
      try {
        const connection = await connect(link.#options);
        link.#run = link.#stayConnected(connection);
        return link;
      } catch (error) {
        const refused = error instanceof errors.AuthorizationError;
        if (refused || performance.now() + RETRY_MS > until) {
          const why = refused ? 'it refuses the credentials' : reasonOf(error);
          throw new Error(`MESHLIFT_CLUSTER_URL: no connection to ${describeAddress(address)}: ${why}`);
        }
        await delay(RETRY_MS);
      }
    }
  }

  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  get closed(): boolean {
    return this.#closing.signal.aborted;
  }

  /** @throws MeshliftError `SERVER_CLOSING`, `DIRECTORY_UNAVAILABLE` */
  require(): NatsConnection {
    if (this.closed) throw new MeshliftError('SERVER_CLOSING');
    if (!this.#connection) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    return this.#connection;
  }

  /** Calls back with each new connection, before anything else is done on it, and with undefined when it is lost. */
  onConnection(listener: (connection: NatsConnection | undefined) => void): Subscription {
    return this.#listeners.add(listener);
  }

  /** Resolves when the server has seen what was sent so far. @throws MeshliftError see `require` */
  async flush(): Promise<void> {
    const connection = this.require();
    // The client leaves this open for ever when the connection breaks.
    const { promise, resolve, reject } = this.#waiting.add();
    connection.flush().then(resolve, () => reject(new MeshliftError('DIRECTORY_UNAVAILABLE')));
    await promise;
  }

  async close(): Promise<void> {
    if (!this.closed) {
      this.#closing.abort();
      await this.#connection?.close();
    }
    await this.#run;
  }

  async #stayConnected(first: NatsConnection): Promise<void> {
    let connection: NatsConnection | undefined = first;
    while (!this.closed) {
      connection ??= await this.#reconnect();
      if (!connection) return;
      this.#connection = connection;
      this.#listeners.notify(connection);
      await connection.closed();
      this.#connection = undefined;
      connection = undefined;
      this.#waiting.failAll(new MeshliftError(this.closed ? 'SERVER_CLOSING' : 'DIRECTORY_UNAVAILABLE'));
      if (!this.closed) this.#log.warn('The connection to the cluster is lost; media goes on');
      this.#listeners.notify(undefined);
    }
  }

  async #reconnect(): Promise<NatsConnection | undefined> {
    while (!this.closed) {
      try {
        const connection = await connect(this.#options);
        if (this.closed) {
          await connection.close();
          return undefined;
        }
        this.#log.info('Connected to the cluster again');
        return connection;
      } catch {
        const pause = RETRY_MS + Math.random() * RETRY_JITTER_MS;
        await delay(pause, undefined, { signal: this.#closing.signal, ref: false }).catch(() => {});
      }
    }
    return undefined;
  }
}

async function connectionOptions(
  { servers, tls, user, password, token }: NatsAddress,
  credentialsFile: string | undefined,
): Promise<NodeConnectionOptions> {
  return {
    servers,
    reconnect: false,
    timeout: CONNECT_TIMEOUT_MS,
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: PINGS_UNANSWERED,
    ignoreClusterUpdates: true,
    noAsyncTraces: true,
    ...(tls && { tls: {} }),
    ...(user !== undefined && { user, pass: password }),
    ...(token !== undefined && { token }),
    ...(credentialsFile !== undefined && {
      authenticator: credsAuthenticator(await readCredentials(credentialsFile)),
    }),
  };
}

async function readCredentials(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`MESHLIFT_CLUSTER_CREDENTIALS: the file cannot be read: ${code ?? 'unknown error'}`);
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  return message === '' ? 'no answer' : message;
}
