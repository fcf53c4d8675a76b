import { html, nothing, type TemplateResult } from 'lit';
import type { Quality, View } from '../../index.ts';
import { layerNames, text } from './text.ts';

/**
 * The choice of layers, with what is being received right now beside the chosen one. Nothing where there
 * is no choice.
 *
 * @param height of the picture being decoded, in pixels; 0 if there is none
 */
export function qualityMenu(
  view: View,
  height: number,
  choose: (quality: Quality) => void,
): TemplateResult | typeof nothing {
  const count = view.layers.spatial;
  if (count < 2) return nothing;
  const chosen = view.quality === 'auto' ? 'auto' : String(view.quality.spatialLayer);
  const names = layerNames[count] ?? Array.from({ length: count }, (_, layer) => String(layer + 1));
  const options = [['auto', text.auto], ...names.map((name, layer) => [String(layer), name])];
  return html`<select
    class="quality"
    data-testid="quality-menu"
    aria-label=${text.quality}
    .value=${chosen}
    @change=${(event: Event & { target: HTMLSelectElement }) => choose(qualityOf(event.target.value))}
  >
    ${options.map(([value, name = '']) => {
      const selected = value === chosen;
      const label = selected && height > 0 ? text.measured(name, height) : name;
      return html`<option value=${value ?? ''} ?selected=${selected}>${label}</option>`;
    })}
  </select>`;
}

function qualityOf(value: string): Quality {
  return value === 'auto' ? 'auto' : { spatialLayer: Number(value) };
}
