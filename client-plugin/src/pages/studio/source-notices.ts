import { html, nothing, type TemplateResult } from 'lit';
import { notice } from '../shared/notice.ts';
import type { LocalSource } from './local-source.ts';
import type { LostDevice } from './lost-devices.ts';
import type { MediaKind } from './source-kinds.ts';
import { text } from './text.ts';

/** What stands in the way of sending, and what can be sent instead. */
export function sourceNotices(local: LocalSource): TemplateResult {
  const { trouble, offersMicrophone, lost } = local;
  return html`
    ${
      trouble
        ? html`<div data-testid="source-trouble">
          ${notice({ tone: 'danger', ...trouble }, offersMicrophone ? microphoneAlone(local) : undefined)}
        </div>`
        : nothing
    }
    ${lostNotices(lost, (kind, deviceId) => local.reopen(kind, deviceId))}
  `;
}

/** Which devices have stopped, and those that can take their place. */
export function lostNotices(
  lost: readonly LostDevice[],
  reopen: (kind: MediaKind, deviceId: string | undefined) => Promise<void>,
): TemplateResult {
  return html`    ${lost.map(
    ({ kind, words, offers }) => html`<div data-testid="lost-${kind}">
        ${notice(
          { tone: 'danger', ...words },
          offers.length > 0
            ? html`${offers.map(
                ({ label, deviceId }) => html`<button
                type="button"
                class="button"
                data-testid="use-device"
                @click=${() => void reopen(kind, deviceId)}
              >
                ${label}
              </button>`,
              )}`
            : undefined,
        )}
      </div>`,
  )}`;
}

function microphoneAlone(local: LocalSource): TemplateResult {
  return html`<button
    type="button"
    class="button"
    data-testid="microphone-alone"
    @click=${() => local.chooseAndOpen('microphone')}
  >
    ${text.microphoneAlone}
  </button>`;
}
