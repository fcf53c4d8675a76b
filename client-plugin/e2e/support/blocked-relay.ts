import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Page } from '@playwright/test';

/**
 * A firewall between one page and the relay's media ports, UDP and TCP. The page is told a port of this
 * machine's in their place, where whatever it sends is swallowed: it never gets an answer, and no refusal.
 */
export class BlockedRelay {
  readonly #udp: Socket;
  readonly #tcp: Server;
  #swallowed = 0;

  /** Must be set up before the page connects. */
  static async between(page: Page): Promise<BlockedRelay> {
    const tcp = createServer((socket) => socket.on('error', () => undefined)).listen(0);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket('udp6').bind(port);
    await once(udp, 'listening');
    const blocked = new BlockedRelay(udp, tcp);
    await page.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const text = String(message);
        const isTransport = text.includes('"iceCandidates":');
        socket.send(isTransport ? text.replaceAll(/"port":\d+/g, `"port":${port}`) : text);
      });
    });
    page.on('close', () => blocked.#close());
    return blocked;
  }

  private constructor(udp: Socket, tcp: Server) {
    this.#udp = udp;
    this.#tcp = tcp;
    const count = () => {
      this.#swallowed += 1;
    };
    udp.on('message', count);
    tcp.on('connection', count);
  }

  /** Attempts to get through so far. */
  get swallowed(): number {
    return this.#swallowed;
  }

  #close(): void {
    this.#udp.close();
    this.#tcp.close();
  }
}
