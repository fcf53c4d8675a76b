import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else: another origin, with one page that says what it is told to say. */
export class ForeignSite {
  readonly origin: string;
  readonly #server: ReturnType<typeof createServer>;
  #body = '';

  static async start(): Promise<ForeignSite> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForeignSite(server, (server.address() as AddressInfo).port);
  }

  private constructor(server: ReturnType<typeof createServer>, port: number) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${port}`;
    server.on('request', (_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><html lang="en">${this.#body}</html>`);
    });
  }

  /** From now on the page is this. @returns its address */
  serve(body: string): string {
    this.#body = body;
    return `${this.origin}/`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
