import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between one client and a server on this machine, and can be cut. Ends with the test. */
export class TcpProxy {
  readonly #server: Server;
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  #cut = false;
  #silent = false;

  private constructor(port: number) {
    this.#port = port;
    this.#server = createServer((client) => this.#join(client));
  }

  static async start(port: number, atEnd: (end: () => void) => void): Promise<TcpProxy> {
    const proxy = new TcpProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    atEnd(() => {
      proxy.cut();
      proxy.#server.close();
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (!address || typeof address === 'string') throw new Error('the proxy has no port');
    return address.port;
  }

  /** Resets what is open, and whatever is opened. */
  cut(): void {
    this.#cut = true;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  /** Carries nothing more on what is open, as if a cable had been pulled; what is opened gets no answer. */
  silence(): void {
    this.#silent = true;
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  /** Carries what is opened from now on. */
  restore(): void {
    this.#cut = false;
    this.#silent = false;
  }

  #join(client: Socket): void {
    if (this.#cut) {
      client.destroy();
      return;
    }
    if (this.#silent) {
      this.#sockets.add(client);
      client.on('error', () => {}).on('close', () => this.#sockets.delete(client));
      return;
    }
    const server = connect(this.#port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        // In silence the other end does not hear of it.
        if (!this.#silent) to.destroy();
      });
    }
  }
}
