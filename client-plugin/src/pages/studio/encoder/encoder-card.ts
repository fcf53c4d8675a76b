import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StreamLinks } from '../../../index.ts';
import * as icons from '../../shared/icons.ts';
import { notice } from '../../shared/notice.ts';
import { modeLabel, viewerCount } from '../../shared/stream-facts.ts';
import { arrivals } from './arrivals.ts';
import { ffmpegCommand, gstreamerCommand } from './commands.ts';
import './copy-field.ts';
import { cardStyles } from './encoder-card-styles.ts';
import type { EncoderStream } from './encoder-stream.ts';
import { text } from './text.ts';

/**
 * Where an encoder sends to, how to set it up, and how what it sends stands. Its slot `share` takes what else
 * belongs to the stream. Emits `renew` when somebody wants a new stream in place of one that has ended.
 */
export class EncoderCard extends LitElement {
  static override properties = { encoder: { attribute: false }, compact: { type: Boolean, reflect: true } };
  declare encoder: EncoderStream;
  /** Within a room, which has facts and viewers of its own. */
  declare compact: boolean;
  #followed: EncoderStream | undefined;
  #unfollow: (() => void) | undefined;
  readonly #update = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#follow(this.encoder);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#follow(undefined);
  }

  protected override willUpdate(): void {
    this.#follow(this.encoder);
  }

  protected override render(): TemplateResult {
    const { links } = this.encoder;
    return html`
      ${links ? this.#access(links) : nothing}
      <slot name="share"></slot>
      <details>
        <summary>${text.settingsTitle}</summary>
        <dl>
          ${text.settings.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
        </dl>
      </details>
      ${links ? this.#commands(links) : nothing} ${this.#state()}
    `;
  }

  #access({ whipUrl }: StreamLinks): TemplateResult {
    const { publishKey } = this.encoder;
    return html`<section>
      <p class="hint">${text.where}</p>
      <copy-field
        name="whip-url"
        .value=${whipUrl}
        .words=${{ label: text.url, copy: text.copyUrl }}
      ></copy-field>
      <copy-field
        name="whip-token"
        .value=${publishKey}
        .secret=${publishKey}
        .words=${{ label: text.token, copy: text.copyToken, show: text.showToken, hide: text.hideToken }}
      ></copy-field>
      <p class="hint">${text.tokenHint}</p>
    </section>`;
  }

  #commands({ whipUrl }: StreamLinks): TemplateResult {
    const { publishKey } = this.encoder;
    const access = { whipUrl, publishKey };
    return html`<details>
      <summary>${text.commandsTitle}</summary>
      <div class="commands">
        <copy-field
          long
          name="ffmpeg-command"
          .value=${ffmpegCommand(access)}
          .secret=${publishKey}
          .words=${{ label: text.ffmpeg, copy: text.copyFfmpeg }}
        ></copy-field>
        <copy-field
          long
          name="gstreamer-command"
          .value=${gstreamerCommand(access)}
          .secret=${publishKey}
          .words=${{ label: text.gstreamer, copy: text.copyGstreamer }}
        ></copy-field>
      </div>
    </details>`;
  }

  #state(): TemplateResult {
    const { state, status, away } = this.encoder;
    const hint = text.hints[state];
    return html`<section class="state-section">
      <div class="state-line">
        <span class="state ${state}" role="status" data-testid="encoder-state" data-state=${state}>
          ${text.states[state]}
        </span>
        ${status && !this.compact ? viewerCount(status.viewers) : nothing}
      </div>
      ${hint ? html`<p class="hint">${hint}</p>` : nothing}
      ${this.compact ? html`<p class="hint fact">${icons.relay}<span>${text.roomHint}</span></p>` : modeLabel('sfu')}
      ${away ? notice({ tone: 'warning', ...text.away }) : nothing}
      ${state === 'ended' ? this.#ended() : nothing}
      ${status ? arrivals(status.report) : nothing}
    </section>`;
  }

  #ended(): TemplateResult {
    return notice(
      { tone: 'warning', ...text.ended },
      html`<button
        class="button"
        data-testid="new-stream"
        @click=${() => this.dispatchEvent(new CustomEvent('renew'))}
      >
        ${text.newStream}
      </button>`,
    );
  }

  #follow(encoder: EncoderStream | undefined): void {
    if (encoder === this.#followed) return;
    this.#followed?.removeEventListener('change', this.#update);
    this.#unfollow?.();
    this.#followed = encoder;
    encoder?.addEventListener('change', this.#update);
    this.#unfollow = encoder?.follow('visible');
  }

  static override styles = cardStyles;
}

customElements.define('encoder-card', EncoderCard);
