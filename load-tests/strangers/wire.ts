import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Answer, parseAnswer } from './answer.ts';
import { parseFrames } from './frames.ts';

/** The server holds a poll for 10 s at most. Whatever is not answered after this, in ms, has been forgotten. */
const ANSWER_TIMEOUT_MS = 25_000;

/** How a stranger leaves: in order, by a reset, or without a word while the connection stays. */
export const departures = ['end', 'reset', 'stay'] as const;
export type Departure = (typeof departures)[number];

/** A TCP connection of which every byte is ours to choose. */
export class Wire {
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  #received = Buffer.alloc(0);
  #closed = false;

  /** @throws Error when the server accepts no connection */
  static async open({ port, from }: { port: number; from: string }): Promise<Wire> {
    const socket = connect({ host: '127.0.0.1', port, localAddress: from, noDelay: true });
    const wire = new Wire(socket);
    await once(socket, 'connect');
    return wire;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake();
    });
    // The server may end a connection at any time; the close that follows says so.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#closed = true;
      this.#wake();
    });
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Without effect once the connection is over. */
  send(bytes: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Sends each byte in a segment of its own, as far as the kernel plays along. */
  async trickle(text: string): Promise<void> {
    for (const byte of Buffer.from(text)) {
      this.send(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /**
   * The next answer, or undefined when the connection ended without one.
   *
   * @param method of the request that is answered: some have no body
   * @throws Error when the server leaves the request unanswered
   */
  async answer(method = 'GET'): Promise<Answer | undefined> {
    const parsed = await this.#until(() => parseAnswer(this.#received, method, this.#closed));
    if (!parsed) return undefined;
    this.#received = this.#received.subarray(parsed.length);
    return parsed.answer;
  }

  /** Of an answer that has begun. */
  get status(): number {
    return Number(/^HTTP\/1\.[01] (\d{3})/.exec(this.#received.toString('latin1', 0, 20))?.[1]);
  }

  /** The text of all complete WebSocket messages that have come. After a goodbye nothing more is answered. */
  messages(): string[] {
    const { texts, length, closes } = parseFrames(this.#received);
    this.#received = this.#received.subarray(length);
    this.#closed ||= closes;
    return texts;
  }

  /** Resolves at the next byte, or when the connection is over. */
  async heard(): Promise<void> {
    const before = this.#received.length;
    await this.#until(() => this.#received.length !== before || undefined);
  }

  leave(how: Departure): void {
    if (how === 'end') this.#socket.end();
    if (how === 'reset') this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #until<T>(look: () => T | undefined): Promise<T | undefined> {
    const deadline = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    for (;;) {
      const found = look();
      if (found !== undefined || this.#closed) return found;
      if (deadline.aborted) throw new Error(`no answer within ${ANSWER_TIMEOUT_MS / 1_000} s`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake);
          deadline.removeEventListener('abort', wake);
          resolve();
        };
        this.#waiting.add(wake);
        deadline.addEventListener('abort', wake);
      });
    }
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }
}
