import { css, html, LitElement, type TemplateResult } from 'lit';
import { Copying } from '../../shared/copying.ts';
import * as icons from '../../shared/icons.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { text } from './text.ts';

/** A link to read, and a button that copies it. */
export class CopyLink extends LitElement {
  static override properties = {
    link: {},
    label: {},
    linkTestId: { attribute: false },
    copyTestId: { attribute: false },
  };
  declare link: string;
  /** Of the button. */
  declare label: string;
  declare linkTestId: string;
  declare copyTestId: string;
  readonly #copying = new Copying(this);

  protected override render(): TemplateResult {
    const label = { idle: this.label, copied: text.copied, failed: text.notCopied }[this.#copying.state];
    return html`
      <a class="link" data-testid=${this.linkTestId} href=${this.link} target="_blank" rel="noopener">${this.link}</a>
      <button class="button" data-testid=${this.copyTestId} @click=${() => this.#copying.copy(this.link)}>
        ${this.#copying.state === 'copied' ? icons.check : icons.copy}<span aria-live="polite">${label}</span>
      </button>
    `;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 8px;
      }
      .link {
        padding: 10px 12px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-m);
        background: var(--bg);
        color: var(--text);
        font: 13px / 1.5 var(--mono);
        overflow-wrap: anywhere;
        text-decoration: none;
      }
      .link:hover {
        border-color: var(--accent);
      }
    `,
  ];
}

customElements.define('copy-link', CopyLink);
