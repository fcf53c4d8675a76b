import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { type View, watchStream } from '../../../index.ts';
import { describeError, type Words } from '../../shared/error-words.ts';
import * as icons from '../../shared/icons.ts';
import { notice, noticeStyles } from '../../shared/notice.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { frameStyles } from '../frame-styles.ts';
import type { EncoderStream } from './encoder-stream.ts';
import { text } from './text.ts';

/** What viewers see of an encoder: watched once somebody asks for it, since it counts as a viewer. */
export class EncoderPreview extends LitElement {
  static override properties = {
    encoder: { attribute: false },
    view: { state: true },
    busy: { state: true },
    trouble: { state: true },
  };
  declare encoder: EncoderStream;
  declare view: View | undefined;
  declare busy: boolean;
  declare trouble: Words | undefined;
  #followed: EncoderStream | undefined;
  readonly #update = () => this.requestUpdate();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#hide();
    this.#follow(undefined);
  }

  protected override willUpdate(): void {
    if (this.isConnected) this.#follow(this.encoder);
  }

  protected override render(): TemplateResult {
    const { view } = this;
    return html`
      <div class="frame">
        <video data-testid="encoder-preview" aria-label=${text.preview} .muted=${true} autoplay playsinline></video>
        ${view?.state === 'live' || view?.state === 'reconnecting' ? nothing : this.#over()}
      </div>
      ${this.trouble ? notice({ tone: 'danger', ...this.trouble }) : nothing}
      ${
        view
          ? html`<div class="switches">
            <button class="button" data-testid="hide-preview" @click=${this.#hide}>${text.previewHide}</button>
          </div>`
          : nothing
      }
    `;
  }

  #over(): TemplateResult {
    const { state } = this.encoder;
    const live = state === 'live' && !this.view;
    return html`<div class="over ${live ? 'asking' : ''}">
      <span class="emblem">${icons.broadcast}</span>
      <p>${live ? text.previewTitle : text.states[state]}</p>
      ${
        live
          ? html`<button class="button" data-testid="show-preview" ?disabled=${this.busy} @click=${this.#show}>
              ${text.previewShow}
            </button>
            <p class="small">${text.previewReady}</p>`
          : nothing
      }
    </div>`;
  }

  readonly #show = async () => {
    const element = this.renderRoot.querySelector('video');
    if (!element || this.busy) return;
    this.busy = true;
    this.trouble = undefined;
    try {
      const view = await watchStream({ streamId: this.encoder.owned.streamId, element });
      if (this.isConnected) this.#adopt(view);
      else view.close();
    } catch (error) {
      this.trouble = describeError(error);
    }
    this.busy = false;
  };

  /** Who is dropped with everybody else, by a new link for example, may ask for it again. */
  #adopt(view: View): void {
    this.view = view;
    view.on('state', ({ state }) => {
      if (state === 'ended' && this.view === view) this.#hide();
      this.requestUpdate();
    });
  }

  readonly #hide = () => {
    const { view } = this;
    this.view = undefined;
    view?.close();
    const video = this.renderRoot.querySelector('video');
    if (video) video.srcObject = null;
  };

  #follow(encoder: EncoderStream | undefined): void {
    if (encoder === this.#followed) return;
    this.#followed?.removeEventListener('change', this.#update);
    this.#followed = encoder;
    encoder?.addEventListener('change', this.#update);
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    noticeStyles,
    frameStyles,
    css`
      .over .small {
        max-width: 40ch;
        color: #a9bbb4;
        font-size: 14px;
      }
      .notice {
        margin-top: 16px;
      }
      @media (max-width: 620px) {
        .asking .emblem {
          display: none;
        }
        .over .small {
          font-size: 13px;
        }
      }
    `,
  ];
}

customElements.define('encoder-preview', EncoderPreview);
