import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { LongSession, wouldBeMissed } from '../../shared/long-session.ts';
import { notice, noticeStyles } from '../../shared/notice.ts';
import { siteHeader, siteHeaderStyles } from '../../shared/site-header.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import type { TakenPassword } from '../address-fragment.ts';
import { roomInAddress } from '../room-in-address.ts';
import './room-doorway.ts';
import './room-inside.ts';
import { staySummary } from './stay-summary.ts';
import { text } from './text.ts';
import { Visit, type VisitStage } from './visit.ts';

/** The page of a room: its doorway, the room, and what is seen after leaving. */
export class RoomPage extends LitElement {
  readonly #visit: Visit;
  readonly #session = new LongSession();
  #shown: VisitStage = 'doorway';

  /** @param password that came with the address, which has it no more */
  constructor(password?: TakenPassword) {
    super();
    this.#visit = new Visit(roomInAddress(), new URLSearchParams(location.search).get('source'), password);
    this.#visit.addEventListener('change', () => this.requestUpdate());
    document.title = text.title(this.#visit.roomName);
    void this.#visit.begin();
  }

  protected override render(): TemplateResult {
    const visit = this.#visit;
    if (visit.stage === 'inside') return html`<room-inside .visit=${visit}></room-inside>`;
    return html`
      ${siteHeader()}
      <main>
        ${visit.stage === 'left' ? this.#left() : html`<room-doorway .visit=${visit}></room-doorway>`}
      </main>
    `;
  }

  protected override updated(): void {
    const { stage, room, sending } = this.#visit;
    const asks = room !== undefined && wouldBeMissed(room, sending.stream !== undefined);
    this.#session.update({ asks, awake: stage === 'inside' });
    if (stage === this.#shown) return;
    this.#shown = stage;
    // What had the focus has gone with its screen.
    if (stage === 'left') this.renderRoot.querySelector<HTMLElement>('[data-testid="rejoin"]')?.focus();
  }

  #left(): TemplateResult {
    const visit = this.#visit;
    const { trouble, roomName, summary } = visit;
    return html`<div class="left">
      <p class="eyebrow">${roomName}</p>
      <h1>${trouble ? text.endedTitle : text.leftTitle}</h1>
      ${trouble ? notice({ tone: 'danger', ...trouble }) : html`<p>${text.leftBody}</p>`}
      ${summary ? staySummary(summary) : nothing}
      <div class="ways">
        <button class="button primary large" data-testid="rejoin" @click=${() => visit.comeBack()}>
          ${text.comeBack}
        </button>
        <a class="button large" href="/">${text.frontPage}</a>
      </div>
    </div>`;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    noticeStyles,
    siteHeaderStyles,
    css`
      .left {
        display: grid;
        justify-items: center;
        gap: 14px;
        max-width: 560px;
        margin: 0 auto;
        padding: 14vh var(--gutter) 48px;
        text-align: center;
      }
      .left .notice {
        text-align: left;
      }
      .eyebrow {
        color: var(--accent);
        font-size: 14px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      h1 {
        font-size: clamp(26px, 4vw, 34px);
        font-weight: 660;
      }
      .left > p:not(.eyebrow) {
        color: var(--muted);
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 10px;
        margin-top: 14px;
      }
    `,
  ];
}

customElements.define('meshlift-room', RoomPage);

/** The page, with what `main.ts` has found in the address. */
export const openRoom = (password: TakenPassword | undefined): RoomPage => new RoomPage(password);
