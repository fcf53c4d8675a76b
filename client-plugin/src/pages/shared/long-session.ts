import type { Room } from '../../index.ts';

/**
 * Guards a page in the middle of something that lasts: asks before its tab is closed, and keeps the screen on, which
 * would end cameras on phones otherwise. Where a browser has no wake lock the screen goes by its own rules.
 */
export class LongSession {
  #asks = false;
  #awake = false;
  #lock: Promise<WakeLockSentinel | undefined> | undefined;

  /**
   * @param asks whether to ask before the tab is closed
   * @param awake whether to keep the screen on
   */
  update({ asks, awake }: { asks: boolean; awake: boolean }): void {
    if (asks !== this.#asks) {
      this.#asks = asks;
      if (asks) addEventListener('beforeunload', ask);
      else removeEventListener('beforeunload', ask);
    }
    if (awake === this.#awake) return;
    this.#awake = awake;
    if (awake) {
      document.addEventListener('visibilitychange', this.#hold);
      this.#hold();
    } else {
      document.removeEventListener('visibilitychange', this.#hold);
      this.#letGo();
    }
  }

  /** Browsers let go of it whenever the page is hidden. */
  readonly #hold = () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    this.#letGo();
    this.#lock = navigator.wakeLock.request('screen').catch(() => undefined);
  };

  #letGo(): void {
    void this.#lock?.then((lock) => lock?.release()).catch(() => undefined);
    this.#lock = undefined;
  }
}

const ask = (event: BeforeUnloadEvent) => event.preventDefault();

/**
 * Whether others notice at once when this page goes: it sends something, and somebody is there to see and hear it.
 *
 * @param sends whether there is anything that it sends into the room
 */
export function wouldBeMissed({ participants, audience }: Room, sends: boolean): boolean {
  return (sends && participants.length > 0) || (audience?.viewers ?? 0) > 0;
}
