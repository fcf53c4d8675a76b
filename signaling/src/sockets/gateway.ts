import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type MediaNode, MeshliftError, PROTOCOL_VERSION, type RtpCapabilities } from '@meshlift/protocol';
import { Gauge, type Logger, type Registry } from '@meshlift/telemetry';
import { Server as EngineServer } from 'engine.io';
import { Server, type Socket } from 'socket.io';
import { type RateLimit, RateLimiter, rateLimits } from '../access/rate-limits.ts';
import type { Departures } from '../cluster/departures.ts';
import type { Config } from '../config/config.ts';
import { iceServersFor, RENEW_TURN_EVERY_MS } from '../config/ice-servers.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { clientAddress } from '../http/forwarded.ts';
import type { UpgradeHandler } from '../http/http-port.ts';
import { Dispatcher } from './dispatcher.ts';
import { DoorServer } from './door-server.ts';
import { forgetPoll, forgetRequest } from './forget-request.ts';
import { Forwarder } from './forwarder.ts';
import type { HandlerContext } from './handler.ts';
import { requestHandlers } from './request-handlers.ts';
import { type Locators, RequestRouter } from './request-router.ts';
import { SocketConnection } from './socket-connection.ts';
import { negotiate, servedVersions } from './versions.ts';

/** Where clients of socket.io look for it. */
export const SIGNALING_PATH = '/socket.io';

/** The largest message a client may send, in bytes. engine.io closes the connection of one that sends more. */
const LARGEST_MESSAGE = 64 * 1024;

export interface GatewayContext extends HandlerContext {
  config: Config;
  departures: Departures;
  logger: Logger;
  registry: Registry;
  /** @default 6,000 a minute and address */
  handshakeLimit?: RateLimit;
}

/**
 * The socket.io server: lets clients in, greets them and hands their messages to the dispatcher. It listens to no
 * port: the door hands it the polls and the upgrades that are for it, so that nobody else answers them too.
 */
export class Gateway implements UpgradeHandler {
  readonly #io: Server;
  readonly #engine: EngineServer;
  readonly #config: Config;
  readonly #node: MediaNode;
  readonly #dispatcher: Dispatcher;
  readonly #forwarder: Forwarder;
  readonly #doorServer: DoorServer;
  readonly #connects = new RateLimiter(rateLimits.connect);
  readonly #handshakes: RateLimiter;
  readonly #connections = new Set<SocketConnection>();
  #renewal: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(context: GatewayContext) {
    const { config, logger, registry } = context;
    this.#config = config;
    this.#handshakes = new RateLimiter(context.handshakeLimit ?? rateLimits.handshake);
    this.#node = context.node;
    const { cluster, departures, rooms, sessions } = context;
    const handlers = requestHandlers(context);
    const forwarder = new Forwarder(cluster);
    const doorServer = new DoorServer({ cluster, handlers, sessions, logger });
    departures.on((process) => {
      forwarder.gone(process);
      doorServer.gone(process);
    });
    this.#forwarder = forwarder;
    this.#doorServer = doorServer;
    const locators: Locators = {
      'room:join': ({ roomId }) => rooms.claims.ownerOf(roomId),
      'stream:publish': ({ streamId }) => context.streams.ownerOf(streamId),
    };
    const router = new RequestRouter({ handlers, sessions, forwarder, locators });
    this.#dispatcher = new Dispatcher(router, logger, registry);
    this.#engine = new EngineServer({
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: LARGEST_MESSAGE,
      pingInterval: 10_000,
      pingTimeout: 8_000,
      allowRequest: (request, decide) => {
        this.#mayConnect(request).then(
          (allowed) => decide(null, allowed),
          (thrown: unknown) => decide(MeshliftError.from(thrown).code, false),
        );
      },
    });
    this.#io = new Server({ serveClient: false, connectTimeout: 10_000 });
    this.#io.bind(this.#engine);
    this.#io.use((socket, next) => {
      this.#admit(socket).then(
        () => next(),
        (thrown: unknown) => next(refusal(MeshliftError.from(thrown))),
      );
    });
    this.#io.on('connection', (socket) => this.#welcome(socket));
    if (config.turnSecret !== undefined) {
      this.#renewal = setInterval(() => this.#renewIceServers(), RENEW_TURN_EVERY_MS);
      this.#renewal.unref();
    }
    const engine = this.#engine;
    new Gauge({
      name: 'meshlift_connections',
      help: 'Open signaling connections',
      registers: [registry],
      collect() {
        this.set(engine.clientsCount);
      },
    });
  }

  acceptsUpgrade({ url = '' }: IncomingMessage): boolean {
    return url.startsWith(`${SIGNALING_PATH}/?`);
  }

  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#engine.handleUpgrade(request, socket, head);
  }

  /** Answers one request of a client that polls. */
  handlePoll(request: IncomingMessage, response: ServerResponse): void {
    this.#engine.handleRequest(request, response);
    // Without a session it is a handshake, whose request is read until the client is let in.
    if (new URL(request.url ?? '', 'http://localhost').searchParams.has('sid')) forgetPoll(request);
  }

  /** Tells every client that the server stops, closes the connections and takes no new ones. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#renewal);
    this.#doorServer.close();
    for (const connection of this.#connections) connection.send('server:closing', {});
    this.#io.disconnectSockets(true);
    await this.#io.close();
  }

  async #mayConnect(request: IncomingMessage): Promise<boolean> {
    if (this.#closed || !this.#originAllowed(request)) return false;
    await this.#handshakes.take(this.#addressOf(request));
    return true;
  }

  async #admit(socket: Socket): Promise<void> {
    await this.#connects.take(this.#addressOf(socket.request));
    negotiate(socket.handshake.auth.protocol);
  }

  #welcome(socket: Socket): void {
    const connection = new SocketConnection(socket, {
      baseUrl: baseUrlOf(socket.request, this.#config),
      address: this.#addressOf(socket.request),
      older: negotiate(socket.handshake.auth.protocol),
    });
    forgetRequest(socket);
    this.#connections.add(connection);
    this.#dispatcher.serve(socket, connection);
    socket.on('disconnect', () => {
      this.#connections.delete(connection);
      connection.dropped();
      this.#forwarder.ended(connection);
    });
    connection.send('server:welcome', {
      protocol: PROTOCOL_VERSION,
      serves: servedVersions,
      routerRtpCapabilities: this.#node.routerRtpCapabilities as RtpCapabilities,
      iceServers: iceServersFor(this.#config),
    });
  }

  /** Each client gets credentials of its own. */
  #renewIceServers(): void {
    for (const connection of this.#connections) {
      connection.send('server:iceServers', { iceServers: iceServersFor(this.#config) });
    }
  }

  /** Browsers send `Origin` with every WebSocket and enforce nothing themselves; programs send none. */
  #originAllowed(request: IncomingMessage): boolean {
    const { allowedOrigins } = this.#config;
    const { origin } = request.headers;
    if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === new URL(baseUrlOf(request, this.#config)).host;
  }

  #addressOf(request: IncomingMessage): string {
    return clientAddress(request, this.#config.trustedProxies);
  }
}

/** socket.io hands `data` of a refusal to the client as it is. */
function refusal(error: MeshliftError): Error {
  return Object.assign(new Error(error.message), { data: error.toBody() });
}
