import { html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import type { SourceChoice } from '../source-kinds.ts';
import './chat-panel.ts';
import './mode-status.ts';
import './people-panel.ts';
import './room-controls.ts';
import type { PanelName, RoomControls } from './room-controls.ts';
import './room-grid.ts';
import '../source-picker.ts';
import { insideStyles } from './inside-styles.ts';
import { roomNotices } from './room-notices.ts';
import { sourceDetails } from './source-details.ts';
import { text } from './text.ts';
import { sourceChoices } from './visit.ts';
import { VisitElement } from './visit-element.ts';

const titles: Record<PanelName, string> = {
  chat: text.chatTitle,
  people: text.people,
  source: text.sourceTitle,
};

/** The room itself: who is there, how it travels, and what can be done. */
export class RoomInside extends VisitElement {
  static override properties = { panel: { state: true } };
  declare panel: PanelName | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.#onKey);
    // Whoever is first needs the link; on a phone it would hide the picture.
    const { room } = this.visit;
    if (room?.participants.length === 0 && matchMedia('(min-width: 941px)').matches) this.panel = 'people';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#onKey);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('h1')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { visit, panel } = this;
    const { room } = visit;
    if (!room) return nothing;
    return html`
      <header>
        <span class="brand">${icons.mark}</span>
        <h1 tabindex="-1" title=${visit.roomName}>${visit.roomName}</h1>
        ${room.locked ? html`<span class="locked" data-testid="locked-mark">${icons.locked}${text.locked}</span>` : nothing}
        <mode-status .visit=${visit}></mode-status>
      </header>
      <main>
        <div class="stage">
          <div class="notices">${roomNotices(visit)}</div>
          ${room.participants.length === 0 ? this.#alone() : nothing}
          <room-grid .visit=${visit}></room-grid>
        </div>
        <aside ?hidden=${!panel} aria-label=${panel ? titles[panel] : nothing}>
          <div class="panel-head">
            <h2>${panel ? titles[panel] : nothing}</h2>
            <button
              class="button quiet square"
              data-testid="close-panel"
              aria-label=${text.close}
              title=${text.close}
              @click=${() => this.#toggle(panel)}
            >
              ${icons.close}
            </button>
          </div>
          <chat-panel ?open=${panel === 'chat'} ?hidden=${panel !== 'chat'} .visit=${visit}></chat-panel>
          <people-panel ?hidden=${panel !== 'people'} .visit=${visit}></people-panel>
          ${panel === 'source' ? this.#source() : nothing}
        </aside>
      </main>
      <p class="visually-hidden" role="status" aria-live="polite" data-testid="arrivals">${visit.arrival}</p>
      <footer><room-controls
        .visit=${visit}
        .panel=${panel}
        @panel=${({ detail }: CustomEvent<PanelName>) => this.#toggle(detail)}
      ></room-controls></footer>
    `;
  }

  #alone(): TemplateResult {
    const password = this.visit.password !== '';
    return html`<p class="alone" role="status" data-testid="alone">
      <strong>${password ? text.aloneWithPassword : text.alone}</strong>
      ${password ? text.aloneWithPasswordBody : text.aloneBody}
    </p>`;
  }

  #source(): TemplateResult {
    const { local } = this.visit;
    return html`<div class="source">
      <source-picker
        .kind=${local.source || local.opening ? local.kind : 'none'}
        .kinds=${sourceChoices}
        @choose=${({ detail }: CustomEvent<SourceChoice>) => local.choose(detail)}
      ></source-picker>
      ${sourceDetails(local)}
    </div>`;
  }

  /** Opens a panel and goes into it, or closes it and goes back to the button that opens it. */
  #toggle(name: PanelName | undefined): void {
    const closing = this.panel === name;
    this.panel = closing ? undefined : name;
    void this.updateComplete.then(() => {
      const root = this.renderRoot;
      if (closing) {
        const controls = root.querySelector<RoomControls>('room-controls');
        controls?.renderRoot.querySelector<HTMLElement>(`[data-testid="open-${name}"]`)?.focus();
      } else {
        root.querySelector<HTMLElement>(`${name}-panel`)?.focus();
      }
    });
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const [target] = event.composedPath();
    if (event.key === 'Escape' && this.panel && !event.defaultPrevented) {
      if (!(target instanceof Element && target.closest('dialog'))) this.#toggle(this.panel);
      return;
    }
    if (isTyping(target) || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === 'm') void this.visit.sending.toggle('audio');
    if (event.key === 'c') void this.visit.sending.toggle('video');
  };

  static override styles = insideStyles;
}

function isTyping(target: EventTarget | undefined): boolean {
  return (
    (target instanceof HTMLInputElement && target.type !== 'radio') ||
    target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement
  );
}

customElements.define('room-inside', RoomInside);
