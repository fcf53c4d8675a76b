import { MeshliftError } from '@meshlift/protocol';
import type { PipeEndpoint } from '@meshlift/protocol/cluster';
import type { types } from 'mediasoup';
import { openOn } from '../workers/open-on.ts';
import type { PortRange } from '../workers/pipe-ports.ts';
import { openPipeTransport } from './pipe-transport.ts';

export interface PipeEndOptions {
  router: types.Router;
  /** The address to bind, which the other machine reaches. */
  ip: string;
  portRange: PortRange;
}

/**
 * One end of a pipe between two machines. Media is encrypted with a key of this pipe alone (SRTP), and what is lost is
 * sent again (RTX, RFC 4588). It closes with its router.
 *
 * The feeding end consumes producers, and the fed end makes a producer of what each of those consumers sends. Pausing
 * and closing do not pass through a pipe: the two ends are told of them.
 */
export class PipeEnd {
  readonly #transport: types.PipeTransport;

  /** @throws MeshliftError `SERVER_FULL` when the range has no port left, `MEDIA_FAILED` */
  static async open({ router, ip, portRange }: PipeEndOptions): Promise<PipeEnd> {
    const listenInfo = { protocol: 'udp', ip, portRange } as const;
    return new PipeEnd(await openPipeTransport(router, { listenInfo, enableRtx: true, enableSrtp: true }));
  }

  private constructor(transport: types.PipeTransport) {
    this.#transport = transport;
  }

  /** What the other end connects to, and the key that it decrypts with. For nobody else. */
  get endpoint(): PipeEndpoint {
    const { tuple, srtpParameters } = this.#transport;
    if (!srtpParameters) throw new MeshliftError('INTERNAL');
    return { ip: tuple.localAddress, port: tuple.localPort, srtpParameters };
  }

  get closed(): boolean {
    return this.#transport.closed;
  }

  /** Once, with the endpoint of the other end. @throws MeshliftError `MEDIA_FAILED` */
  async connect(other: PipeEndpoint): Promise<void> {
    try {
      await this.#transport.connect(other);
    } catch (cause) {
      throw new MeshliftError('MEDIA_FAILED', undefined, { cause });
    }
  }

  /** Sends what a producer of this router produces, in all its layers. @throws MeshliftError `MEDIA_FAILED` */
  feed(producer: types.Producer): Promise<types.Consumer> {
    return openOn(this.#transport, this.#transport.consume({ producerId: producer.id }));
  }

  /** Makes a producer of what the consumer at the other end sends. @throws MeshliftError `MEDIA_FAILED` */
  receive(fed: {
    kind: types.MediaKind;
    rtpParameters: types.RtpParameters;
    paused: boolean;
  }): Promise<types.Producer> {
    return openOn(this.#transport, this.#transport.produce(fed));
  }

  /** Everything that has arrived at its port from the other end's address, in bytes. */
  async bytesReceived(): Promise<number> {
    const [stats] = await this.#transport.getStats();
    return stats?.bytesReceived ?? 0;
  }

  onClose(listener: () => void): void {
    this.#transport.observer.once('close', listener);
  }

  close(): void {
    this.#transport.close();
  }
}
