import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

interface Address {
  address: string;
  port: number;
}

/**
 * A way for UDP between two peers that can be broken for real. Each peer is told this machine's port in place
 * of the other one's: the candidates in their signals are rewritten, and they never learn another way.
 */
export class UdpPath {
  readonly #ends: readonly [Socket, Socket];
  readonly #peers: [Address?, Address?] = [];

  static async open(): Promise<UdpPath> {
    const path = new UdpPath();
    for (const end of path.#ends) {
      end.bind(0);
      await once(end, 'listening');
    }
    return path;
  }

  private constructor() {
    const [first, second] = [createSocket('udp4'), createSocket('udp4')];
    this.#ends = [first, second];
    // What comes to one peer's port is from the other one, and goes on from the other one's port.
    first.on('message', (packet) => this.#forward(packet, second, 0));
    second.on('message', (packet) => this.#forward(packet, first, 1));
  }

  /** Rewrites what a peer says to the server: 0 is the one peer, 1 the other. */
  rewrite(peer: 0 | 1, message: string): string {
    const [, prefix = '', json = ''] = /^(\d*)(\[.*)$/s.exec(message) ?? [];
    if (!json.startsWith('["room:signal"')) return message;
    const [name, payload] = JSON.parse(json);
    const signal = JSON.parse(payload.signal);
    if (signal.sdp) {
      signal.sdp = signal.sdp.replace(/^a=candidate:.*\r\n/gm, '');
    } else if (signal.candidates) {
      signal.candidates = signal.candidates.flatMap((init: { candidate: string }) => {
        const candidate = this.#rewriteCandidate(peer, init.candidate);
        return candidate ? [{ ...init, candidate }] : [];
      });
    }
    return prefix + JSON.stringify([name, { ...payload, signal: JSON.stringify(signal) }]);
  }

  break(): void {
    for (const end of this.#ends) end.close();
  }

  /** candidate:1 1 udp 2122260223 192.0.2.2 50000 typ host … (RFC 8839, section 5.1) */
  #rewriteCandidate(peer: 0 | 1, candidate: string): string | undefined {
    const words = candidate.split(' ');
    const [, , transport, , address = '', port] = words;
    if (transport?.toLowerCase() !== 'udp' || !/^[\d.]+$/.test(address)) return undefined;
    this.#peers[peer] ??= { address, port: Number(port) };
    if (this.#peers[peer]?.port !== Number(port)) return undefined;
    words[5] = String((this.#ends[peer].address() as AddressInfo).port);
    return words.join(' ');
  }

  #forward(packet: Buffer, from: Socket, peer: 0 | 1): void {
    const to = this.#peers[peer];
    if (to) from.send(packet, to.port, to.address);
  }
}
