import { onTestFinished } from 'vitest';

export interface ServerSentEvent {
  event: string;
  data: unknown;
}

/** Reads an answer that is a stream of events (`text/event-stream`), as a browser's EventSource does. */
export class EventStream {
  /** Those that have come, the oldest first. */
  readonly events: ServerSentEvent[] = [];
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  readonly status: number;
  readonly type: string | null;

  /** Given up by itself when the test is over. */
  static async open(url: string, options: { headers?: Record<string, string> } = {}): Promise<EventStream> {
    const abort = new AbortController();
    onTestFinished(() => abort.abort());
    return new EventStream(await fetch(url, { ...options, signal: abort.signal }));
  }

  private constructor(response: Response) {
    this.status = response.status;
    this.type = response.headers.get('content-type');
    this.ended = this.#read(response).catch(() => undefined);
  }

  names(): string[] {
    return this.events.map(({ event }) => event);
  }

  /** The data of the last event of a name. */
  last(name: string): unknown {
    return this.events.findLast(({ event }) => event === name)?.data;
  }

  async #read({ body }: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const chunk of body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event && data) this.events.push({ event, data: JSON.parse(data) });
      }
    }
  }
}
