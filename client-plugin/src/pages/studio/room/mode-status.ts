import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import { type Way, wayOf, wayWords } from '../../shared/stream-facts.ts';
import './lift-dialog.ts';
import type { LiftDialog } from './lift-dialog.ts';
import { modeStatusStyles } from './mode-status-styles.ts';
import type { Switching } from './switching.ts';
import { modeText } from './text.ts';
import { VisitElement } from './visit-element.ts';

/** How this page's media travels, always in sight; for hosts with the switch that changes it. */
export class ModeStatus extends VisitElement {
  static override properties = { open: { state: true } };
  declare open: boolean;

  constructor() {
    super();
    this.open = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('pointerdown', this.#onPointer);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('pointerdown', this.#onPointer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { switching, room } = this.visit;
    if (!switching || !room) return nothing;
    return html`
      <div class="label" @keydown=${this.#onKey}>
        ${this.#label(switching)} ${this.open ? this.#details(switching) : nothing}
      </div>
      ${room.host ? this.#host(switching) : switching.running ? this.#progress(switching.running) : nothing}
    `;
  }

  get #way(): Way {
    const { room, local } = this.visit;
    return room ? wayOf(room, local.source?.encoder !== undefined) : 'direct';
  }

  #label({ mode, relay }: Switching): TemplateResult {
    const way = this.#way;
    return html`<button
      class="mode"
      data-testid="mode-label"
      data-mode=${mode}
      data-way=${way}
      aria-expanded=${this.open}
      aria-controls="details"
      @click=${() => {
        this.open = !this.open;
      }}
    >
      ${way === 'direct' ? icons.direct : icons.relay}
      <span class="words">
        <span class="way">${wayWords(way, relay)}</span>
        <span class="note">${modeText.note[mode]}</span>
      </span>
      ${icons.chevron}
    </button>`;
  }

  #details({ relay, report }: Switching): TemplateResult {
    return html`<div id="details" class="details" role="group" aria-label=${modeText.details}>
      <p>${modeText.about[this.#way](relay)}</p>
      ${
        report
          ? html`<h3>${modeText.reportTitle[report.mode]}</h3>
            <ul data-testid="gap-report">
              ${report.pictures.map(
                ({ name, gapMs, singleEncode }) =>
                  html`<li data-reason=${singleEncode ? 'single-encode' : nothing}>
                    ${modeText.gap(name, gapMs, singleEncode)}
                  </li>`,
              )}
            </ul>`
          : nothing
      }
      <a href="/privacy" target="_blank" rel="noopener">${modeText.privacy}</a>
    </div>`;
  }

  #host(switching: Switching): TemplateResult {
    const { mode, running, auto, relay } = switching;
    const shown = running ?? mode;
    return html`
      ${running ? this.#progress(running) : nothing}
      <button
        class="toggle"
        role="switch"
        data-testid="mode-toggle"
        aria-checked=${shown === 'sfu'}
        aria-label=${modeText.toggleLabel}
        aria-busy=${running !== undefined}
        ?disabled=${running !== undefined}
        @click=${() => (mode === 'mesh' ? this.#ask('sfu') : void switching.ask('mesh'))}
      >
        <span class=${shown === 'mesh' ? 'on' : ''}>${icons.direct}<span>${modeText.direct}</span></span>
        <span class=${shown === 'sfu' ? 'on' : ''}>${icons.relay}<span>${modeText.relay}</span></span>
      </button>
      <button
        class="auto"
        data-testid="mode-auto"
        aria-pressed=${auto}
        aria-label=${modeText.autoLabel}
        title=${modeText.autoLabel}
        ?disabled=${running !== undefined}
        @click=${() => (auto ? void switching.ask(mode) : this.#ask('auto'))}
      >
        ${modeText.auto}
      </button>
      <lift-dialog
        .relay=${relay}
        @agree=${({ detail }: CustomEvent<'sfu' | 'auto'>) => switching.ask(detail)}
      ></lift-dialog>
    `;
  }

  #progress(to: 'mesh' | 'sfu'): TemplateResult {
    return html`<span class="progress" role="status">
      <span class="spinner"></span><span>${modeText.switching[to]}</span>
    </span>`;
  }

  #ask(wanted: 'sfu' | 'auto'): void {
    this.renderRoot.querySelector<LiftDialog>('lift-dialog')?.ask(wanted);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape' || !this.open) return;
    event.stopPropagation();
    this.open = false;
    this.renderRoot.querySelector<HTMLElement>('.mode')?.focus();
  }

  readonly #onPointer = (event: PointerEvent) => {
    const label = this.renderRoot.querySelector('.label');
    if (this.open && label && !event.composedPath().includes(label)) this.open = false;
  };

  static override styles = modeStatusStyles;
}

customElements.define('mode-status', ModeStatus);
