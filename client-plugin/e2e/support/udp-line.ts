import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page, Route } from '@playwright/test';
import { Throttle } from './throttle.ts';

/** The relay's candidate for UDP and IPv4 (RFC 8839, section 5.1), in the answer of a `POST` or a `PATCH`. */
const UDP_CANDIDATE = /^(a=candidate:\S+ 1 udp \d+ [\d.]+) (\d+) (.*\r\n)/im;
const ANY_CANDIDATE = /^a=candidate:.*\r\n/gm;

/**
 * The line of a page that speaks WHIP or WHEP, which can be narrow, or break. The page is told a port of this
 * machine's in place of the relay's, and learns no other way.
 */
export class UdpLine {
  readonly #down = new Throttle();
  readonly #ways = new Set<Way>();

  /** Must be set up before the page connects. */
  static async of(page: Page): Promise<UdpLine> {
    const line = new UdpLine();
    await page.route(/\/(?:whip|whep)\//, (route) => line.#pass(route));
    page.on('close', () => line.break());
    return line;
  }

  /** Bits a second that get through to the page; `Infinity` for all. */
  setRate(bps: number): void {
    this.#down.setRate(bps);
  }

  /** Lets nothing through any more, by any port that the page was told. After an ICE restart it is told another. */
  break(): void {
    for (const way of this.#ways) way.close();
    this.#ways.clear();
  }

  async #pass(route: Route): Promise<void> {
    const method = route.request().method();
    if (method !== 'POST' && method !== 'PATCH') return route.fallback();
    const response = await route.fetch();
    const body = await response.text();
    const [, candidate, port, rest] = UDP_CANDIDATE.exec(body) ?? [];
    if (candidate === undefined) return route.fulfill({ response, body });
    const way = await Way.open(Number(port), this.#down);
    this.#ways.add(way);
    const ours = `${candidate} ${way.port} ${rest}`;
    const told = body.replace(UDP_CANDIDATE, '').replace(ANY_CANDIDATE, '');
    await route.fulfill({ response, body: told.replace(/^a=end-of-candidates/m, `${ours}$&`) });
  }
}

/** A port that stands for the relay's. */
class Way {
  readonly #near: Socket;
  /** By the page's ports: the relay tells them apart by where packets come from. */
  readonly #far = new Map<number, Socket>();
  readonly #relayPort: number;
  readonly #down: Throttle;
  #closed = false;

  static async open(relayPort: number, down: Throttle): Promise<Way> {
    const near = createSocket('udp4').bind(0);
    await once(near, 'listening');
    return new Way(near, relayPort, down);
  }

  private constructor(near: Socket, relayPort: number, down: Throttle) {
    this.#near = near;
    this.#relayPort = relayPort;
    this.#down = down;
    near.on('message', (packet, { address, port }) => {
      // The page and the relay are on one machine: the address that the one has sent from is the other's too.
      this.#farFor(address, port).send(packet, this.#relayPort, address);
    });
  }

  get port(): number {
    return (this.#near.address() as AddressInfo).port;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const socket of [this.#near, ...this.#far.values()]) socket.close();
  }

  #farFor(address: string, port: number): Socket {
    const known = this.#far.get(port);
    if (known) return known;
    const socket = createSocket('udp4');
    this.#far.set(port, socket);
    socket.on('message', (packet) => {
      this.#down.pass(packet.length, () => {
        if (!this.#closed) this.#near.send(packet, port, address);
      });
    });
    return socket;
  }
}
