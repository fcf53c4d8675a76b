import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Publication } from '../../index.ts';
import { preloadRelay } from '../../relay/load-relay.ts';
import { confirmation } from '../shared/confirmation.ts';
import { describeError, type Words } from '../shared/error-words.ts';
import * as icons from '../shared/icons.ts';
import { LongSession } from '../shared/long-session.ts';
import { notice } from '../shared/notice.ts';
import { siteHeader } from '../shared/site-header.ts';
import { modeLabel, viewerCount } from '../shared/stream-facts.ts';
import type { EncoderStream } from './encoder/encoder-stream.ts';
import { type ChosenDevices, localKinds, type SourceChoice, sourceKinds } from './source-kinds.ts';
import { sourceNotices } from './source-notices.ts';
import { streamSummary } from './stream-summary.ts';
import { Studio } from './studio.ts';
import { studioStyles } from './studio-styles.ts';
import { text } from './text.ts';
import './device-selects.ts';
import './encoder-panel.ts';
import './live-clock.ts';
import './share-panel.ts';
import './source-picker.ts';
import './studio-preview.ts';

/** The publisher's page. */
export class StudioPage extends LitElement {
  static override properties = { askingToEnd: { state: true }, endTrouble: { state: true } };
  declare askingToEnd: boolean;
  declare endTrouble: Words | undefined;
  readonly #studio = new Studio(new URLSearchParams(location.search).get('source'));

  readonly #session = new LongSession();

  constructor() {
    super();
    this.askingToEnd = false;
    this.#studio.addEventListener('change', () => this.requestUpdate());
    void preloadRelay().catch(() => undefined);
    void this.#studio.begin();
  }

  protected override render(): TemplateResult {
    const { broadcast, encoder } = this.#studio;
    const { publication, startedAt } = broadcast;
    const status = publication ? this.#status(publication, startedAt) : encoderStatus(encoder.stream);
    return html`
      ${siteHeader(status)}
      <main>
        ${encoder.stream ? html`<encoder-preview .encoder=${encoder.stream}></encoder-preview>` : this.#preview()}
        <section class="panel">
          ${publication ? this.#live(publication) : encoder.stream ? this.#encoder(encoder.stream) : this.#off()}
        </section>
      </main>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    const { broadcast, encoder } = this.#studio;
    const live = broadcast.publication !== undefined;
    this.#session.update({ asks: live, awake: live });
    document.title = broadcast.publication || encoder.stream?.state === 'live' ? text.titleLive : text.title;
    // The button that was pressed has gone: whoever uses the keyboard goes on at what took its place.
    if (changed.get('askingToEnd') === undefined) return;
    const next = this.askingToEnd ? 'confirm-end' : 'go-live';
    this.renderRoot.querySelector<HTMLElement>(`[data-testid="${next}"]`)?.focus();
  }

  #preview(): TemplateResult {
    const { local, broadcast, encoder } = this.#studio;
    return html`<studio-preview
      .local=${local}
      .kind=${encoder.chosen ? 'encoder' : undefined}
      ?busy=${broadcast.starting || encoder.opening}
    ></studio-preview>`;
  }

  #encoder(stream: EncoderStream): TemplateResult {
    const { encoder } = this.#studio;
    return html`<encoder-panel
      .encoder=${stream}
      .state=${stream.state}
      .link=${stream.links?.watchUrl}
      .summary=${encoder.summary}
      @choose=${({ detail }: CustomEvent<SourceChoice>) => this.#studio.choose(detail)}
      @renew=${() => encoder.startOver()}
      @end=${() => this.#end(encoder, text.encoderEndUntoldBody)}
    ></encoder-panel>`;
  }

  #status(publication: Publication, startedAt = Date.now()): TemplateResult {
    const away = publication.state === 'reconnecting';
    return html`<div class="status">
      <span class="state ${away ? 'away' : ''}">
        ${away ? text.away : text.live}
        <live-clock .since=${startedAt}></live-clock>
      </span>
      ${viewerCount(publication.viewers)}
    </div>`;
  }

  #off(): TemplateResult {
    const { broadcast, local, encoder } = this.#studio;
    const { resumable } = broadcast;
    const starting = broadcast.starting || encoder.opening;
    const label = encoder.chosen
      ? text.sources.encoder.open
      : broadcast.starting
        ? text.starting
        : resumable
          ? text.resume
          : text.goLive;
    return html`
      <div class="heading">
        <h1>${text.headingOff}</h1>
        <p>${text.introOff}</p>
      </div>
      ${this.#picker(resumable ? localKinds : sourceKinds)} ${this.#notices()}
      ${notice({ tone: 'plain', title: text.relayTitle, body: text.relayBody })}
      <div class="action near">
        <button
          class="button primary large"
          data-testid="go-live"
          ?disabled=${starting || local.opening}
          @click=${this.#goLive}
        >
          ${label}
        </button>
      </div>
    `;
  }

  #live(publication: Publication): TemplateResult {
    const away = publication.state === 'reconnecting';
    return html`
      <div class="heading" role="status">
        <h1>${away ? text.headingReconnecting : text.headingLive}</h1>
        <p class="mode-line">${modeLabel('sfu')}</p>
      </div>
      ${away ? notice({ tone: 'warning', title: text.away, body: text.reconnecting }) : nothing}
      ${this.#notices()}
      <share-panel .publication=${publication} .link=${publication.watchUrl}></share-panel>
      <details>
        <summary>${text.changeSource}</summary>
        ${this.#picker(localKinds)}
      </details>
      <div class="action">
        ${
          this.askingToEnd
            ? this.#endQuestion()
            : html`<button
              class="button large end"
              data-testid="go-live"
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

  #endQuestion(): TemplateResult {
    return confirmation(
      {
        title: text.endTitle,
        body: text.endBody,
        yes: text.endConfirm,
        no: text.keepGoing,
        testId: 'confirm-end',
      },
      (yes) => {
        this.askingToEnd = false;
        if (yes) void this.#end(this.#studio.broadcast, text.endUntoldBody);
      },
    );
  }

  /** A stream that this page publishes stays its own. */
  #picker(kinds: readonly SourceChoice[]): TemplateResult {
    const studio = this.#studio;
    const { local, kind } = studio;
    const { source } = local;
    return html`
      <source-picker
        .kind=${kind}
        .kinds=${kinds}
        @choose=${({ detail }: CustomEvent<SourceChoice>) => studio.choose(detail)}
      ></source-picker>
      ${
        source?.capture && source.capture.kind !== 'screen'
          ? html`<device-selects
            .stream=${source.stream}
            ?withoutCamera=${source.capture.kind === 'microphone'}
            @choose=${({ detail }: CustomEvent<ChosenDevices>) => local.chooseDevices(detail)}
          ></device-selects>`
          : nothing
      }
    `;
  }

  /** Whatever stands in the way, the source first: without one nothing else matters. */
  #notices(): TemplateResult {
    const { local, broadcast, encoder } = this.#studio;
    const { resumable, starting } = broadcast;
    const summary = broadcast.summary ?? encoder.summary;
    const error = encoder.error ?? broadcast.error;
    const waiting = resumable !== undefined && !starting;
    return html`
      ${sourceNotices(local)}
      ${error ? notice({ tone: 'danger', ...describeError(error) }) : nothing}
      ${this.endTrouble ? notice({ tone: 'warning', ...this.endTrouble }) : nothing}
      ${summary ? streamSummary(summary) : nothing}
      ${
        waiting
          ? notice(
              { tone: 'warning', title: text.resumeTitle, body: text.resumeBody },
              html`<button class="button" data-testid="start-over" @click=${() => broadcast.forget()}>
              ${text.startOver}
            </button>`,
            )
          : nothing
      }
    `;
  }

  async #goLive(): Promise<void> {
    this.endTrouble = undefined;
    this.askingToEnd = false;
    await this.#studio.goLive();
  }

  /** @param untold what becomes of it if the server cannot be told */
  async #end(what: { end(): Promise<void> }, untold: string): Promise<void> {
    try {
      await what.end();
    } catch {
      this.endTrouble = { title: text.endUntold, body: untold };
    }
  }

  static override styles = studioStyles;
}

function encoderStatus(stream: EncoderStream | undefined): TemplateResult | undefined {
  if (stream?.state !== 'live' && stream?.state !== 'waiting') return undefined;
  const live = stream.state === 'live';
  return html`<div class="status">
    <span class="state ${live ? '' : 'away'}">${live ? text.live : text.waiting}</span>
  </div>`;
}

customElements.define('meshlift-studio', StudioPage);
