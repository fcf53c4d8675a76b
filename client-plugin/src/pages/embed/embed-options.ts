import type { PlayerQuality } from '../../elements/embed-messages.ts';
import { parseQuality } from '../../elements/player-quality.ts';

/** What the address of an embedded player asks for. */
export interface EmbedOptions {
  muted: boolean;
  controls: boolean;
  quality: PlayerQuality;
  /** The player knows which there are. */
  fit: string | null;
  /** The origin of the page around it, if the address declares one; one that is none is nobody's. */
  parent: string | undefined;
}

const OFF = new Set(['0', 'false', 'no', 'off']);

/** Silent and bare unless the address says otherwise. */
export function readEmbedOptions(search: string): EmbedOptions {
  const query = new URLSearchParams(search);
  const isOn = (name: string, fallback: boolean) => {
    const value = query.get(name);
    return value === null ? fallback : !OFF.has(value.toLowerCase());
  };
  return {
    muted: isOn('muted', true),
    controls: isOn('controls', false),
    quality: parseQuality(query.get('quality')),
    fit: query.get('fit'),
    parent: originOf(query.get('parent')),
  };
}

function originOf(parent: string | null): string | undefined {
  if (parent === null) return undefined;
  return URL.canParse(parent) ? new URL(parent).origin : '';
}
