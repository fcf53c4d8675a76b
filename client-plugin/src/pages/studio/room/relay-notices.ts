import { html, nothing, type TemplateResult } from 'lit';
import { notice } from '../../shared/notice.ts';
import type { Switching } from './switching.ts';
import { modeText } from './text.ts';

/** What is wrong with the relay at the moment: the server alone wants it, or media does not get through. */
export function relayNotices({ unconfirmed, relay, relayTrouble }: Switching): TemplateResult {
  return html`
    ${
      unconfirmed
        ? html`<div data-testid="relay-unconfirmed">
            ${notice({ tone: 'danger', title: modeText.unconfirmedTitle, body: modeText.unconfirmedBody(relay) })}
          </div>`
        : nothing
    }
    ${
      relayTrouble
        ? html`<div data-testid="relay-trouble">${notice({ tone: 'danger', ...relayTrouble })}</div>`
        : nothing
    }
  `;
}
