import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { confirmation, confirmationStyles } from '../shared/confirmation.ts';
import { Copying } from '../shared/copying.ts';
import { describeError } from '../shared/error-words.ts';
import * as icons from '../shared/icons.ts';
import { notice, noticeStyles } from '../shared/notice.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { text } from './text.ts';

/** What goes by another link from then on. */
export interface Renewable {
  rotate(): Promise<unknown>;
}

/** The watch link of a live stream: to copy, and to replace. */
export class SharePanel extends LitElement {
  static override properties = {
    publication: { attribute: false },
    renewBody: { attribute: false },
    link: {},
    asking: { state: true },
    renewing: { state: true },
    failure: { state: true },
  };
  declare publication: Renewable;
  /** What a new link means to those who have the old one, and to whoever publishes. */
  declare renewBody: string;
  /** Handed in beside the publication, whose own link changes without notice. */
  declare link: string;
  readonly #copying = new Copying(this);
  declare asking: boolean;
  declare renewing: boolean;
  declare failure: unknown;

  constructor() {
    super();
    this.asking = false;
    this.renewing = false;
    this.renewBody = text.newLinkBody;
  }

  protected override render(): TemplateResult {
    const copyLabel = { idle: text.copy, copied: text.copied, failed: text.notCopied }[this.#copying.state];
    return html`
      <h2>${text.linkLabel}</h2>
      <a class="link" data-testid="watch-link" href=${this.link} target="_blank" rel="noopener">${this.link}</a>
      <div class="actions">
        <button class="button primary copy" data-testid="copy-link" @click=${() => this.#copying.copy(this.link)}>
          ${this.#copying.state === 'copied' ? icons.check : icons.copy}<span aria-live="polite">${copyLabel}</span>
        </button>
        <button
          class="button"
          data-testid="new-link"
          aria-expanded=${this.asking}
          @click=${() => {
            this.asking = !this.asking;
          }}
        >
          ${icons.renew}${text.newLink}
        </button>
      </div>
      ${this.asking ? this.#question() : nothing}
      ${this.failure === undefined ? nothing : notice({ ...describeError(this.failure), title: text.newLinkFailed, tone: 'danger' })}
      <p class="hint">${text.linkHint}</p>
    `;
  }

  #question(): TemplateResult {
    return confirmation(
      {
        title: text.newLinkTitle,
        body: this.renewBody,
        yes: text.newLinkConfirm,
        no: text.keepLink,
        testId: 'confirm-new-link',
        busy: this.renewing,
      },
      (yes) => {
        if (yes) void this.#renew();
        else this.asking = false;
      },
    );
  }

  async #renew(): Promise<void> {
    this.renewing = true;
    this.failure = undefined;
    try {
      await this.publication.rotate();
    } catch (error) {
      this.failure = error;
    }
    this.renewing = false;
    this.asking = false;
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    noticeStyles,
    confirmationStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      h2 {
        font-size: 15px;
        font-weight: 600;
        letter-spacing: 0;
      }
      .link {
        display: block;
        padding: 12px 14px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius-m);
        background: var(--bg);
        color: var(--text);
        font: 14px / 1.5 var(--mono);
        overflow-wrap: anywhere;
        text-decoration: none;
      }
      .link:hover {
        border-color: var(--accent);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .copy {
        flex: 1;
      }
      .hint {
        color: var(--muted);
        font-size: 14px;
      }
    `,
  ];
}

customElements.define('share-panel', SharePanel);
