import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Quality, View } from '../../index.ts';
import { controlStyles } from '../shared/control-styles.ts';
import * as icons from '../shared/icons.ts';
import { modeLabel, streamFactsStyles } from '../shared/stream-facts.ts';
import { baseStyles } from '../shared/styles.ts';
import { canGoFullscreen, toggleFullscreen } from './fullscreen.ts';
import type { Playback } from './playback.ts';
import { qualityMenu } from './quality-menu.ts';
import { text } from './text.ts';
import { control, volumeControl } from './volume-control.ts';

/** The bar below the picture: how it gets here, sound, quality, and ways to see more of it. */
export class PlayerControls extends LitElement {
  static override properties = { playback: { attribute: false } };
  declare playback: Playback;
  #listening = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    this.#listening = new AbortController();
    const { signal } = this.#listening;
    const update = () => this.requestUpdate();
    this.playback.addEventListener('change', update, { signal });
    for (const name of ['volumechange', 'resize']) {
      this.playback.element.addEventListener(name, update, { signal });
    }
    document.addEventListener('fullscreenchange', update, { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#listening.abort();
  }

  protected override render(): TemplateResult {
    const { view, element: video } = this.playback;
    const height = Math.min(video.videoWidth, video.videoHeight);
    return html`
      ${view ? modeLabel(view.mode) : nothing}
      <div class="group" role="group" aria-label=${text.controls}>
        ${view?.hasAudio ? this.#volume(video) : nothing}
        ${view ? qualityMenu(view, height, (quality) => void this.#choose(view, quality)) : nothing}
        ${
          document.pictureInPictureEnabled && view?.hasVideo
            ? control(
                text.pictureInPicture,
                icons.pictureInPicture,
                () => void this.#togglePictureInPicture(),
              )
            : nothing
        }
        ${
          canGoFullscreen(video)
            ? document.fullscreenElement
              ? control(text.leaveFullscreen, icons.shrink, () => toggleFullscreen(video), 'fullscreen')
              : control(text.fullscreen, icons.expand, () => toggleFullscreen(video), 'fullscreen')
            : nothing
        }
      </div>
    `;
  }

  #volume(video: HTMLVideoElement): TemplateResult {
    return html`<div class="volume">${volumeControl(video)}</div>`;
  }

  async #choose(view: View, quality: Quality): Promise<void> {
    try {
      await view.setQuality(quality);
    } catch {
      this.dispatchEvent(new CustomEvent('trouble', { detail: text.qualityFailed }));
    }
    this.requestUpdate();
  }

  async #togglePictureInPicture(): Promise<void> {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.playback.element.requestPictureInPicture();
    } catch {
      // The browser said no, and shows that itself.
    }
  }

  static override styles = [
    baseStyles,
    streamFactsStyles,
    controlStyles,
    css`
      :host {
        --control: 44px;
        --control-icon: 18px;
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px 20px;
      }
      .group,
      .volume {
        display: flex;
        align-items: center;
        gap: 4px;
      }
      .group {
        margin-left: auto;
        transition: opacity 0.35s;
      }
      /* Who looks at the picture is not disturbed, but what the server can see and hear stays said. */
      :host([idle]) .group {
        opacity: 0;
      }
      .mode {
        transition: opacity 0.35s;
      }
      :host([idle]) .mode {
        opacity: 0.75;
      }
      input[type='range'] {
        width: 84px;
        height: 44px;
        margin: 0 10px 0 0;
        appearance: none;
        background: transparent;
        cursor: pointer;
      }
      input[type='range']::-webkit-slider-runnable-track {
        height: 4px;
        border-radius: 2px;
        background: linear-gradient(
          to right,
          #fff var(--level),
          rgb(255 255 255 / 0.3) var(--level)
        );
      }
      input[type='range']::-webkit-slider-thumb {
        width: 14px;
        height: 14px;
        margin-top: -5px;
        appearance: none;
        border-radius: 50%;
        background: #fff;
      }
      input[type='range']::-moz-range-track {
        height: 4px;
        border-radius: 2px;
        background: rgb(255 255 255 / 0.3);
      }
      input[type='range']::-moz-range-progress {
        height: 4px;
        border-radius: 2px;
        background: #fff;
      }
      input[type='range']::-moz-range-thumb {
        width: 14px;
        height: 14px;
        border: 0;
        border-radius: 50%;
        background: #fff;
      }
      @media (max-width: 620px) {
        :host {
          flex-direction: column;
          align-items: stretch;
        }
        .fact.mode {
          padding: 0 4px;
        }
        .group {
          justify-content: flex-end;
          width: 100%;
        }
        .volume {
          margin-right: auto;
        }
        /* Phones have buttons for this. */
        input[type='range'] {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('player-controls', PlayerControls);
