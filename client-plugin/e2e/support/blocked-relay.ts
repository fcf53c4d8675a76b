import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Page } from '@playwright/test';

/** RTP by its first two bytes, and not RTCP (RFC 7983, section 7; RFC 5761, section 4). */
const isMedia = ([first = 0, second = 0]: Buffer): boolean =>
  first >= 128 && first <= 191 && !(second >= 192 && second <= 223);

/** What gets through to the relay. `not media`: checks, handshakes and reports over UDP. */
type Lets = 'nothing' | 'not media';

/**
 * A firewall between one page and the relay's media ports, UDP and TCP. The page is told a port of this
 * machine's in their place, where what does not get through is swallowed: it never gets an answer, and no refusal.
 */
export class BlockedRelay {
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #lets: Lets;
  /** Sockets towards the relay, by the page's ports. */
  readonly #far = new Map<number, Socket>();
  #relayPort = 0;
  #swallowed = 0;

  /** Must be set up before the page connects. */
  static async between(page: Page, lets: Lets = 'nothing'): Promise<BlockedRelay> {
    const tcp = createServer((socket) => socket.on('error', () => undefined)).listen(0);
    await once(tcp, 'listening');
    const { port } = tcp.address() as AddressInfo;
    const udp = createSocket('udp6').bind(port);
    await once(udp, 'listening');
    const blocked = new BlockedRelay(udp, tcp, lets);
    await page.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      server.onMessage((message) => {
        const text = String(message);
        const isTransport = text.includes('"iceCandidates":');
        if (isTransport) blocked.#relayPort = Number(/"port":(\d+)/.exec(text)?.[1]);
        socket.send(isTransport ? text.replaceAll(/"port":\d+/g, `"port":${port}`) : text);
      });
    });
    page.on('close', () => blocked.#close());
    return blocked;
  }

  private constructor(udp: Socket, tcp: Server, lets: Lets) {
    this.#udp = udp;
    this.#tcp = tcp;
    this.#lets = lets;
    udp.on('message', (packet, { address, port }) => {
      if (this.#passes(packet)) this.#farOf(address, port).send(packet, this.#relayPort, address);
      else this.#swallowed += 1;
    });
    tcp.on('connection', () => {
      this.#swallowed += 1;
    });
  }

  /** Attempts to get through so far. */
  get swallowed(): number {
    return this.#swallowed;
  }

  #passes(packet: Buffer): boolean {
    return this.#lets === 'not media' && !isMedia(packet);
  }

  /** The page and the relay are on this machine, so that one has the other's address. */
  #farOf(address: string, port: number): Socket {
    const known = this.#far.get(port);
    if (known) return known;
    const far = createSocket('udp6');
    this.#far.set(port, far);
    far.on('message', (packet) => {
      if (this.#passes(packet)) this.#udp.send(packet, port, address);
      else this.#swallowed += 1;
    });
    return far;
  }

  #close(): void {
    for (const socket of [this.#udp, ...this.#far.values()]) socket.close();
    this.#tcp.close();
  }
}
