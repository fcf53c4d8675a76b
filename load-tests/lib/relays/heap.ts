import { z } from 'zod';

const answerSchema = z.object({ id: z.number(), result: z.unknown(), error: z.unknown() }).partial();
const usageSchema = z.object({ usedSize: z.number() });

/** What a first collection finds dead may hold what only a second one then finds, such as what finalizers let go. */
const COLLECTIONS = 3;

/**
 * How many bytes of heap a Node.js process uses that was started with `--inspect`, when its garbage has been collected.
 *
 * @param output what the process has written, among it where its inspector listens
 */
export async function heapOf(output: string): Promise<number> {
  const url = /Debugger listening on (ws:\/\/\S+)/.exec(output)?.[1];
  if (!url) throw new Error('the server was not started to be inspected');
  const inspector = await Inspector.open(url);
  try {
    for (let collection = 0; collection < COLLECTIONS; collection += 1) {
      await inspector.ask('HeapProfiler.collectGarbage');
    }
    return usageSchema.parse(await inspector.ask('Runtime.getHeapUsage')).usedSize;
  } finally {
    inspector.close();
  }
}

/** A connection to the inspector of a process (Chrome DevTools Protocol). */
class Inspector {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  static async open(url: string): Promise<Inspector> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.onopen = () => resolve();
      socket.onerror = () => reject(new Error('the inspector of the server does not answer'));
    });
    return new Inspector(socket);
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id = 0, result, error } = answerSchema.parse(JSON.parse(String(data)));
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error) waiting?.reject(new Error(`the inspector refused: ${JSON.stringify(error)}`));
      else waiting?.resolve(result);
    };
    socket.onclose = () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the server has gone'));
    };
  }

  ask(method: string): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#asked += 1;
    this.#waiting.set(this.#asked, waiting);
    this.#socket.send(JSON.stringify({ id: this.#asked, method }));
    return waiting.promise;
  }

  close(): void {
    this.#socket.close();
  }
}
