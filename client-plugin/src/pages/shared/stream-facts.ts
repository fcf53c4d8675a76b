import { css, html, type TemplateResult } from 'lit';
import type { Room } from '../../index.ts';
import * as icons from './icons.ts';

const text = {
  direct: 'Direct: from browser to browser',
  audience: (host: string) =>
    `Direct, and to an audience through the server${host}, which can see and hear you`,
  encoder: (host: string) =>
    `Direct from here; your encoder comes through the server${host}, which can see and hear it`,
  relayed: (host: string) => `Relayed: the server${host} can see and hear this`,
  watching: (count: number) => `${count} watching`,
};

/**
 * How what a page sends travels. `direct`: from browser to browser. `audience`: so too, and through the server to
 * people outside. `encoder`: through the server to this page, and from here directly. `relayed`: through the server.
 */
export type Way = 'direct' | 'audience' | 'encoder' | 'relayed';

/** @param encoder whether what is sent comes from an encoder */
export function wayOf({ mode, uplink }: Pick<Room, 'mode' | 'uplink'>, encoder = false): Way {
  if (mode === 'sfu' || uplink === 'room') return 'relayed';
  if (uplink === 'audience') return 'audience';
  return encoder ? 'encoder' : 'direct';
}

/**
 * How media travels, in words that are true of it.
 *
 * @param host the relay's host name, where it is worth telling
 */
export function wayWords(way: Way, host?: string): string {
  const named = host ? ` ${host}` : '';
  return {
    direct: text.direct,
    audience: text.audience(named),
    encoder: text.encoder(named),
    relayed: text.relayed(named),
  }[way];
}

/** Says how a stream travels. */
export function modeLabel(_mode: 'sfu'): TemplateResult {
  return html`<span class="fact mode">${icons.relay}<span data-testid="mode-label">${wayWords('relayed')}</span></span>`;
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
