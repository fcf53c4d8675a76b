import { css, html, nothing, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import { notice } from '../../shared/notice.ts';
import { sourceNotices } from '../source-notices.ts';
import { relayNotices } from './relay-notices.ts';
import type { Switching } from './switching.ts';
import { modeText, text } from './text.ts';
import type { Visit } from './visit.ts';

/** What everybody must be told at once, above the pictures. */
export function roomNotices(visit: Visit): TemplateResult {
  const { room, switching, trouble, sending } = visit;
  return html`
    ${
      room?.state === 'reconnecting'
        ? notice({ tone: 'warning', title: text.reconnectingTitle, body: text.reconnecting })
        : nothing
    }
    ${visit.atRelayDoor ? relayDoor(visit) : nothing}
    ${switching ? switchNotices(switching, visit.atRelayDoor) : nothing} ${audienceNotice(visit)} ${hostNotice(visit)}
    ${sending.trouble ? notice({ tone: 'danger', ...sending.trouble }) : nothing} ${sourceNotices(sending.local)}
    ${
      trouble
        ? notice(
            { tone: 'danger', ...trouble },
            dismissal('dismiss-trouble', () => visit.dismissTrouble()),
          )
        : nothing
    }
  `;
}

/** Before anything is sent through the relay: told to those who join a room that is there already. */
function relayDoor(visit: Visit): TemplateResult {
  return html`<div data-testid="relay-door">
    ${notice(
      { tone: 'warning', title: modeText.doorTitle(visit.room?.relayHost ?? ''), body: modeText.doorBody },
      html`<button class="button primary" data-testid="relay-agree" @click=${() => visit.answerRelayDoor(true)}>
          ${modeText.doorAgree}
        </button>
        <button class="button" data-testid="relay-watch" @click=${() => visit.answerRelayDoor(false)}>
          ${modeText.doorWatch}
        </button>
        <a class="button quiet" href="/privacy" target="_blank" rel="noopener">${modeText.privacy}</a>`,
    )}
  </div>`;
}

function switchNotices(switching: Switching, atDoor: boolean): TemplateResult {
  const { trouble, stuck } = switching;
  return html`
    ${atDoor ? nothing : relayNotice(switching)}
    ${relayNotices(switching)}
    ${
      stuck
        ? notice(
            { tone: 'warning', ...stuck },
            html`<button class="button" data-testid="stuck-leave-out" @click=${() => switching.decide(true)}>
              ${modeText.leaveOut}
            </button>
            <button class="button" data-testid="stuck-stay" @click=${() => switching.decide(false)}>
              ${modeText.stay}
            </button>`,
          )
        : nothing
    }
    ${
      trouble
        ? html`<div data-testid="switch-trouble">
          ${notice(
            { tone: 'danger', ...trouble },
            dismissal('dismiss-switch-trouble', () => switching.dismissTrouble()),
          )}
        </div>`
        : nothing
    }
  `;
}

/** Told to everybody who has not chosen it, and kept until they have put it away. */
function relayNotice(switching: Switching): TemplateResult | typeof nothing {
  const { notice: phase, relay } = switching;
  if (!phase) return nothing;
  return html`<div class="notice warning" role="status" data-testid="relay-notice">
    ${icons.relay}
    <div class="notice-text">
      <strong>${phase === 'coming' ? modeText.comingTitle(relay) : modeText.hereTitle(relay)}</strong>
      <p>
        ${modeText.relayBody} <a href="/privacy" target="_blank" rel="noopener">${modeText.privacy}</a>
      </p>
    </div>
    <button
      class="button quiet square put-away"
      data-testid="dismiss-relay-notice"
      aria-label=${text.dismiss}
      title=${text.dismiss}
      @click=${() => switching.dismissNotice()}
    >
      ${icons.close}
    </button>
  </div>`;
}

function hostNotice(visit: Visit): TemplateResult | typeof nothing {
  if (!visit.hostNews) return nothing;
  return html`<div data-testid="host-notice" role="status">
    ${notice(
      { tone: 'plain', title: visit.hostNews, body: text.hostMay },
      dismissal('dismiss-host', () => visit.putHostNewsAway()),
    )}
  </div>`;
}

function audienceNotice(visit: Visit): TemplateResult | typeof nothing {
  if (!visit.watched) return nothing;
  const refuse = () => visit.attempt((room) => room.allowAudience(false));
  return html`<div data-testid="watched-notice">
    ${notice(
      { tone: 'plain', title: text.watchedTitle, body: text.watchedBody },
      html`<button class="button" data-testid="refuse-audience" @click=${refuse}>${text.refuse}</button>
        ${dismissal('dismiss-watched', () => visit.putWatchedAway())}`,
    )}
  </div>`;
}

function dismissal(testId: string, dismiss: () => void): TemplateResult {
  return html`<button class="button" data-testid=${testId} @click=${dismiss}>${text.dismiss}</button>`;
}

export const roomNoticesStyles = css`
  .notices {
    display: grid;
    gap: 8px;
    max-height: 45%;
    overflow: auto;
  }
  .notices:not(:has(.notice)) {
    display: none;
  }
  .notices .notice {
    align-items: start;
    padding: 11px 14px;
  }
  .notices .notice-text {
    flex: 1;
    min-width: 0;
  }
  @media (min-width: 941px) {
    .notices .notice-text:has(.notice-actions) {
      display: grid;
      grid-template-columns: minmax(0, 1fr) fit-content(55%);
      column-gap: 16px;
    }
    .notices .notice-actions {
      grid-area: 1 / 2 / span 2;
      align-self: center;
      justify-content: end;
      margin-top: 0;
    }
  }
  .put-away {
    flex: none;
    margin: -7px -8px -7px 0;
    color: var(--muted);
  }
`;
