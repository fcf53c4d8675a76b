import type { MeshliftError } from '@meshlift/protocol';

/** One request that waits for its answer. Settling it twice changes nothing. */
interface PendingRequest<T> {
  promise: Promise<T>;
  resolve(answer: T): void;
  reject(error: MeshliftError): void;
}

/** Requests that wait for their answers, so that all of them can fail together. */
export class PendingRequests<T> {
  readonly #rejects = new Set<(error: MeshliftError) => void>();

  get size(): number {
    return this.#rejects.size;
  }

  add(): PendingRequest<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#rejects.add(reject);
    return {
      promise,
      resolve: (answer) => {
        this.#rejects.delete(reject);
        resolve(answer);
      },
      reject: (error) => {
        this.#rejects.delete(reject);
        reject(error);
      },
    };
  }

  failAll(error: MeshliftError): void {
    for (const reject of this.#rejects) reject(error);
    this.#rejects.clear();
  }
}
