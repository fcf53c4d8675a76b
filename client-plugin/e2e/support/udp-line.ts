import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page, Route } from '@playwright/test';
import { Throttle } from './throttle.ts';

interface Address {
  address: string;
  port: number;
}

/** The relay's candidate for UDP and IPv4 (RFC 8839, section 5.1), in the answer of a `POST` or a `PATCH`. */
const UDP_CANDIDATE = /^(a=candidate:\S+ 1 udp \d+) ([\d.]+) (\d+) (.*\r\n)/im;
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
    page.on('close', () => {
      line.break();
      line.#down.close();
    });
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
    const [, candidate, address, port, rest] = UDP_CANDIDATE.exec(body) ?? [];
    if (candidate === undefined || address === undefined) return route.fulfill({ response, body });
    const way = await Way.open({ address, port: Number(port) }, this.#down);
    this.#ways.add(way);
    // The address stays: the page takes answers from the one that it has asked.
    const ours = `${candidate} ${address} ${way.port} ${rest}`;
    const told = body.replace(UDP_CANDIDATE, '').replace(ANY_CANDIDATE, '');
    await route.fulfill({ response, body: told.replace(/^a=end-of-candidates/m, `${ours}$&`) });
  }
}

/** A port that stands for the relay's. */
class Way {
  readonly #near: Socket;
  /** By the page's ports: the relay tells them apart by where packets come from. */
  readonly #far = new Map<number, Socket>();
  readonly #relay: Address;
  readonly #down: Throttle;
  #closed = false;

  static async open(relay: Address, down: Throttle): Promise<Way> {
    const near = createSocket('udp4').bind(0);
    await once(near, 'listening');
    return new Way(near, relay, down);
  }

  private constructor(near: Socket, relay: Address, down: Throttle) {
    this.#near = near;
    this.#relay = relay;
    this.#down = down;
    near.on('message', (packet, { address, port }) => {
      this.#farFor({ address, port }).send(packet, this.#relay.port, this.#relay.address);
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

  #farFor({ address, port }: Address): Socket {
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
