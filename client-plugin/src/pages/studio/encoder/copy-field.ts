import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { Copying } from '../../shared/copying.ts';
import * as icons from '../../shared/icons.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { text } from './text.ts';

const DOTS = '•'.repeat(16);

/** What a field is called, and what is said of its buttons. */
export interface CopyFieldWords {
  label: string;
  copy: string;
  show?: string;
  hide?: string;
}

/** Something to be taken elsewhere: read, and copied. What is secret is not shown before somebody asks for it. */
export class CopyField extends LitElement {
  static override properties = {
    value: {},
    secret: {},
    words: { attribute: false },
    name: {},
    shown: { state: true },
  };
  declare value: string;
  /** The part of the value that is secret. */
  declare secret: string | undefined;
  declare words: CopyFieldWords;
  /** Names what is shown and its buttons, for tests. */
  declare name: string;
  declare shown: boolean;
  readonly #copying = new Copying(this);

  constructor() {
    super();
    this.shown = false;
  }

  protected override render(): TemplateResult {
    const { words } = this;
    const { state: copyState } = this.#copying;
    const told = { idle: '', copied: text.copied, failed: text.notCopied }[copyState];
    return html`
      <span class="label" id="label">${words.label}<span class="told" role="status">${told}</span></span>
      <div class="box" role="group" aria-labelledby="label">
        <code data-testid=${this.name}>${this.#visible}</code>
        ${words.show ? this.#toggle(words.show, words.hide) : nothing}
        <button
          class="button quiet square"
          data-testid="copy-${this.name}"
          aria-label=${words.copy}
          title=${words.copy}
          @click=${() => this.#copying.copy(this.value)}
        >
          ${copyState === 'copied' ? icons.check : icons.copy}
        </button>
      </div>
    `;
  }

  #toggle(show: string, hide = show): TemplateResult {
    const label = this.shown ? hide : show;
    return html`<button
      class="button quiet square"
      data-testid="show-${this.name}"
      aria-label=${label}
      title=${label}
      aria-pressed=${this.shown}
      @click=${() => {
        this.shown = !this.shown;
      }}
    >
      ${this.shown ? icons.eyeOff : icons.eye}
    </button>`;
  }

  get #visible(): string {
    if (this.secret === undefined || this.shown) return this.value;
    return this.value.replace(this.secret, DOTS);
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        min-width: 0;
      }
      .label {
        display: flex;
        justify-content: space-between;
        gap: 12px;
        margin-bottom: 6px;
        font-size: 14px;
        font-weight: 550;
      }
      .told {
        color: var(--accent);
        font-weight: 500;
      }
      .box {
        display: flex;
        align-items: flex-start;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-m);
        background: var(--bg);
      }
      code {
        flex: 1;
        min-width: 0;
        padding: 11px 0 11px 14px;
        color: var(--text);
        font: 14px / 1.5 var(--mono);
        overflow-wrap: anywhere;
      }
      .button {
        flex: none;
        color: var(--muted);
      }
      .button + .button {
        margin-left: -8px;
      }
      :host([long]) code {
        font-size: 12.5px;
      }
    `,
  ];
}

customElements.define('copy-field', CopyField);
