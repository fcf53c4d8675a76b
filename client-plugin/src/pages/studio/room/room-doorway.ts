import { html, nothing, type TemplateResult } from 'lit';
import { notice } from '../../shared/notice.ts';
import { isGuessable } from '../../shared/room-name.ts';
import type { SourceChoice } from '../source-kinds.ts';
import '../source-picker.ts';
import '../studio-preview.ts';
import * as icons from '../../shared/icons.ts';
import { sourceNotices } from '../source-notices.ts';
import { doorwayStyles } from './doorway-styles.ts';
import { suggestPersonName } from './person-name.ts';
import { sourceDetails } from './source-details.ts';
import { text } from './text.ts';
import { sourceChoices } from './visit.ts';
import { VisitElement } from './visit-element.ts';

/** As long as the plugin lets a name be. */
const LONGEST_NAME = 64;

/** What somebody sees before they are in: how they will look, under which name, and what joining means. */
export class RoomDoorway extends VisitElement {
  protected override render(): TemplateResult {
    const { visit } = this;
    const { local } = visit;
    const joining = visit.stage === 'joining';
    return html`
      <studio-preview .local=${local} ?busy=${joining}></studio-preview>
      <form class="panel" @submit=${this.#join}>
        <div class="heading">
          <p class="eyebrow">${text.room}</p>
          <h1>${visit.roomName}</h1>
          ${isGuessable(visit.roomName) ? html`<p class="small">${text.guessable}</p>` : nothing}
        </div>
        ${this.#name()}
        <source-picker
          .kind=${local.kind}
          .kinds=${sourceChoices}
          @choose=${({ detail }: CustomEvent<SourceChoice>) => local.choose(detail)}
        ></source-picker>
        ${sourceDetails(local)}
        ${this.#password()}
        ${this.#sentPassword()}
        ${visit.untold ? notice({ tone: 'plain', title: text.addressTitle, body: text.addressBody }) : nothing}
        ${sourceNotices(local)}
        ${visit.trouble ? notice({ tone: 'danger', ...visit.trouble }) : nothing}
        <div class="action">
          <button class="button primary large" data-testid="join" ?disabled=${joining || local.opening}>
            ${joining ? text.joining : local.kind === 'none' ? text.joinWithout : text.join}
          </button>
        </div>
      </form>
    `;
  }

  #name(): TemplateResult {
    const { visit } = this;
    return html`<div>
      <label class="label" for="name">${text.yourName}</label>
      <div class="with-button">
        <input
          id="name"
          class="field"
          data-testid="name-field"
          autocomplete="nickname"
          maxlength=${LONGEST_NAME}
          placeholder=${text.namePlaceholder}
          .value=${visit.name}
          @input=${(event: InputEvent & { target: HTMLInputElement }) => {
            visit.name = event.target.value;
          }}
        />
        <button
          type="button"
          class="button square"
          data-testid="suggest-name"
          aria-label=${text.suggestName}
          title=${text.suggestName}
          @click=${() => {
            visit.name = suggestPersonName();
          }}
        >
          ${icons.renew}
        </button>
      </div>
    </div>`;
  }

  #password(): TemplateResult {
    const { visit } = this;
    return html`<details ?open=${visit.password !== '' || visit.passwordWanted}>
      <summary>${text.passwordAdd}</summary>
      <label class="visually-hidden" for="password">${text.password}</label>
      <input
        id="password"
        class="field"
        type="password"
        data-testid="password-field"
        autocomplete="off"
        placeholder=${text.password}
        aria-required=${visit.passwordWanted}
        .value=${visit.password}
        @input=${(event: InputEvent & { target: HTMLInputElement }) => {
          visit.password = event.target.value;
        }}
      />
      <p class="small">${visit.passwordTaken ? text.passwordTaken : text.passwordHint}</p>
    </details>`;
  }

  #sentPassword(): TemplateResult | typeof nothing {
    if (this.visit.passwordTaken !== 'sent') return nothing;
    return html`<div data-testid="password-sent">
      ${notice({ tone: 'warning', title: text.passwordSentTitle, body: text.passwordSentBody })}
    </div>`;
  }

  #join(event: SubmitEvent): void {
    event.preventDefault();
    void this.visit.join();
  }

  static override styles = doorwayStyles;
}

customElements.define('room-doorway', RoomDoorway);
