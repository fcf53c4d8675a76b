import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { copyText } from './copy-text.ts';

const SHOWN_MS = 2_500;

/** Copies for an element, and tells it for a moment how that went. */
export class Copying implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #state: 'idle' | 'copied' | 'failed' = 'idle';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  get state(): 'idle' | 'copied' | 'failed' {
    return this.#state;
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#state = 'idle';
  }

  async copy(text: string): Promise<void> {
    this.#set((await copyText(text)) ? 'copied' : 'failed');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#set('idle'), SHOWN_MS);
  }

  #set(state: 'idle' | 'copied' | 'failed'): void {
    this.#state = state;
    this.#host.requestUpdate();
  }
}
