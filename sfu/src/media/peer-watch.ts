import type { types } from 'mediasoup';

/** An encoder sends media all the time; one that is silent for so long has gone. */
export const ENCODER_MISSED_AFTER_MS = 8_000;

/** A player that is sent nothing says little: some keep the path open three times a minute. */
export const PLAYER_MISSED_AFTER_MS = 24_000;

/**
 * Watches whether the other end of a transport still sends anything at all. It is what tells that a program has
 * gone which asks for no consent (RFC 7675), as browsers do: those of GStreamer and FFmpeg send media and little
 * else, and would otherwise be given up in the middle of it.
 */
export class PeerWatch {
  readonly #transport: types.WebRtcTransport;
  readonly #missAfterMs: number;
  readonly #changed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #bytes = 0;
  #heardAt = 0;
  #silent = false;

  /**
   * @param missAfterMs how long it may be silent; looked at four times as often
   * @param changed is called when it has fallen silent, or is heard again
   */
  constructor(transport: types.WebRtcTransport, missAfterMs: number, changed: () => void) {
    this.#transport = transport;
    this.#missAfterMs = missAfterMs;
    this.#changed = changed;
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** Begins with the connection. Repeating it changes nothing. */
  start(): void {
    if (this.#timer) return;
    this.#heardAt = performance.now();
    this.#timer = setInterval(() => void this.#look(), this.#missAfterMs / 4).unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    const [stats] = this.#transport.closed ? [] : await this.#transport.getStats().catch(() => []);
    if (!stats) return;
    if (stats.bytesReceived !== this.#bytes) this.#heardAt = performance.now();
    this.#bytes = stats.bytesReceived;
    const silent = performance.now() - this.#heardAt >= this.#missAfterMs;
    if (silent === this.#silent) return;
    this.#silent = silent;
    this.#changed();
  }
}
