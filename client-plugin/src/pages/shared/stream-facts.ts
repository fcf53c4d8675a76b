import { css, html, type TemplateResult } from 'lit';
import * as icons from './icons.ts';

const text = {
  relayed: 'Relayed: the server can see and hear this',
  watching: (count: number) => `${count} watching`,
};

/** Says how the media travels, in words that are true of it. */
export function modeLabel(mode: 'sfu'): TemplateResult {
  const words = { sfu: text.relayed }[mode];
  return html`<span class="fact mode">${icons.relay}<span data-testid="mode-label">${words}</span></span>`;
}

export function viewerCount(count: number): TemplateResult {
  return html`<span class="fact viewers"
    >${icons.eye}<span data-testid="viewer-count" data-count=${count}>${text.watching(count)}</span></span
  >`;
}

export const streamFactsStyles = css`
  .fact {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    font-size: 14px;
    font-weight: 500;
    line-height: 1.3;
  }
  .fact.viewers {
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
`;
