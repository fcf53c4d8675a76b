export interface ChatMessage {
  name: string;
  text: string;
  /** Whether it was said here. */
  own: boolean;
  at: Date;
}

/** What has been said while this page was in the room, and how much of it has not been seen. */
export class ChatLog {
  readonly #messages: ChatMessage[] = [];
  #unread = 0;

  get messages(): readonly ChatMessage[] {
    return this.#messages;
  }

  get unread(): number {
    return this.#unread;
  }

  add(name: string, text: string, own: boolean): void {
    this.#messages.push({ name, text, own, at: new Date() });
    if (!own) this.#unread += 1;
  }

  read(): void {
    this.#unread = 0;
  }
}
