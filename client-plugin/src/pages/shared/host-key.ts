import { type JoinOptions, joinRoom, MeshliftError, type Room } from '../../index.ts';
import { Remembered } from './storage.ts';
import { isThisTabs } from './tab-lock.ts';

/** The key that makes this tab host of a room again, after a reload for example; a duplicate of the tab has none. */
export class HostKey {
  readonly #stored: Remembered<string>;

  /** @param room its name, and its server's where that is not the page's own */
  constructor(room: string) {
    this.#stored = new Remembered('tab', `host:${room}`);
  }

  /**
   * Joins as host if this tab was one, and as a guest if somebody else has become it.
   *
   * @throws MeshliftError see `joinRoom`
   */
  async join(options: JoinOptions): Promise<{ room: Room; notHostAgain: boolean }> {
    const hostKey = await this.#own();
    if (hostKey === undefined) return { room: await joinRoom(options), notHostAgain: false };
    try {
      return { room: await joinRoom({ ...options, hostKey }), notHostAgain: false };
    } catch (error) {
      if (MeshliftError.from(error).code !== 'NOT_HOST') throw error;
      this.forget();
      const room = await joinRoom(options);
      return { room, notHostAgain: !room.host };
    }
  }

  /** As the room tells; guests have none. */
  keep({ hostKey }: Room): void {
    if (hostKey === undefined) this.forget();
    else {
      this.#stored.save(hostKey);
      void isThisTabs(lockOf(hostKey));
    }
  }

  forget(): void {
    this.#stored.clear();
  }

  async #own(): Promise<string | undefined> {
    const hostKey = this.#stored.load();
    if (hostKey === undefined || (await isThisTabs(lockOf(hostKey)))) return hostKey;
    this.forget();
    return undefined;
  }
}

const lockOf = (hostKey: string) => `host:${hostKey}`;
