import { html, type TemplateResult } from 'lit';
import { notice } from '../shared/notice.ts';
import type { StreamSummary } from './stream-record.ts';
import { text } from './text.ts';

/** What is shown of a stream that is over. */
export function streamSummary(summary: StreamSummary): TemplateResult {
  return html`<div data-testid="summary" data-most-viewers=${summary.mostViewers}>
    ${notice({ tone: 'plain', title: text.summaryTitle, body: text.summary(summary) })}
  </div>`;
}
