import type { Logger } from '@meshlift/telemetry';
import { findWorker } from '@meshlift/worker';
import { type MediaPorts, portsToTry, rangeOf } from './media-ports.ts';
import { pipePorts } from './pipe-ports.ts';
import { PoolWorker, type WorkerOptions } from './pool-worker.ts';

/** A worker that dies is replaced after this long; doubled after each failed attempt, up to a minute. */
const RESPAWN_AFTER_MS = 500;
const RESPAWN_AT_MOST_MS = 60_000;

export interface WorkerPoolOptions extends Pick<WorkerOptions, 'addresses' | 'announced'> {
  count: number;
  mediaPorts: MediaPorts;
  /** @default those of mediasoup's range on the larger side of the media ports */
  pipePorts?: WorkerOptions['pipePorts'] | undefined;
  logger: Logger;
}

/** All workers of this node, one per core unless told otherwise. Replaces those that die. */
export class WorkerPool {
  readonly #logger: Logger;
  readonly #options: WorkerOptions;
  readonly #mediaPorts: MediaPorts;
  readonly #workers: (PoolWorker | undefined)[];
  /** The media port that each worker has, or had before it died. */
  readonly #ports: number[] = [];
  readonly #respawns = new Set<NodeJS.Timeout>();
  #deaths = 0;
  #closed = false;

  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(options);
    const started = await Promise.allSettled(
      Array.from({ length: options.count }, (_, index) => pool.#spawn(index)),
    );
    const failed = started.find((result) => result.status === 'rejected');
    if (failed) {
      pool.close();
      throw failed.reason;
    }
    return pool;
  }

  private constructor(options: WorkerPoolOptions) {
    this.#options = {
      addresses: options.addresses,
      announced: options.announced,
      pipePorts: options.pipePorts ?? pipePorts(rangeOf(options.mediaPorts, options.count)),
      workerBin: findWorker(),
    };
    this.#mediaPorts = options.mediaPorts;
    this.#logger = options.logger;
    this.#workers = Array.from({ length: options.count }, () => undefined);
  }

  /** The workers that are alive. */
  get workers(): PoolWorker[] {
    return this.#workers.filter((worker) => worker !== undefined);
  }

  /** Where pipes have their ports. */
  get pipePorts(): WorkerOptions['pipePorts'] {
    return this.#options.pipePorts;
  }

  /** How many workers have died since the start. */
  get deaths(): number {
    return this.#deaths;
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#respawns) clearTimeout(timer);
    for (const worker of this.workers) worker.close();
    this.#workers.fill(undefined);
  }

  async #spawn(index: number): Promise<void> {
    const ports = portsToTry(this.#mediaPorts, index, this.#ports[index]);
    const worker = await PoolWorker.create(index, ports, this.#options);
    if (this.#closed) {
      worker.close();
      return;
    }
    this.#workers[index] = worker;
    this.#ports[index] = worker.port;
    worker.onDied((error) => {
      this.#deaths += 1;
      worker.close();
      this.#workers[index] = undefined;
      this.#respawn(index, RESPAWN_AFTER_MS, error);
    });
  }

  /**
   * Said only when the pause is over: a Ctrl-C in a terminal ends the workers too, and this process may hear
   * of that before it hears that it is to stop itself.
   */
  #respawn(index: number, afterMs: number, reason: unknown): void {
    if (this.#closed) return;
    const timer = setTimeout(async () => {
      this.#respawns.delete(timer);
      this.#logger.error({ err: reason, worker: index }, 'a worker died or did not start; replacing it');
      try {
        await this.#spawn(index);
        this.#logger.info({ worker: index }, 'the worker is back');
      } catch (error) {
        this.#respawn(index, Math.min(afterMs * 2, RESPAWN_AT_MOST_MS), error);
      }
    }, afterMs);
    this.#respawns.add(timer);
  }
}
