import { html, type TemplateResult } from 'lit';
import { notice } from '../../shared/notice.ts';
import type { StaySummary } from './stay-record.ts';
import { summaryWords, text } from './text.ts';

/** What is shown of a stay after leaving. */
export function staySummary(summary: StaySummary): TemplateResult {
  const { mostPeople, mostWatching, ways } = summary;
  return html`<div
    data-testid="summary"
    data-most-people=${mostPeople}
    data-most-watching=${mostWatching}
    data-ways=${ways.join(' ')}
  >
    ${notice({ tone: 'plain', title: text.summaryTitle, body: summaryWords(summary) })}
  </div>`;
}
