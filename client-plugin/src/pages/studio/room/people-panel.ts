import { css, html, nothing, type TemplateResult } from 'lit';
import type { Audience, Participant } from '../../../index.ts';
import { confirmation, confirmationStyles } from '../../shared/confirmation.ts';
import * as icons from '../../shared/icons.ts';
import { roomLink } from '../../shared/room-name.ts';
import { streamFactsStyles, viewerCount } from '../../shared/stream-facts.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import './copy-link.ts';
import type { CopyLink } from './copy-link.ts';
import { switchRow, switchRowStyles } from './switch-row.ts';
import { nameOf, text } from './text.ts';
import { VisitElement } from './visit-element.ts';

/** Who is here, how others come in, and who watches from outside. */
export class PeoplePanel extends VisitElement {
  static override properties = { handingTo: { state: true } };
  /** The participant whom the host is about to make host. */
  declare handingTo: string | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { visit } = this;
    const { room } = visit;
    if (!room) return nothing;
    const audience = room.audience;
    return html`
      <section>
        <h3>${text.linkTitle}</h3>
        <copy-link
          .link=${roomLink(visit.roomName, visit.password !== '')}
          .label=${text.copy}
          .linkTestId=${'room-link'}
          .copyTestId=${'copy-room-link'}
        ></copy-link>
        <p class="hint">${visit.password ? text.linkHintPassword : text.linkHint}</p>
      </section>
      <section>
        <h3>${text.people}</h3>
        <ul>
          <li>${this.#person(text.nameOfYou(visit.name.trim()), room.host)}</li>
          ${room.participants.map((participant) => this.#other(participant, room.host))}
        </ul>
        ${
          room.host
            ? switchRow({
                label: text.lock,
                hint: text.lockHint,
                on: room.locked,
                testId: 'lock-room',
                act: (locked) => void visit.attempt((room) => room.setLocked(locked)),
              })
            : nothing
        }
      </section>
      ${audience ? this.#audience(audience) : nothing}
    `;
  }

  override focus(): void {
    this.renderRoot
      .querySelector<CopyLink>('copy-link')
      ?.renderRoot.querySelector<HTMLElement>('button')
      ?.focus();
  }

  #other(participant: Participant, host: boolean): TemplateResult {
    const { participantId, audioPaused } = participant;
    const name = nameOf(participant);
    if (this.handingTo === participantId) return html`<li>${this.#question(participantId, name)}</li>`;
    return html`<li>
      ${this.#person(name, participant.host, audioPaused)}
      ${
        host
          ? html`<button
            class="button quiet small"
            data-testid="hand-over"
            @click=${() => {
              this.handingTo = participantId;
            }}
          >
            ${text.makeHost}
          </button>`
          : nothing
      }
    </li>`;
  }

  #person(name: string, host: boolean, muted = false): TemplateResult {
    return html`<span class="person"
      ><span class="name">${name}</span>
      ${host ? html`<span class="badge">${text.host}</span>` : nothing}
      ${muted ? html`<span class="muted" title=${text.muted}>${icons.microphoneOff}</span>` : nothing}</span
    >`;
  }

  #question(participantId: string, name: string): TemplateResult {
    return confirmation(
      {
        title: text.makeHostTitle(name),
        body: text.makeHostBody,
        yes: text.makeHostYes,
        no: text.keepHost,
        testId: 'confirm-hand-over',
      },
      (yes) => {
        this.handingTo = undefined;
        if (yes) void this.visit.attempt((room) => room.handOver(participantId));
      },
    );
  }

  #audience({ links, allowed, viewers }: Audience): TemplateResult {
    return html`<section class="audience" data-testid="audience-card">
      <div class="title">
        <h3>${text.audienceTitle}</h3>
        ${viewerCount(viewers)}
      </div>
      ${
        allowed
          ? html`<copy-link
              .link=${links.watchUrl}
              .label=${text.audienceCopy}
              .linkTestId=${'watch-link'}
              .copyTestId=${'copy-link'}
            ></copy-link>`
          : nothing
      }
      ${switchRow({
        label: text.audienceSwitch,
        hint: allowed ? text.audienceHint : text.audienceRefused,
        on: allowed,
        testId: 'allow-audience',
        act: (allow) => void this.visit.attempt((room) => room.allowAudience(allow)),
      })}
    </section>`;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    streamFactsStyles,
    confirmationStyles,
    switchRowStyles,
    css`
      :host,
      section,
      ul {
        grid-template-columns: minmax(0, 1fr);
      }
      :host {
        display: grid;
        align-content: start;
        gap: 24px;
        overflow: hidden auto;
        scrollbar-width: thin;
      }
      section {
        display: grid;
        gap: 10px;
      }
      section + section {
        padding-top: 20px;
        border-top: 1px solid var(--line);
      }
      h3 {
        font-size: 15px;
        font-weight: 620;
        letter-spacing: 0;
      }
      .hint {
        color: var(--muted);
        font-size: 13.5px;
      }
      .title {
        display: flex;
        justify-content: space-between;
        gap: 12px;
      }
      ul {
        display: grid;
        gap: 2px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        min-height: 40px;
      }
      .person {
        display: flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
        font-size: 15px;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .badge {
        padding: 1px 7px;
        border-radius: 6px;
        background: var(--accent-soft);
        color: var(--accent);
        font-size: 12px;
        font-weight: 620;
      }
      .muted {
        display: grid;
        color: var(--danger);
        font-size: 14px;
      }
      .small {
        flex: none;
        min-height: 36px;
        padding: 0 10px;
        color: var(--muted);
        font-size: 13.5px;
      }
      .confirmation {
        flex: 1;
      }
    `,
  ];
}

customElements.define('people-panel', PeoplePanel);
