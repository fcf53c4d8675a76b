import type { RemoteStream } from '../rooms/remote-stream.ts';
import type { PictureWish } from './receiving-session.ts';
import { Tile } from './tile.ts';

/** The elements that show what comes over the relay, and what they want of it. */
export class RelayTiles {
  readonly #wish: (participantId: string, wish: PictureWish) => void;
  readonly #watched = new Map<RemoteStream, Tile>();

  /** @param wish told whenever what is wanted of somebody's picture has changed */
  constructor(wish: (participantId: string, wish: PictureWish) => void) {
    this.#wish = wish;
  }

  watch(stream: RemoteStream): void {
    if (this.#watched.has(stream)) return;
    this.#watched.set(stream, new Tile(stream, (wish) => this.#wish(stream.participantId, wish)));
  }

  unwatch(stream: RemoteStream): void {
    this.#watched.get(stream)?.close();
    this.#watched.delete(stream);
  }

  /** Another layer of somebody's picture is being decoded, or soon will be. */
  look(participantId: string): void {
    for (const [stream, tile] of this.#watched) if (stream.participantId === participantId) tile.lookSoon();
  }

  /** Wants everything of everybody, as it is without a wish. */
  clear(): void {
    for (const stream of [...this.#watched.keys()]) this.unwatch(stream);
  }
}
