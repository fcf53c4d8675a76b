import {
  type CreatedStream,
  createdStreamSchema,
  MeshliftError,
  type StreamLinks,
  type StreamStatus,
  streamLinksSchema,
  streamStatusSchema,
} from '@meshlift/protocol';
import { errorOf } from './signaling-connection.ts';

/**
 * The server's REST API for streams: for those that something else publishes, such as an encoder. Every call
 * rejects with a `MeshliftError`.
 */
export class StreamsApi {
  readonly #server: string;

  /** @param server the server's URL; the page's own origin by default */
  constructor(server: string = location.origin) {
    this.#server = server;
  }

  async create(): Promise<CreatedStream> {
    return createdStreamSchema.parse(await this.#call('POST', '/api/streams'));
  }

  /** How a stream stands, and what arrives of an encoder that sends it. */
  async status(streamId: string, publishKey: string): Promise<StreamStatus> {
    return streamStatusSchema.parse(await this.#call('GET', `/api/streams/${streamId}`, publishKey));
  }

  async rotate(streamId: string, publishKey: string): Promise<StreamLinks> {
    return streamLinksSchema.parse(await this.#call('POST', `/api/streams/${streamId}/rotate`, publishKey));
  }

  async remove(streamId: string, publishKey: string): Promise<void> {
    await this.#call('DELETE', `/api/streams/${streamId}`, publishKey);
  }

  async #call(method: string, path: string, publishKey?: string): Promise<unknown> {
    let response: Response;
    try {
      response = await fetch(new URL(path, this.#server), {
        method,
        headers: publishKey === undefined ? {} : { authorization: `Bearer ${publishKey}` },
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
    } catch (error) {
      throw new MeshliftError('DISCONNECTED', undefined, { cause: error });
    }
    if (response.status === 204) return undefined;
    const body: unknown = await response.json().catch(() => undefined);
    if (response.ok) return body;
    throw errorOf(body) ?? new MeshliftError('INTERNAL');
  }
}
