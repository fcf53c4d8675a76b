import type { types } from 'mediasoup';
import { LookRounds } from './look-rounds.ts';

/** When somebody who is silent counts as gone. */
export interface Patience {
  /** How often a look is taken, in ms. Each is a message to the worker and back. */
  lookEveryMs: number;
  /** After how many looks that find nothing new. */
  looks: number;
}

/** An encoder sends media all the time, and its viewers are to be told soon that it has gone. */
export const ENCODER_PATIENCE: Patience = { lookEveryMs: 2_000, looks: 4 };

/**
 * A player that is sent nothing says little: some keep the path open three times a minute. There may be hundreds of
 * them, and nobody waits to hear that one has gone.
 */
export const PLAYER_PATIENCE: Patience = { lookEveryMs: 24_000, looks: 1 };

/**
 * Watches whether the other end of a transport still sends anything at all. It is what tells that a program has
 * gone which asks for no consent (RFC 7675), as browsers do: those of GStreamer and FFmpeg send media and little
 * else, and would otherwise be given up in the middle of it.
 */
export class PeerWatch {
  readonly #transport: types.WebRtcTransport;
  readonly #patience: Patience;
  readonly #changed: () => void;
  #leave: (() => void) | undefined;
  #bytes = 0;
  #inVain = 0;

  /** @param changed is called when it has fallen silent, or is heard again */
  constructor(transport: types.WebRtcTransport, patience: Patience, changed: () => void) {
    this.#transport = transport;
    this.#patience = patience;
    this.#changed = changed;
  }

  get silent(): boolean {
    return this.#inVain >= this.#patience.looks;
  }

  /** Begins with the connection. Repeating it changes nothing. */
  start(): void {
    this.#leave ??= roundsOf(this.#patience).join(() => void this.#look());
  }

  close(): void {
    this.#leave?.();
  }

  async #look(): Promise<void> {
    const [stats] = this.#transport.closed ? [] : await this.#transport.getStats().catch(() => []);
    if (!stats) return;
    const wasSilent = this.silent;
    this.#inVain = stats.bytesReceived === this.#bytes ? this.#inVain + 1 : 0;
    this.#bytes = stats.bytesReceived;
    if (this.silent !== wasSilent) this.#changed();
  }
}

const allRounds = new Map<number, LookRounds>();

/** All who are looked at as often are looked at together. */
function roundsOf({ lookEveryMs }: Patience): LookRounds {
  const known = allRounds.get(lookEveryMs);
  if (known) return known;
  const rounds = new LookRounds(lookEveryMs);
  allRounds.set(lookEveryMs, rounds);
  return rounds;
}
