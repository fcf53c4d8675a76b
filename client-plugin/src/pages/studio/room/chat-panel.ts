import { css, html, type TemplateResult } from 'lit';
import * as icons from '../../shared/icons.ts';
import { baseStyles, buttonStyles, fieldStyles } from '../../shared/styles.ts';
import type { ChatMessage } from './chat-log.ts';
import { text } from './text.ts';
import { VisitElement } from './visit-element.ts';

/** As long as the plugin lets a message be. */
const LONGEST_MESSAGE = 4_000;

/** What people say in the room. Seeing it here counts as having read it. */
export class ChatPanel extends VisitElement {
  static override properties = { open: { type: Boolean } };
  /** Whether it can be seen. */
  declare open: boolean;
  #shown = 0;

  protected override render(): TemplateResult {
    const { chat, room } = this.visit;
    const alone = room?.participants.length === 0;
    return html`
      <div class="messages" role="log" aria-label=${text.chatTitle} tabindex="0">
        ${
          chat.messages.length === 0
            ? html`<p class="empty">${text.chatEmpty} ${text.chatHint}</p>`
            : chat.messages.map(message)
        }
      </div>
      <form @submit=${this.#say}>
        <label class="visually-hidden" for="message">${text.chatField}</label>
        <input
          id="message"
          class="field"
          data-testid="chat-field"
          autocomplete="off"
          maxlength=${LONGEST_MESSAGE}
          placeholder=${alone ? text.chatNobody : text.chatField}
          ?disabled=${alone}
        />
        <button
          class="button primary square"
          data-testid="chat-send"
          aria-label=${text.chatSend}
          title=${text.chatSend}
          ?disabled=${alone}
        >
          ${icons.send}
        </button>
      </form>
    `;
  }

  protected override updated(): void {
    const { chat } = this.visit;
    if (!this.open) return;
    this.visit.readChat();
    if (chat.messages.length === this.#shown) return;
    this.#shown = chat.messages.length;
    const messages = this.renderRoot.querySelector('.messages');
    messages?.scrollTo({ top: messages.scrollHeight });
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('#message')?.focus();
  }

  #say(event: SubmitEvent & { currentTarget: HTMLFormElement }): void {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem('message') as HTMLInputElement;
    const said = field.value.trim();
    if (said === '') return;
    this.visit.say(said);
    field.value = '';
    field.focus();
  }

  static override styles = [
    baseStyles,
    buttonStyles,
    fieldStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 12px;
        min-height: 0;
      }
      .messages {
        flex: 1;
        display: flex;
        flex-direction: column;
        gap: 12px;
        min-height: 0;
        overflow-y: auto;
        border-radius: var(--radius-s);
        scrollbar-width: thin;
      }
      .messages > :first-child {
        margin-top: auto;
      }
      .empty {
        margin-bottom: auto;
        color: var(--muted);
        font-size: 14.5px;
      }
      .message {
        max-width: 92%;
      }
      .message.own {
        align-self: flex-end;
      }
      .meta {
        display: flex;
        gap: 8px;
        margin-bottom: 3px;
        padding: 0 2px;
        color: var(--muted);
        font-size: 12.5px;
      }
      .own .meta {
        justify-content: flex-end;
      }
      .meta strong {
        overflow: hidden;
        color: var(--text);
        font-weight: 600;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .said {
        width: fit-content;
        margin: 0;
        padding: 8px 13px;
        border: 1px solid var(--line);
        border-radius: 4px var(--radius-m) var(--radius-m);
        background: var(--surface-raised);
        font-size: 15px;
        line-height: 1.42;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      .own .said {
        margin-left: auto;
        border-color: transparent;
        border-radius: var(--radius-m) 4px var(--radius-m) var(--radius-m);
        background: var(--accent-soft);
      }
      form {
        display: flex;
        gap: 8px;
      }
      .field {
        min-width: 0;
      }
      .button {
        flex: none;
      }
    `,
  ];
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function message({ name, text: said, own, at }: ChatMessage): TemplateResult {
  return html`<div class="message ${own ? 'own' : ''}" data-testid="chat-message">
    <div class="meta">
      <strong>${own ? text.you : name || text.guest}</strong><time>${clock.format(at)}</time>
    </div>
    <p class="said">${said}</p>
  </div>`;
}

customElements.define('chat-panel', ChatPanel);
