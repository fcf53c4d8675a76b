import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import { LongSession } from '../shared/long-session.ts';
import { streamFactsStyles, viewerCount } from '../shared/stream-facts.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { Idle } from './idle.ts';
import type { Playback } from './playback.ts';
import './player-controls.ts';
import { toggleFullscreen } from './fullscreen.ts';
import { sceneCard, sceneCardStyles } from './scene-card.ts';
import { text } from './text.ts';
import { toggleMuted } from './volume-control.ts';

const TROUBLE_SHOWN_MS = 6_000;

/** What lies over the picture. The picture itself is an element of the page, which is there before this is. */
export class WatchPage extends LitElement {
  #playback: Playback | undefined;
  /** The browser lets nothing play, not even silently, before somebody has tapped. */
  #blocked = false;
  /** Whether the sound has been on once: from then on the volume control is enough. */
  #heard = false;
  #trouble = '';
  readonly #session = new LongSession();
  readonly #idle = new Idle(this, () => this.#playback?.scene !== 'playing');

  /** Shows what `playback` does, from now on. */
  follow(playback: Playback): void {
    this.#playback = playback;
    const video = playback.element;
    playback.addEventListener('change', () => {
      if (playback.view?.state === 'live' && video.paused) void this.#play(video);
      this.requestUpdate();
    });
    video.addEventListener('volumechange', () => {
      this.#heard ||= !video.muted;
      this.requestUpdate();
    });
    addEventListener('keydown', (event) => this.#onKey(event, video));
    this.requestUpdate();
  }

  protected override updated(): void {
    this.#session.update({ asks: false, awake: this.#playback?.scene === 'playing' });
  }

  protected override render(): TemplateResult | typeof nothing {
    const playback = this.#playback;
    if (!playback) return nothing;
    const { scene, view } = playback;
    const idle = this.#idle.idle && scene === 'playing';
    const playing = scene === 'playing';
    document.title = playing && !playback.reconnecting ? `${text.live} · ${text.title}` : text.title;
    return html`
      <div class="page ${idle ? 'idle' : ''}">
        <div class="surface" @dblclick=${() => toggleFullscreen(playback.element)}></div>
        ${sceneCard(playback)}
        <header class="top">
          <a class="home" href="/" aria-label=${text.home}>${icons.mark}</a>
          ${this.#state(playback)}
          ${
            playing
              ? html`${
                  playback.playing === 'muted-video'
                    ? html`<span class="muted" data-testid="publisher-muted">
                        ${icons.microphoneOff}${text.publisherMuted}
                      </span>`
                    : nothing
                }`
              : nothing
          }
          ${view && !playback.reconnecting ? viewerCount(view.viewers) : nothing}
        </header>
        ${this.#message(playback)}
        <footer>
          ${this.#pill(playback)}
          ${
            scene === 'playing'
              ? html`<player-controls
                class="bottom"
                ?idle=${idle}
                .playback=${playback}
                @trouble=${(event: CustomEvent<string>) => this.#tell(event.detail)}
              ></player-controls>`
              : nothing
          }
        </footer>
      </div>
    `;
  }

  /** `Live` is what the server says, and nothing that a page can know without it. */
  #state({ scene, reconnecting }: Playback): TemplateResult | typeof nothing {
    if (reconnecting)
      return html`<span class="live away" data-testid="live-mark" data-state="away">${text.away}</span>`;
    if (scene !== 'playing') return nothing;
    return html`<span class="live" data-testid="live-mark" data-state="live">${text.live}</span>`;
  }

  #message(playback: Playback): TemplateResult | typeof nothing {
    const words = playback.reconnecting && playback.scene !== 'stalled' ? text.reconnecting : this.#trouble;
    return words ? html`<p class="message" role="status">${words}</p>` : nothing;
  }

  #pill({ element, scene, view }: Playback): TemplateResult | typeof nothing {
    if (this.#blocked) {
      return html`<button class="button primary large pill" @click=${() => this.#play(element)}>
        ${icons.play}${text.blocked}
      </button>`;
    }
    if (scene !== 'playing' || !view?.hasAudio || this.#heard) return nothing;
    const unmute = () => {
      toggleMuted(element);
      void this.#play(element);
    };
    return html`<button class="button large pill" data-testid="unmute" @click=${unmute}>
      ${icons.speakerOff}${text.unmute}
    </button>`;
  }

  async #play(video: HTMLVideoElement): Promise<void> {
    try {
      await video.play();
      this.#blocked = false;
    } catch (error) {
      this.#blocked = error instanceof DOMException && error.name === 'NotAllowedError';
    }
    this.requestUpdate();
  }

  #tell(trouble: string): void {
    this.#trouble = trouble;
    this.requestUpdate();
    setTimeout(() => this.#tell(''), TROUBLE_SHOWN_MS);
  }

  #onKey(event: KeyboardEvent, video: HTMLVideoElement): void {
    const [target] = event.composedPath();
    const inField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement;
    if (inField || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'm') toggleMuted(video);
    if (event.key === 'f') toggleFullscreen(video);
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    streamFactsStyles,
    sceneCardStyles,
    css`
      .page {
        position: absolute;
        inset: 0;
        overflow: hidden;
        color: #f2f7f5;
      }
      .page.idle {
        cursor: none;
      }
      .surface {
        position: absolute;
        inset: 0;
      }
      .top,
      .bottom {
        text-shadow: 0 1px 3px rgb(0 0 0 / 0.75);
      }
      .top {
        transition: opacity 0.35s;
      }
      .idle .top {
        opacity: 0;
      }
      .top {
        position: absolute;
        inset: 0 0 auto;
        display: flex;
        align-items: center;
        gap: 14px;
        padding: max(14px, env(safe-area-inset-top)) max(20px, env(safe-area-inset-right)) 44px
          max(20px, env(safe-area-inset-left));
        background: linear-gradient(rgb(0 0 0 / 0.55), transparent);
        pointer-events: none;
      }
      .home {
        display: grid;
        place-items: center;
        width: 44px;
        height: 44px;
        margin-left: -10px;
        border-radius: var(--radius-m);
        color: var(--accent);
        font-size: 22px;
        pointer-events: auto;
      }
      .top .viewers {
        margin-left: auto;
      }
      .live {
        padding: 4px 10px;
        border-radius: 6px;
        background: var(--accent);
        color: var(--on-accent);
        font-size: 13px;
        font-weight: 650;
        line-height: 1.3;
        text-shadow: none;
      }
      .live.away {
        background: var(--warning);
      }
      .muted {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: 14px;
        font-weight: 500;
      }
      footer {
        position: absolute;
        inset: auto 0 0;
        pointer-events: none;
      }
      footer > * {
        pointer-events: auto;
      }
      .bottom {
        padding: 56px max(16px, env(safe-area-inset-right)) max(12px, env(safe-area-inset-bottom))
          max(20px, env(safe-area-inset-left));
        background: linear-gradient(transparent, rgb(0 0 0 / 0.7)) 0 100% / 100% 200% no-repeat;
        transition: background-position 0.35s;
      }
      .idle .bottom {
        background-position-y: 0;
        pointer-events: none;
      }
      .pill {
        position: absolute;
        left: 50%;
        bottom: 104px;
        border: 0;
        border-radius: 999px;
        background: #f5faf8;
        color: #0c1412;
        box-shadow: 0 8px 30px rgb(0 0 0 / 0.45);
        translate: -50% 0;
      }
      .pill:hover {
        background: #fff;
      }
      .message {
        position: absolute;
        top: 76px;
        left: 50%;
        width: max-content;
        max-width: calc(100% - 32px);
        padding: 10px 18px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-l);
        background: rgb(10 16 14 / 0.82);
        font-size: 15px;
        text-align: center;
        translate: -50% 0;
      }
      @media (max-width: 620px) {
        .pill {
          bottom: 148px;
        }
      }
    `,
  ];
}

customElements.define('meshlift-watch', WatchPage);

declare global {
  interface HTMLElementTagNameMap {
    'meshlift-watch': WatchPage;
  }
}
