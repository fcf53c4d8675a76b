import { css, html, LitElement, type TemplateResult } from 'lit';
import { baseStyles } from '../shared/styles.ts';
import { canShareScreen } from './open-source.ts';
import { iconOf } from './source-icons.ts';
import { type SourceChoice, sourceKinds } from './source-kinds.ts';
import { text } from './text.ts';

/** A card for each source, one of which is chosen. Emits `choose` with its kind. */
export class SourcePicker extends LitElement {
  static override properties = { kind: {}, kinds: { attribute: false } };
  declare kind: SourceChoice;
  /** What there is to choose from: every source unless said otherwise. */
  declare kinds: readonly SourceChoice[];

  constructor() {
    super();
    this.kinds = sourceKinds;
  }

  protected override render(): TemplateResult {
    return html`<fieldset>
      <legend class="visually-hidden">${text.sourceLegend}</legend>
      ${this.kinds.map((kind) => this.#card(kind))}
    </fieldset>`;
  }

  #card(kind: SourceChoice): TemplateResult {
    const { name, hint } = text.sources[kind];
    return html`<label>
      <input
        type="radio"
        name="source"
        value=${kind}
        .checked=${kind === this.kind}
        ?disabled=${kind === 'screen' && !canShareScreen()}
        @change=${() => this.dispatchEvent(new CustomEvent<SourceChoice>('choose', { detail: kind }))}
      />
      <span class="tile">${iconOf[kind]}<span class="name">${name}</span><span class="hint">${hint}</span></span>
    </label>`;
  }

  static override styles = [
    baseStyles,
    css`
      fieldset {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 10px;
        margin: 0;
        padding: 0;
        border: 0;
      }
      label {
        position: relative;
        display: block;
        cursor: pointer;
      }
      /* The legend is the first child: an odd card out fills its row. */
      label:last-child:nth-child(even) {
        grid-column: 1 / -1;
      }
      input {
        position: absolute;
        inset: 0;
        margin: 0;
        opacity: 0;
        cursor: inherit;
      }
      .tile {
        display: grid;
        align-content: start;
        gap: 2px;
        height: 100%;
        padding: 14px 12px;
        border: 1px solid var(--line);
        border-radius: var(--radius-m);
        background: var(--surface-raised);
        transition:
          background-color 0.15s,
          border-color 0.15s;
      }
      .tile .icon {
        margin-bottom: 8px;
        color: var(--muted);
        font-size: 19px;
      }
      .name {
        font-size: 15px;
        font-weight: 600;
        line-height: 1.25;
      }
      .hint {
        color: var(--muted);
        font-size: 13px;
        line-height: 1.3;
      }
      label:hover .tile {
        border-color: var(--line-strong);
      }
      input:checked + .tile {
        border-color: var(--accent);
        background: var(--accent-soft);
      }
      input:checked + .tile .icon {
        color: var(--accent);
      }
      input:focus-visible + .tile {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }
      input:disabled + .tile {
        opacity: 0.45;
        cursor: default;
      }
    `,
  ];
}

customElements.define('source-picker', SourcePicker);
