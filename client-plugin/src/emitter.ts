import mitt from 'mitt';

/** Typed events for the classes of the public API. `E` maps each event's name to what its listeners get. */
export class Emitter<E extends object> {
  readonly #events = mitt<Record<string, unknown>>();

  /** @returns a function that removes the listener again */
  on<N extends keyof E & string>(name: N, listener: (event: E[N]) => void): () => void {
    const handler = listener as (event: unknown) => void;
    this.#events.on(name, handler);
    return () => this.#events.off(name, handler);
  }

  protected emit<N extends keyof E & string>(name: N, event: E[N]): void {
    this.#events.emit(name, event);
  }
}
