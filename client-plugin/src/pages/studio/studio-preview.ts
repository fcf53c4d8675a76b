import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import type { LocalSource } from './local-source.ts';
import type { MediaKind } from './source.ts';
import { text } from './text.ts';

const iconOf = { camera: icons.camera, screen: icons.screen, test: icons.testCard, none: icons.eye };

/** What others see, or will see, and the two switches for it. */
export class StudioPreview extends LitElement {
  static override properties = { local: { attribute: false }, busy: { type: Boolean } };
  declare local: LocalSource;
  /** Somebody else is at work on it: there is nothing to press. */
  declare busy: boolean;
  readonly #update = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.local.addEventListener('change', this.#update);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.local.removeEventListener('change', this.#update);
  }

  protected override render(): TemplateResult {
    const { local } = this;
    return html`
      <div class="frame">
        <video
          class=${local.kind === 'camera' ? 'mirrored' : ''}
          aria-label=${text.preview}
          .srcObject=${local.source?.stream ?? null}
          .muted=${true}
          autoplay
          playsinline
        ></video>
        ${local.source ? this.#cover() : this.#empty()}
      </div>
      <div class="switches">
        ${this.#switch('audio')}${this.#switch('video')}
      </div>
    `;
  }

  #empty(): TemplateResult {
    const { kind, opening } = this.local;
    const words = text.sources[kind];
    const busy = opening || this.busy;
    return html`<div class="over">
      <span class="emblem">${iconOf[kind]}</span>
      <p>${busy ? text.opening : words.ready}</p>
      ${
        busy || kind === 'none'
          ? nothing
          : html`<button class="button" @click=${() => this.local.open()}>${words.open}</button>`
      }
    </div>`;
  }

  #cover(): TemplateResult | typeof nothing {
    if (!this.local.isPaused('video')) return nothing;
    return html`<div class="over"><span class="emblem">${icons.cameraOff}</span><p>${text.cameraPaused}</p></div>`;
  }

  #switch(kind: MediaKind): TemplateResult {
    const { local } = this;
    const paused = local.isPaused(kind);
    const camera = local.kind === 'camera';
    const label = {
      audio: paused ? text.unmute : text.mute,
      video: camera ? (paused ? text.pictureOn : text.pictureOff) : paused ? text.show : text.hide,
    }[kind];
    const icon = {
      audio: paused ? icons.microphoneOff : icons.microphone,
      video: paused ? icons.cameraOff : icons.camera,
    }[kind];
    return html`<button
      class="button ${paused ? 'off' : ''}"
      data-testid="toggle-${kind}"
      ?disabled=${!local.has(kind)}
      @click=${() => local.setPaused(kind, !paused)}
    >
      ${icon}${label}
    </button>`;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .frame {
        position: relative;
        overflow: hidden;
        aspect-ratio: 16 / 9;
        border: 1px solid var(--line);
        border-radius: var(--radius-l);
        background: #070a09;
        box-shadow: var(--shadow);
      }
      video {
        display: block;
        width: 100%;
        height: 100%;
        object-fit: contain;
      }
      .mirrored {
        transform: scaleX(-1);
      }
      .over {
        position: absolute;
        inset: 0;
        display: grid;
        align-content: center;
        justify-items: center;
        gap: clamp(8px, 1.6vw, 16px);
        padding: 16px;
        background: radial-gradient(90% 90% at 50% 45%, #17241f, #090d0c 80%);
        color: #d9e6e1;
        text-align: center;
      }
      .over .button {
        border-color: rgb(255 255 255 / 0.18);
        background: rgb(255 255 255 / 0.1);
        color: #fff;
      }
      .over .button:hover {
        background: rgb(255 255 255 / 0.18);
      }
      .emblem {
        display: grid;
        place-items: center;
        color: #7fe3c0;
        font-size: clamp(28px, 5vw, 44px);
      }
      .emblem .icon {
        stroke-width: 1.4;
      }
      .switches {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 10px;
        margin-top: 16px;
      }
      .switches .button {
        min-width: 138px;
      }
      .button.off {
        border-color: color-mix(in srgb, var(--danger) 40%, transparent);
        background: var(--danger-soft);
        color: var(--danger);
      }
      @media (max-width: 620px) {
        .switches .button {
          flex: 1;
          min-width: 0;
        }
      }
    `,
  ];
}

customElements.define('studio-preview', StudioPreview);
