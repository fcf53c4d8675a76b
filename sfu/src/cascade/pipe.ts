import { MeshliftError } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import { openOn } from '../workers/open-on.ts';
import type { PortRange } from '../workers/pipe-ports.ts';
import { openPipeTransport } from './pipe-transport.ts';

export interface PipeOptions {
  from: types.Router;
  to: types.Router;
  /** Loopback ports to choose from. */
  portRange: PortRange;
}

/**
 * Brings producers from one router to another by two transports on the loopback. It closes with either router.
 *
 * mediasoup's own `pipeToRouter` leaves a transport and its port behind when the other one cannot be opened, or when
 * a router closes meanwhile.
 */
export class Pipe {
  readonly #near: types.PipeTransport;
  readonly #far: types.PipeTransport;

  /**
   * @throws MeshliftError `MEDIA_FAILED` when a router has been closed, `SERVER_FULL` when the range has no port left;
   *   nothing is left of the pipe then
   */
  static async open({ from, to, portRange }: PipeOptions): Promise<Pipe> {
    // Both ends are on this machine's loopback, where nothing is lost or read: no SRTP, no RTX.
    const transport = { listenInfo: { protocol: 'udp' as const, ip: '127.0.0.1', portRange } };
    const [near, far] = await bothOrNone([
      openPipeTransport(from, transport),
      openPipeTransport(to, transport),
    ]);
    const pipe = new Pipe(near, far);
    try {
      await Promise.all([near.connect(addressOf(far)), far.connect(addressOf(near))]);
      if (near.closed || far.closed) throw new MeshliftError('MEDIA_FAILED');
      return pipe;
    } catch (error) {
      near.close();
      far.close();
      throw error;
    }
  }

  private constructor(near: types.PipeTransport, far: types.PipeTransport) {
    this.#near = near;
    this.#far = far;
    near.observer.once('close', () => far.close());
    far.observer.once('close', () => near.close());
  }

  /**
   * Makes a copy of a producer at the other end, which is paused, resumed and closed as the producer is.
   *
   * @returns the copy's ID: two routers of one worker cannot have producers of the same ID
   * @throws MeshliftError `MEDIA_FAILED` when the pipe or the producer has been closed meanwhile
   */
  async carry({ id: producerId }: types.Producer): Promise<string> {
    const consumer = await openOn(this.#near, this.#near.consume({ producerId }));
    try {
      const { kind, rtpParameters, producerPaused: paused } = consumer;
      const producing = openOn(this.#far, this.#far.produce({ kind, rtpParameters, paused }));
      const copy = await openOn(consumer, producing);
      consumer.observer.once('close', () => copy.close());
      consumer.on('producerpause', () => void setPaused(copy, true));
      consumer.on('producerresume', () => void setPaused(copy, false));
      if (consumer.producerPaused !== paused) await setPaused(copy, consumer.producerPaused);
      return copy.id;
    } catch (error) {
      consumer.close();
      throw error;
    }
  }
}

/** @throws what the first that failed throws; then the other one is closed */
async function bothOrNone<T extends { close(): void }>(opening: [Promise<T>, Promise<T>]): Promise<[T, T]> {
  const [one, other] = await Promise.allSettled(opening);
  if (one.status === 'fulfilled' && other.status === 'fulfilled') return [one.value, other.value];
  for (const end of [one, other]) if (end.status === 'fulfilled') end.value.close();
  throw one.status === 'rejected' ? one.reason : (other as PromiseRejectedResult).reason;
}

const addressOf = ({ tuple }: types.PipeTransport) => ({ ip: tuple.localAddress, port: tuple.localPort });

/** One that has been closed meanwhile, or whose worker has died, has nothing to pause. */
function setPaused(producer: types.Producer, paused: boolean): Promise<void> {
  return (paused ? producer.pause() : producer.resume()).catch(() => undefined);
}
