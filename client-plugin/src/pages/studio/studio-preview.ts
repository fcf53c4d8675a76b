import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import * as icons from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { frameStyles } from './frame-styles.ts';
import type { LocalSource } from './local-source.ts';
import type { Source } from './source.ts';
import { iconOf } from './source-icons.ts';
import type { MediaKind, SourceChoice } from './source-kinds.ts';
import { text } from './text.ts';

/** What others see, or will see, and the two switches for it. */
export class StudioPreview extends LitElement {
  static override properties = { local: { attribute: false }, kind: {}, busy: { type: Boolean } };
  declare local: LocalSource;
  /** What has been chosen, where that is not for the local source to open. */
  declare kind: SourceChoice | undefined;
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
        ${local.source ? this.#cover(local.source) : this.#empty()}
      </div>
      <div class="switches">
        ${this.#switch('audio')}${this.#switch('video')}
      </div>
    `;
  }

  #empty(): TemplateResult {
    const { opening } = this.local;
    const kind = this.kind ?? this.local.kind;
    const words = text.sources[kind];
    const busy = opening || this.busy;
    return html`<div class="over">
      <span class="emblem">${iconOf[kind]}</span>
      <p>${busy ? text.opening : words.ready}</p>
      ${
        busy || this.kind || kind === 'none'
          ? nothing
          : html`<button class="button" @click=${() => this.local.open()}>${words.open}</button>`
      }
    </div>`;
  }

  #cover({ encoder, stream }: Source): TemplateResult | typeof nothing {
    if (stream.getVideoTracks().length === 0) {
      if (encoder) return cover(icons.broadcast, text.encoderAwaited);
      return stream.getAudioTracks().length > 0
        ? cover(icons.microphone, text.audioOnly)
        : cover(icons.alert, text.nothingSent);
    }
    return this.local.isPaused('video') ? cover(icons.cameraOff, text.cameraPaused) : nothing;
  }

  #switch(kind: MediaKind): TemplateResult {
    const { local } = this;
    const has = local.has(kind);
    const paused = local.isPaused(kind);
    const { capture, encoder } = local.source ?? {};
    const lost = capture?.lost.includes(kind) ?? false;
    const state = has ? (paused ? 'off' : 'on') : lost ? 'lost' : 'none';
    const camera = local.kind === 'camera';
    const label =
      !has && capture && !encoder
        ? { audio: text.noMicrophone, video: camera ? text.noCamera : text.noPicture }[kind]
        : {
            audio: capture?.mixed
              ? paused
                ? text.unmuteMicrophone
                : text.muteMicrophone
              : paused
                ? text.unmute
                : text.mute,
            video: camera ? (paused ? text.pictureOn : text.pictureOff) : paused ? text.show : text.hide,
          }[kind];
    const off = paused || (capture !== undefined && !has);
    const icon = {
      audio: off ? icons.microphoneOff : icons.microphone,
      video: off ? icons.cameraOff : icons.camera,
    }[kind];
    return html`<button
      class="button ${has && paused ? 'off' : ''}"
      data-testid="toggle-${kind}"
      data-state=${state}
      ?disabled=${!has}
      @click=${() => local.setPaused(kind, !paused)}
    >
      ${icon}${label}
    </button>`;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    frameStyles,
    css`
      .mirrored {
        transform: scaleX(-1);
      }
      .button.off {
        border-color: color-mix(in srgb, var(--danger) 40%, transparent);
        background: var(--danger-soft);
        color: var(--danger);
      }
    `,
  ];
}

function cover(icon: TemplateResult, words: string): TemplateResult {
  return html`<div class="over"><span class="emblem">${icon}</span><p>${words}</p></div>`;
}

customElements.define('studio-preview', StudioPreview);
