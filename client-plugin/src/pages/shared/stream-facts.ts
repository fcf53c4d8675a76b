import { css, html, type TemplateResult } from 'lit';
import * as icons from './icons.ts';

const text = {
  direct: 'Direct: from browser to browser',
  relayed: (host: string) => `Relayed: the server${host} can see and hear this`,
  watching: (count: number) => `${count} watching`,
};

/**
 * How media travels, in words that are true of it.
 *
 * @param host the relay's host name, where it is worth telling
 */
export function modeWords(mode: 'mesh' | 'sfu', host?: string): string {
  return mode === 'mesh' ? text.direct : text.relayed(host ? ` ${host}` : '');
}

/** Says how a stream travels. */
export function modeLabel(mode: 'sfu'): TemplateResult {
  return html`<span class="fact mode">${icons.relay}<span data-testid="mode-label">${modeWords(mode)}</span></span>`;
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
