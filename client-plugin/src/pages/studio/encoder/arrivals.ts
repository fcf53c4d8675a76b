import { css, html, nothing, type TemplateResult } from 'lit';
import type { Finding, StreamStatus } from '../../../index.ts';
import * as icons from '../../shared/icons.ts';
import { pictureFirst, problemsFirst, trackFacts } from './arrival.ts';
import { text } from './text.ts';

/** What arrives of an encoder, and what there is to be mended in it. */
export function arrivals({ tracks, findings }: StreamStatus['report']): TemplateResult {
  return html`
    ${
      tracks.length > 0
        ? html`<h3>${text.arrivesTitle}</h3>
          <dl data-testid="arrivals">
            ${pictureFirst(tracks).map(
              (track) => html`<dt>${text.kinds[track.kind]}</dt>
                <dd data-kind=${track.kind}>
                  ${trackFacts(track).map((fact, index) => html`${index > 0 ? ' · ' : ''}<span>${fact}</span>`)}
                </dd>`,
            )}
          </dl>`
        : nothing
    }
    ${problemsFirst(findings).map(oneFinding)}
  `;
}

function oneFinding({ code, severity, title, message, fix }: Finding): TemplateResult {
  const problem = severity === 'problem';
  return html`<div
    class="notice finding ${problem ? 'warning' : 'plain'}"
    role="status"
    data-testid="finding"
    data-code=${code}
  >
    ${problem ? icons.alert : icons.info}
    <div class="notice-text">
      <strong><span class="visually-hidden">${text.severities[severity]}: </span>${title}</strong>
      <p>${message}</p>
      <details class="fix" ?open=${problem}>
        <summary>${text.fix}</summary>
        <p>${fix}</p>
      </details>
    </div>
  </div>`;
}

export const arrivalsStyles = css`
  h3 {
    font-size: 15px;
    font-weight: 600;
    letter-spacing: 0;
  }
  dl {
    display: grid;
    grid-template-columns: fit-content(40%) minmax(0, 1fr);
    gap: 6px 16px;
    margin: 0;
    font-size: 14.5px;
    line-height: 1.4;
  }
  dt {
    color: var(--muted);
  }
  dd {
    margin: 0;
    font-variant-numeric: tabular-nums;
    overflow-wrap: anywhere;
  }
  dd span {
    white-space: nowrap;
  }
  .notice-text {
    min-width: 0;
  }
  .fix {
    margin-top: 8px;
    border: 0;
  }
  .fix summary {
    padding: 2px 0;
    font-size: 14.5px;
  }
`;
