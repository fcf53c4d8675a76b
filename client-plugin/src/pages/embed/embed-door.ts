import {
  EMBED_VERSION,
  type EmbedCommand,
  type EmbedEventBody,
  idOf,
  isMarked,
  readCommand,
} from '../../elements/embed-messages.ts';
import type { MeshliftPlayer } from '../../elements/player.ts';
import { MeshliftError } from '../../index.ts';
import { mayFrame } from './frame-rules.ts';

/**
 * Speaks with the page that holds this one in a frame, and with nobody else: with the origin that the address
 * declares, or the one that spoke first, if the server allows it. The stream ID is in no message.
 */
export class EmbedDoor {
  readonly #player: MeshliftPlayer;
  readonly #declared: string | undefined;
  /** Whom everything goes to; nobody yet. */
  #partner: string | undefined;
  /** What has been told of these, which have no event of their own. */
  #told = { quality: '', mode: '' };

  /** @param declared the origin of the page around this one, if the address says so */
  constructor(player: MeshliftPlayer, declared: string | undefined) {
    this.#player = player;
    this.#declared = declared;
    addEventListener('message', (event) => void this.#receive(event));
    player.addEventListener('state', () => this.#post(this.#state()));
    player.addEventListener('volumechange', () => this.#post(this.#volume()));
    player.addEventListener('viewers', () => this.#post(this.#viewers()));
    player.addEventListener('layers', () => {
      this.#post({ event: 'layers', layers: player.layers });
      this.#tellChanges();
    });
    if (declared) void this.#admit(declared);
  }

  async #receive({ source, origin, data }: MessageEvent<unknown>): Promise<void> {
    if (source !== window.parent || !isMarked(data) || !(await this.#admit(origin))) return;
    const id = idOf(data);
    try {
      this.#post(await this.#follow(readCommand(data)), id);
    } catch (thrown) {
      const { code, message } = MeshliftError.from(thrown);
      this.#post({ event: 'error', code, message }, id);
    }
    this.#tellChanges();
  }

  /** Whether it is the one to speak with. Becomes so if nobody is yet. */
  async #admit(origin: string): Promise<boolean> {
    if (this.#partner !== undefined) return origin === this.#partner;
    if (this.#declared !== undefined && origin !== this.#declared) return false;
    // A page without an origin of its own cannot be told from another one.
    if (origin === 'null' || !(await mayFrame(origin))) return false;
    if (this.#partner === undefined) {
      this.#partner = origin;
      this.#post({ event: 'ready' });
      this.#post(this.#state());
      this.#tellChanges();
    }
    return origin === this.#partner;
  }

  /** @returns what answers the command */
  async #follow(command: EmbedCommand): Promise<EmbedEventBody> {
    const player = this.#player;
    switch (command.command) {
      case 'mute':
        player.muted = true;
        return this.#volume();
      case 'unmute':
        player.muted = false;
        // The browser may want a click first, and says so when it is to play.
        if (player.state === 'live') await player.play().catch(() => undefined);
        return this.#volume();
      case 'volume':
        player.volume = command.volume;
        return this.#volume();
      case 'quality':
        player.quality = command.quality;
        return this.#quality();
      case 'getState':
        return this.#state();
      case 'getStats':
        return { event: 'stats', stats: await player.stats() };
    }
  }

  #state(): EmbedEventBody {
    const { state, error, muted, volume, quality, mode, view, layers } = this.#player;
    const told = { state, muted, volume, quality, mode: mode ?? null, viewers: view?.viewers ?? 0, layers };
    return { event: 'state', ...told, ...(error && { error: { code: error.code, message: error.message } }) };
  }

  #volume(): EmbedEventBody {
    return { event: 'volume', muted: this.#player.muted, volume: this.#player.volume };
  }

  #viewers(): EmbedEventBody {
    return { event: 'viewers', viewers: this.#player.view?.viewers ?? 0 };
  }

  #quality(): EmbedEventBody {
    return { event: 'quality', quality: this.#player.quality };
  }

  #tellChanges(): void {
    if (this.#partner === undefined) return;
    const quality = String(this.#player.quality);
    const mode = this.#player.mode ?? null;
    if (quality !== this.#told.quality) this.#post(this.#quality());
    if (String(mode) !== this.#told.mode) this.#post({ event: 'mode', mode });
    this.#told = { quality, mode: String(mode) };
  }

  #post(body: EmbedEventBody, id?: number): void {
    if (this.#partner === undefined) return;
    const message = { meshlift: EMBED_VERSION, ...(id === undefined ? {} : { id }), ...body };
    window.parent.postMessage(message, this.#partner);
  }
}
