import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import { baseStyles, buttonStyles } from '../../shared/styles.ts';
import { modeText } from './text.ts';

/**
 * Asks a host before a room can come to the relay, and says what the relay will be able to do. Emits `agree`
 * with what was asked for.
 */
export class LiftDialog extends LitElement {
  static override properties = { relay: {}, wanted: { state: true } };
  /** The relay's host name. */
  declare relay: string;
  declare wanted: 'sfu' | 'auto' | undefined;

  ask(wanted: 'sfu' | 'auto'): void {
    this.wanted = wanted;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { wanted, relay } = this;
    if (!wanted) return nothing;
    const automatic = wanted === 'auto';
    return html`<dialog aria-labelledby="title" data-testid="lift-dialog" @close=${this.#close}>
      <span class="emblem">${icons.relay}</span>
      <h2 id="title">${automatic ? modeText.confirmAutoTitle : modeText.confirmTitle}</h2>
      <p>${automatic ? modeText.confirmAuto(relay) : modeText.confirmBody(relay)}</p>
      <p>${modeText.confirmPeople}</p>
      <p><a href="/privacy" target="_blank" rel="noopener">${modeText.privacy}</a></p>
      <div class="answers">
        <button class="button large" autofocus @click=${this.#close}>${modeText.confirmNo}</button>
        <button class="button primary large" data-testid="confirm-lift" @click=${this.#agree}>
          ${automatic ? modeText.confirmAutoYes : modeText.confirmYes}
        </button>
      </div>
    </dialog>`;
  }

  protected override updated(): void {
    const dialog = this.renderRoot.querySelector('dialog');
    if (dialog && !dialog.open) dialog.showModal();
  }

  #agree(): void {
    this.dispatchEvent(new CustomEvent('agree', { detail: this.wanted }));
    this.#close();
  }

  /** Also what Escape comes to. */
  #close(): void {
    this.renderRoot.querySelector('dialog')?.close();
    this.wanted = undefined;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      dialog {
        width: min(500px, calc(100vw - 32px));
        max-height: calc(100dvh - 32px);
        padding: 28px;
        border: 1px solid var(--line);
        border-radius: var(--radius-l);
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow);
      }
      dialog::backdrop {
        background: rgb(4 10 8 / 0.62);
      }
      .emblem {
        display: grid;
        place-items: center;
        width: 48px;
        height: 48px;
        margin-bottom: 16px;
        border-radius: 50%;
        background: var(--accent-soft);
        color: var(--accent);
        font-size: 20px;
      }
      h2 {
        font-size: 22px;
        font-weight: 650;
      }
      p {
        margin-top: 10px;
        color: var(--muted);
        overflow-wrap: break-word;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 10px;
        margin-top: 24px;
      }
      .answers .button {
        flex: 1;
      }
      @media (max-width: 480px) {
        dialog {
          padding: 22px;
        }
        .answers {
          flex-direction: column-reverse;
        }
        .answers .button {
          flex: none;
        }
      }
    `,
  ];
}

customElements.define('lift-dialog', LiftDialog);
