import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type MediaNode, MeshliftError, PROTOCOL_VERSION, type RtpCapabilities } from '@meshlift/protocol';
import { Gauge, type Logger, type Registry } from '@meshlift/telemetry';
import { Server, type Socket } from 'socket.io';
import type { Config } from '../config/config.ts';
import { baseUrlOf } from '../http/base-url.ts';
import { RateLimiter, rateLimits } from '../privacy/rate-limits.ts';
import { Connection } from './connection.ts';
import { Dispatcher } from './dispatcher.ts';
import type { HandlerContext } from './handler.ts';
import { requestHandlers } from './request-handlers.ts';

/** The largest message a client may send, in bytes. socket.io closes the connection of one that sends more. */
const LARGEST_MESSAGE = 64 * 1024;

export interface GatewayContext extends HandlerContext {
  config: Config;
  logger: Logger;
  registry: Registry;
}

/** The socket.io server: lets clients in, greets them and hands their messages to the dispatcher. */
export class Gateway {
  readonly #io: Server;
  readonly #config: Config;
  readonly #node: MediaNode;
  readonly #dispatcher: Dispatcher;
  readonly #connects = new RateLimiter(rateLimits.connect);

  constructor(server: HttpServer, context: GatewayContext) {
    const { config, logger, registry } = context;
    this.#config = config;
    this.#node = context.node;
    this.#dispatcher = new Dispatcher(requestHandlers(context), logger, registry);
    this.#io = new Server(server, {
      serveClient: false,
      transports: ['websocket', 'polling'],
      maxHttpBufferSize: LARGEST_MESSAGE,
      pingInterval: 10_000,
      pingTimeout: 8_000,
      connectTimeout: 10_000,
      cors: { origin: config.allowedOrigins.includes('*') ? '*' : config.allowedOrigins },
      allowRequest: (request, decide) => decide(null, this.#originAllowed(request)),
    });
    this.#io.use((socket, next) => {
      this.#admit(socket).then(
        () => next(),
        (thrown: unknown) => next(refusal(MeshliftError.from(thrown))),
      );
    });
    this.#io.on('connection', (socket) => this.#welcome(socket));
    const { engine } = this.#io;
    new Gauge({
      name: 'meshlift_connections',
      help: 'Open signaling connections',
      registers: [registry],
      collect() {
        this.set(engine.clientsCount);
      },
    });
  }

  /** Tells every client that the server stops, and closes the connections. */
  async close(): Promise<void> {
    this.#io.emit('server:closing', {});
    this.#io.disconnectSockets(true);
    // Closes the HTTP server too, which its owner does again without harm.
    await this.#io.close();
  }

  async #admit(socket: Socket): Promise<void> {
    await this.#connects.take(this.#addressOf(socket));
    if (socket.handshake.auth.protocol !== PROTOCOL_VERSION) throw new MeshliftError('PROTOCOL_VERSION');
  }

  #welcome(socket: Socket): void {
    const connection = new Connection(socket, {
      baseUrl: baseUrlOf(socket.request, this.#config),
      address: this.#addressOf(socket),
    });
    this.#dispatcher.serve(socket, connection);
    socket.on('disconnect', () => connection.dropped());
    connection.send('server:welcome', {
      protocol: PROTOCOL_VERSION,
      routerRtpCapabilities: this.#node.routerRtpCapabilities as RtpCapabilities,
      iceServers: this.#config.iceServers,
    });
  }

  /** Browsers send `Origin` with every WebSocket and enforce nothing themselves; programs send none. */
  #originAllowed({ headers }: IncomingMessage): boolean {
    const { allowedOrigins, publicUrl } = this.#config;
    const { origin } = headers;
    if (origin === undefined || allowedOrigins.includes('*') || allowedOrigins.includes(origin)) return true;
    const own = publicUrl === undefined ? headers.host : new URL(publicUrl).host;
    return URL.canParse(origin) && new URL(origin).host === own;
  }

  /** The peer's address, or the one that the outermost trusted proxy has seen. */
  #addressOf(socket: Socket): string {
    const { trustedProxies } = this.#config;
    const forwarded = String(socket.handshake.headers['x-forwarded-for'] ?? '').split(',');
    const seenByProxy = trustedProxies > 0 ? forwarded.at(-trustedProxies)?.trim() : undefined;
    return seenByProxy || socket.handshake.address;
  }
}

/** socket.io hands `data` of a refusal to the client as it is. */
function refusal(error: MeshliftError): Error {
  return Object.assign(new Error(error.message), { data: error.toBody() });
}
