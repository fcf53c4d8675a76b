import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type ListenOptions, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '@meshlift/telemetry';

/** How long a client may take, in ms, before its connection is closed. Node's own defaults are minutes. */
export interface HttpLimits {
  /** From the start of the connection, or of the next request on it, to the end of the headers. */
  headersMs: number;
  /** To the end of the body, of which there are 64 KiB at most. */
  bodyMs: number;
  /**
   * A connection on which neither side gets a byte across for this long is closed. A held poll is answered within
   * 10 s and an event stream gets a comment every 20 s, so this ends only those who do not read.
   */
  silenceMs: number;
  /** How often is looked for those who are late. */
  checkMs: number;
}

const LIMITS: HttpLimits = { headersMs: 10_000, bodyMs: 30_000, silenceMs: 60_000, checkMs: 5_000 };

/** Takes connections over from HTTP. */
export interface UpgradeHandler {
  /** Others are answered as plain requests, as RFC 9110, section 7.8, allows. */
  acceptsUpgrade(request: IncomingMessage): boolean;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

interface HttpPortOptions {
  /** Answers every request that is not upgraded: the only one who does. */
  app: RequestListener;
  upgrades?: UpgradeHandler;
  logger: Logger;
  /** @default 10 s for headers, 30 s for bodies, 60 s of silence */
  limits?: Partial<HttpLimits>;
}

/**
 * A TCP port, or a Unix socket, that speaks HTTP. It bounds what a client can hold, and keeps the fault of one connection or of one
 * response from reaching the process.
 */
export class HttpPort {
  readonly #server: Server;
  readonly #logger: Logger;
  readonly #sockets = new Set<Socket>();

  constructor({ app, upgrades, logger, limits }: HttpPortOptions) {
    this.#logger = logger;
    const { headersMs, bodyMs, silenceMs, checkMs } = { ...LIMITS, ...limits };
    const acceptsUpgrade = (request: IncomingMessage) => upgrades?.acceptsUpgrade(request) ?? false;
    this.#server = createServer(
      {
        headersTimeout: headersMs,
        requestTimeout: bodyMs,
        connectionsCheckingInterval: checkMs,
        shouldUpgradeCallback: acceptsUpgrade,
      },
      (request, response) => {
        // Such as a write after the end. Without a listener it would be an uncaught exception.
        response.on('error', (err) => logger.warn({ err, method: request.method }, 'response failed'));
        app(request, response);
      },
    );
    this.#server.timeout = silenceMs;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    if (upgrades) {
      this.#server.on('upgrade', (request, socket, head) => {
        // Node leaves the socket to us without its own listener. A reset is followed by a close.
        socket.on('error', (err) => logger.debug({ err }, 'upgraded connection failed'));
        // Before Node 24.9 everybody who asks for an upgrade comes here.
        if (!upgrades.acceptsUpgrade(request)) socket.destroy();
        else this.#handOver(upgrades, request, socket, head);
      });
    }
  }

  /**
   * Opens the port.
   *
   * @param variable the configuration variable to name when the port cannot be had
   * @returns the port, which matters when 0 was asked for
   * @throws Error that says which port is in use, or why it cannot be opened
   */
  async listen({
    port,
    host,
    variable,
  }: {
    port: number;
    host: string | undefined;
    variable: string;
  }): Promise<number> {
    await this.#open({ port, host }, { what: `Port ${port}`, variable });
    return (this.#server.address() as AddressInfo).port;
  }

  /**
   * Opens a Unix socket. One that a process has left behind, which was killed, is removed.
   *
   * @throws Error that says which path is in use, or why nothing can be made there
   */
  async listenAt({ path, variable }: { path: string; variable: string }): Promise<void> {
    if (await isLeftover(path)) await rm(path, { force: true });
    await this.#open({ path }, { what: path, variable });
  }

  #open(options: ListenOptions, { what, variable }: { what: string; variable: string }): Promise<void> {
    const server = this.#server;
    return new Promise((resolve, reject) => {
      const refuse = (error: NodeJS.ErrnoException) => {
        const reason = error.code === 'EADDRINUSE' ? 'it is in use' : error.message;
        reject(
          new Error(`${what} cannot be opened: ${reason}. Set ${variable} to another one.`, { cause: error }),
        );
      };
      server.once('error', refuse);
      server.listen(options, () => {
        server.off('error', refuse);
        // Such as a connection that cannot be accepted.
        server.on('error', (err) => this.#logger.error({ err }, 'port failed'));
        resolve();
      });
    });
  }

  /** Stops listening and ends every connection, whatever it waits for: held polls and WebSockets too. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #handOver(upgrades: UpgradeHandler, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    try {
      upgrades.handleUpgrade(request, socket, head);
    } catch (err) {
      this.#logger.error({ err }, 'upgrade failed');
      socket.destroy();
    }
  }
}

/** Whether there is a socket on which nobody listens. */
async function isLeftover(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}
