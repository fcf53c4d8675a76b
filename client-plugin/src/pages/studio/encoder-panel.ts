import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { confirmation } from '../shared/confirmation.ts';
import * as icons from '../shared/icons.ts';
import type { EncoderState, EncoderStream } from './encoder/encoder-stream.ts';
import './share-panel.ts';
import type { SourceChoice } from './source-kinds.ts';
import './source-picker.ts';
import type { StreamSummary } from './stream-record.ts';
import { streamSummary } from './stream-summary.ts';
import { studioStyles } from './studio-styles.ts';
import { text } from './text.ts';

const headings: Record<EncoderState, string> = {
  unknown: text.encoderHeading,
  idle: text.encoderHeading,
  live: text.headingLive,
  waiting: text.encoderWaiting,
  ended: text.encoderEnded,
};

/**
 * The studio's panel while an encoder sends, or is to send. Emits `choose` with another source, `renew` for a new
 * stream, and `end`.
 */
export class EncoderPanel extends LitElement {
  static override properties = {
    encoder: { attribute: false },
    state: {},
    link: {},
    summary: { attribute: false },
    askingToEnd: { state: true },
  };
  declare encoder: EncoderStream;
  /** These are handed in beside the encoder, which changes without notice. */
  declare state: EncoderState;
  declare link: string | undefined;
  declare summary: StreamSummary | undefined;
  declare askingToEnd: boolean;

  constructor() {
    super();
    this.askingToEnd = false;
  }

  protected override render(): TemplateResult {
    const { encoder, state, link, summary } = this;
    const sent = state === 'live' || state === 'waiting';
    return html`
      <div class="heading">
        <h1 role="status">${headings[state]}</h1>
        ${sent ? nothing : html`<p>${text.encoderIntro}</p>`}
      </div>
      ${state === 'ended' && summary ? streamSummary(summary) : nothing}
      <encoder-card data-testid="obs-card" .encoder=${encoder} @renew=${() => this.#tell('renew')}>
        ${
          link
            ? html`<share-panel
              slot="share"
              .publication=${encoder}
              .link=${link}
              .renewBody=${text.encoderNewLinkBody}
            ></share-panel>`
            : nothing
        }
      </encoder-card>
      ${sent ? nothing : this.#otherSources()}
      <div class="action">
        ${
          this.askingToEnd
            ? this.#question()
            : html`<button
              class="button large end"
              data-testid="end-encoder"
              @click=${() => {
                this.askingToEnd = true;
              }}
            >
              ${icons.stop}${text.end}
            </button>`
        }
      </div>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    // The button that was pressed has gone: whoever uses the keyboard goes on at what took its place.
    if (changed.get('askingToEnd') === undefined) return;
    const next = this.askingToEnd ? 'confirm-end' : 'end-encoder';
    this.renderRoot.querySelector<HTMLElement>(`[data-testid="${next}"]`)?.focus();
  }

  /** Nothing is lost with a stream that nobody has sent to yet. */
  #otherSources(): TemplateResult {
    return html`<details>
      <summary>${text.changeSource}</summary>
      <source-picker
        .kind=${'encoder'}
        @choose=${({ detail }: CustomEvent<SourceChoice>) => this.#tell('choose', detail)}
      ></source-picker>
    </details>`;
  }

  #question(): TemplateResult {
    return confirmation(
      {
        title: text.endTitle,
        body: text.encoderEndBody,
        yes: text.endConfirm,
        no: text.keepGoing,
        testId: 'confirm-end',
      },
      (yes) => {
        this.askingToEnd = false;
        if (yes) this.#tell('end');
      },
    );
  }

  #tell(name: 'choose' | 'renew' | 'end', detail?: SourceChoice): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  static override styles = [
    studioStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 20px;
      }
    `,
  ];
}

customElements.define('encoder-panel', EncoderPanel);
