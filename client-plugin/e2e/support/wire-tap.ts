import type { Page, WebSocketRoute } from '@playwright/test';

/**
 * Everything a page tells the server from now on, and hears from it. It can be held up and changed, and the page can be
 * told what the server has not said.
 */
export class WireTap {
  readonly #heard: string[] = [];
  #held: (() => void)[] | undefined;
  #change = (message: string) => message;
  #forge = (message: string) => message;
  #page: WebSocketRoute | undefined;

  /** Must be set up before the page connects. */
  static async on(page: Page): Promise<WireTap> {
    const tap = new WireTap();
    page.on('request', (request) => {
      tap.#heard.push(`${request.method()} ${request.url()} ${request.postData() ?? ''}`);
    });
    await page.routeWebSocket(/socket\.io/, (socket) => {
      const server = socket.connectToServer();
      tap.#page = socket;
      socket.onMessage((message) => {
        const changed = tap.#change(String(message));
        tap.#heard.push(changed);
        if (tap.#held) tap.#held.push(() => server.send(changed));
        else server.send(changed);
      });
      server.onMessage((message) => {
        tap.#heard.push(String(message));
        socket.send(tap.#forge(String(message)));
      });
    });
    return tap;
  }

  get text(): string {
    return this.#heard.join('\n');
  }

  /** How many messages of that name have passed, in both directions. */
  count(name: string): number {
    return this.#heard.filter((message) => message.includes(`["${name}"`)).length;
  }

  /** Keeps what the page sends until `release`. */
  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const send of held) send();
  }

  /** What the page says, from now on. */
  change(change: (message: string) => string): void {
    this.#change = change;
  }

  /** What the page hears, from now on. */
  forge(forge: (message: string) => string): void {
    this.#forge = forge;
  }

  /** Tells the page of an event in the room it has joined last, as the server would. */
  tell(event: string, payload: object): void {
    const [, sessionId] = [...this.text.matchAll(/"sessionId":"([\w-]+)","participantId"/g)].at(-1) ?? [];
    this.#page?.send(`42${JSON.stringify([event, { sessionId, ...payload }])}`);
  }
}
