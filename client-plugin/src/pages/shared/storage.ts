/** Storage that a browser may refuse: then nothing is remembered, and nothing else changes. */
export class Remembered<T> {
  readonly #storage: () => Storage;
  readonly #key: string;

  constructor(kind: 'tab' | 'browser', key: string) {
    this.#storage = () => (kind === 'tab' ? sessionStorage : localStorage);
    this.#key = `meshlift:${key}`;
  }

  load(): T | undefined {
    try {
      return (JSON.parse(this.#storage().getItem(this.#key) ?? 'null') as T | null) ?? undefined;
    } catch {
      return undefined;
    }
  }

  save(value: T): void {
    try {
      this.#storage().setItem(this.#key, JSON.stringify(value));
    } catch {
      // Not remembered.
    }
  }

  clear(): void {
    try {
      this.#storage().removeItem(this.#key);
    } catch {
      // Nothing was kept either.
    }
  }
}
