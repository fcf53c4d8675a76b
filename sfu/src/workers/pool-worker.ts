import { createWorker, type types } from 'mediasoup';
import { mediaCodecs } from '../rtp/codecs.ts';
import type { Fanout } from './fanout.ts';
import { LoadMeter } from './load-meter.ts';
import { type ListenAddress, type Listening, listenOnFirstFree } from './media-ports.ts';
import type { PortRange } from './pipe-ports.ts';
import { predictDelay, subtractWork, sumOfWork, type Work } from './predicted-delay.ts';

/** What all workers of a node have in common. */
export interface WorkerOptions {
  addresses: readonly ListenAddress[];
  /** The addresses that clients are told, most preferred first; those that are bound when there are none. */
  announced?: (() => readonly string[]) | undefined;
  /** Loopback ports for pipes between routers. */
  pipePorts: PortRange;
  /** Path of mediasoup's worker; mediasoup's own choice when left out. */
  workerBin?: string | undefined;
}

/** A worker with the one port its transports share, for UDP and TCP, and the load it carries. */
export class PoolWorker {
  /** Position in the pool; names the worker in metrics. */
  readonly index: number;
  readonly webRtcServer: types.WebRtcServer;
  /** The media port, UDP and TCP; 0 when the worker chose its own. */
  readonly port: number;
  readonly load: LoadMeter;
  readonly #worker: types.Worker;
  /** What it does for the viewers of each relay; kept by the relays. */
  readonly fanouts = new Set<Fanout>();
  /** Relays whose origin it has; kept by them. */
  origins = 0;
  readonly pipePorts: PortRange;
  /** The addresses that clients are told, as they are now; those that are bound when there are none. */
  readonly announced: () => readonly string[];

  /**
   * @param ports the media ports to try, in this order; 0 lets the worker choose
   * @throws Error naming ports and addresses when all ports are in use, or the first that cannot be opened at all
   */
  static async create(index: number, ports: readonly number[], options: WorkerOptions): Promise<PoolWorker> {
    const { addresses, workerBin } = options;
    const worker = await createWorker({ logLevel: 'warn', ...(workerBin ? { workerBin } : {}) });
    try {
      const listening = await listenOnFirstFree(worker, ports, addresses);
      return new PoolWorker(index, worker, listening, options);
    } catch (error) {
      worker.close();
      throw error;
    }
  }

  private constructor(
    index: number,
    worker: types.Worker,
    { webRtcServer, port }: Listening,
    { announced, pipePorts }: WorkerOptions,
  ) {
    this.index = index;
    this.announced = announced ?? (() => []);
    this.pipePorts = pipePorts;
    this.#worker = worker;
    this.webRtcServer = webRtcServer;
    this.port = port;
    this.load = new LoadMeter(worker);
  }

  /** The process id of the worker. */
  get pid(): number {
    return this.#worker.pid;
  }

  get closed(): boolean {
    return this.#worker.closed;
  }

  /** Viewers this worker serves, over all relays. */
  get viewers(): number {
    return [...this.fanouts].reduce((sum, { viewers }) => sum + viewers, 0);
  }

  /** What it does for all its viewers. */
  get work(): Work {
    return sumOfWork([...this.fanouts].map(({ work }) => work));
  }

  /**
   * What it does for all but those of one relay.
   *
   * @param all `work`, for who has just asked for it
   */
  workBeside(fanout: Fanout | undefined, all: Work): Work {
    return fanout ? subtractWork(all, fanout.work) : all;
  }

  /** How long it keeps the last packet of its slowest burst, as predicted, in ms. */
  get predictedDelay(): number {
    const { work } = this;
    const delays = [...this.fanouts].map((fanout) =>
      predictDelay(fanout.bursts, this.workBeside(fanout, work), this.load.utilisation),
    );
    return Math.max(0, ...delays);
  }

  /** Called once if the process ends without having been told to. */
  onDied(listener: (error: Error) => void): void {
    this.#worker.once('died', listener);
  }

  createRouter(codecs: types.RouterRtpCodecCapability[] = mediaCodecs): Promise<types.Router> {
    return this.#worker.createRouter({ mediaCodecs: codecs });
  }

  close(): void {
    this.load.close();
    this.#worker.close();
  }
}
