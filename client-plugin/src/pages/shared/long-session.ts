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
      void this.#lock?.then((lock) => lock?.release()).catch(() => undefined);
      this.#lock = undefined;
    }
  }

  /** Browsers let go of it whenever the page is hidden. */
  readonly #hold = () => {
    if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
    this.#lock = navigator.wakeLock.request('screen').catch(() => undefined);
  };
}

const ask = (event: BeforeUnloadEvent) => event.preventDefault();
