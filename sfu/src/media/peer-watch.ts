import type { types } from 'mediasoup';
import { PollingScheduler } from './polling-scheduler.ts';

/** When a silent peer counts as gone. */
export interface SilenceTimeout {
  /** How often it is polled, in ms. Each poll is a message to the worker and back. */
  pollEveryMs: number;
  /** After how many polls in a row that find nothing new. */
  polls: number;
}

/** An encoder sends media all the time, and its viewers need to know soon that it has gone. */
export const ENCODER_TIMEOUT: SilenceTimeout = { pollEveryMs: 2_000, polls: 4 };

/**
 * A player that is sent nothing says little: some keep the path open three times a minute. There may be hundreds of
 * them, and nobody waits to hear that one has gone.
 */
export const PLAYER_TIMEOUT: SilenceTimeout = { pollEveryMs: 24_000, polls: 1 };

/**
 * Watches whether the other end of a transport still sends anything at all. It is what tells that a program has
 * gone which asks for no consent (RFC 7675), as browsers do: those of GStreamer and FFmpeg send media and little
 * else, and would otherwise be given up in the middle of it.
 */
export class PeerWatch {
  readonly #transport: types.WebRtcTransport;
  readonly #timeout: SilenceTimeout;
  readonly #changed: () => void;
  #leave: (() => void) | undefined;
  #bytes = 0;
  #quietPolls = 0;

  /** @param changed is called when it has fallen silent, or is heard again */
  constructor(transport: types.WebRtcTransport, timeout: SilenceTimeout, changed: () => void) {
    this.#transport = transport;
    this.#timeout = timeout;
    this.#changed = changed;
  }

  get silent(): boolean {
    return this.#quietPolls >= this.#timeout.polls;
  }

  /** Begins with the connection. Repeating it changes nothing. */
  start(): void {
    this.#leave ??= schedulerOf(this.#timeout).join(() => void this.#poll());
  }

  close(): void {
    this.#leave?.();
  }

  async #poll(): Promise<void> {
    const [stats] = this.#transport.closed ? [] : await this.#transport.getStats().catch(() => []);
    if (!stats) return;
    const wasSilent = this.silent;
    this.#quietPolls = stats.bytesReceived === this.#bytes ? this.#quietPolls + 1 : 0;
    this.#bytes = stats.bytesReceived;
    if (this.silent !== wasSilent) this.#changed();
  }
}

const schedulers = new Map<number, PollingScheduler>();

/** Peers that are polled at the same pace are polled together. */
function schedulerOf({ pollEveryMs }: SilenceTimeout): PollingScheduler {
  const known = schedulers.get(pollEveryMs);
  if (known) return known;
  const scheduler = new PollingScheduler(pollEveryMs);
  schedulers.set(pollEveryMs, scheduler);
  return scheduler;
}
