import type { ReactiveController, ReactiveControllerHost } from 'lit';

const IDLE_AFTER_MS = 2_800;

/** Tells when nobody has moved, touched or typed for a while, so that what covers the picture can fade. */
export class Idle implements ReactiveController {
  idle = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #keepAwake: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param keepAwake asked before fading: is somebody in the middle of something? */
  constructor(host: ReactiveControllerHost & HTMLElement, keepAwake: () => boolean) {
    this.#host = host;
    this.#keepAwake = keepAwake;
    host.addController(this);
  }

  hostConnected(): void {
    for (const name of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      addEventListener(name, this.#wake, { passive: true });
    }
    document.documentElement.addEventListener('pointerleave', this.#sleep);
    this.#wake();
  }

  hostDisconnected(): void {
    for (const name of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      removeEventListener(name, this.#wake);
    }
    document.documentElement.removeEventListener('pointerleave', this.#sleep);
    clearTimeout(this.#timer);
  }

  readonly #wake = () => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#sleep, IDLE_AFTER_MS);
    this.#set(false);
  };

  readonly #sleep = () => {
    if (this.#keepAwake()) this.#wake();
    else this.#set(true);
  };

  #set(idle: boolean): void {
    if (this.idle === idle) return;
    this.idle = idle;
    this.#host.requestUpdate();
  }
}
