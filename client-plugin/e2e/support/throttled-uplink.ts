import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import { Throttle } from './throttle.ts';

interface Address {
  address: string;
  port: number;
}

interface Candidate {
  candidate: string;
}

/** Both ends of a way to one other participant: to each it looks like the other one. */
interface Way {
  /** What the page sends arrives here. */
  near: Socket;
  /** What the other one sends arrives here. */
  far: Socket;
  page?: Address;
  peer?: Address;
}

/**
 * One page's uplink, to the others and to the relay, as a line that all of it shares. The page and those it
 * talks to are told ports of this machine's in place of each other's, and never learn another way.
 */
export class ThrottledUplink {
  readonly #throttle = new Throttle();
  readonly #ways = new Map<string, Promise<Way>>();
  readonly #sockets = new Set<Socket>();
  /** By the relay's port and the page's. */
  readonly #relayed = new Map<string, Socket>();

  /** Must be set up before the page connects. */
  static async of(page: Page): Promise<ThrottledUplink> {
    const uplink = new ThrottledUplink();
    await page.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      // One after another: what waits for a port must not be overtaken.
      let outgoing = Promise.resolve();
      let incoming = Promise.resolve();
      socket.onMessage((message) => {
        outgoing = outgoing.then(async () => server.send(await uplink.#rewriteOutgoing(String(message))));
      });
      server.onMessage((message) => {
        incoming = incoming.then(async () => socket.send(await uplink.#rewriteIncoming(String(message))));
      });
    });
    page.on('close', () => uplink.#close());
    return uplink;
  }

  /** Bits a second that get through; `Infinity` for all. */
  setRate(bps: number): void {
    this.#throttle.setRate(bps);
  }

  /** What the page tells somebody: it is to be found at the far end. */
  async #rewriteOutgoing(message: string): Promise<string> {
    return this.#rewriteSignal(message, 'to', (way, candidate) => {
      way.page ??= candidate;
      return way.page.port === candidate.port ? way.far : undefined;
    });
  }

  /** What somebody tells the page: they are to be found at the near end. So is the relay. */
  async #rewriteIncoming(message: string): Promise<string> {
    if (message.includes('"iceCandidates":')) return this.#rewriteTransport(message);
    return this.#rewriteSignal(message, 'from', (way, candidate) => {
      way.peer ??= candidate;
      return way.peer.port === candidate.port ? way.near : undefined;
    });
  }

  async #rewriteSignal(
    message: string,
    who: 'to' | 'from',
    endFor: (way: Way, candidate: Address) => Socket | undefined,
  ): Promise<string> {
    const [, prefix = '', json = ''] = /^(\d*)(\[.*)$/s.exec(message) ?? [];
    if (!json.startsWith('["room:signal"')) return message;
    const [name, payload] = JSON.parse(json);
    const signal = JSON.parse(payload.signal);
    const way = await this.#way(payload[who]);
    if (signal.sdp) signal.sdp = signal.sdp.replace(/^a=candidate:.*\r\n/gm, '');
    if (signal.candidates) {
      signal.candidates = signal.candidates.flatMap((init: Candidate) => {
        const words = init.candidate.split(' ');
        const [, , transport, , address = '', port] = words;
        if (transport?.toLowerCase() !== 'udp' || !/^[\d.]+$/.test(address)) return [];
        const end = endFor(way, { address, port: Number(port) });
        if (!end) return [];
        words[5] = String(portOf(end));
        return [{ ...init, candidate: words.join(' ') }];
      });
    }
    return prefix + JSON.stringify([name, { ...payload, signal: JSON.stringify(signal) }]);
  }

  async #rewriteTransport(message: string): Promise<string> {
    const [, prefix = '', json = ''] = /^(\d*)(\[.*)$/s.exec(message) ?? [];
    const answer = JSON.parse(json);
    const { transport } = answer[0].data;
    const [udp] = transport.iceCandidates.filter(
      ({ protocol, ip }: { protocol: string; ip: string }) => protocol === 'udp' && /^[\d.]+$/.test(ip),
    );
    const entry = await this.#open();
    const relay: Address = { address: udp.ip, port: udp.port };
    entry.on('message', async (packet, page) => {
      const way = await this.#toRelay(entry, relay, page);
      this.#throttle.pass(packet.length, () => way.send(packet, relay.port, relay.address));
    });
    // The address stays: answers come from the one that the page has asked.
    transport.iceCandidates = [{ ...udp, port: portOf(entry) }];
    return prefix + JSON.stringify(answer);
  }

  /** The relay answers whatever address a packet came from, so that each of the page's gets one of its own. */
  async #toRelay(entry: Socket, relay: Address, page: Address): Promise<Socket> {
    const key = `${relay.port} ${page.port}`;
    const known = this.#relayed.get(key);
    if (known) return known;
    const socket = createSocket('udp4');
    this.#sockets.add(socket);
    this.#relayed.set(key, socket);
    socket.on('message', (packet) => entry.send(packet, page.port, page.address));
    return socket;
  }

  #way(participantId: string): Promise<Way> {
    const known = this.#ways.get(participantId);
    if (known) return known;
    const opening = this.#openWay();
    this.#ways.set(participantId, opening);
    return opening;
  }

  async #openWay(): Promise<Way> {
    const way: Way = { near: await this.#open(), far: await this.#open() };
    way.near.on('message', (packet) => {
      const { peer } = way;
      if (peer) this.#throttle.pass(packet.length, () => way.far.send(packet, peer.port, peer.address));
    });
    way.far.on('message', (packet) => {
      if (way.page) way.near.send(packet, way.page.port, way.page.address);
    });
    return way;
  }

  async #open(): Promise<Socket> {
    const socket = createSocket('udp4').bind(0);
    this.#sockets.add(socket);
    await once(socket, 'listening');
    return socket;
  }

  #close(): void {
    this.#throttle.close();
    for (const socket of this.#sockets) socket.close();
  }
}

const portOf = (socket: Socket): number => (socket.address() as AddressInfo).port;
