import { MeshliftError } from '@meshlift/protocol';
import {
  type OwnerCall,
  type OwnerReply,
  type OwnerRequest,
  ownerCalls,
  ownerSubject,
} from '@meshlift/protocol/cluster';
import { pseudonyms } from '@meshlift/telemetry';
import type { Cluster } from '../cluster/cluster.ts';
import type { Streams } from './streams.ts';

/** An encoder's offer takes longest: a worker may have to be started for it. */
const ANSWER_WITHIN_MS = 10_000;

/** Ownership may change while a request is on its way; a second change is not waited for. */
const MAX_ATTEMPTS = 3;

type Handlers = { [C in OwnerCall]?: (request: OwnerRequest<C>) => Promise<OwnerReply<C>> };

/** Takes what the holder of a stream's key asks for over HTTP to the door that owns the stream: this one, or another. */
export class OwnerRequests {
  readonly #cluster: Cluster;
  readonly #streams: Streams;
  readonly #handlers: Handlers = {};

  constructor({ cluster, streams }: { cluster: Cluster; streams: Streams }) {
    this.#cluster = cluster;
    this.#streams = streams;
  }

  /** Sets what carries a call out, for clients of this door and of others. */
  serve<C extends OwnerCall>(call: C, handler: (request: OwnerRequest<C>) => Promise<OwnerReply<C>>): void {
    const { bus, directory, self } = this.#cluster;
    Object.assign(this.#handlers, { [call]: handler });
    const answer = async (payload: unknown) => {
      const request = ownerCalls[call].request.safeParse(payload);
      if (!request.success)
        throw new MeshliftError('BAD_REQUEST', 'A process of another version has called.');
      const data = request.data as OwnerRequest<C>;
      if (!this.#streams.owns(data.streamId)) throw new MeshliftError('STALE_OWNER');
      return await handler(data);
    };
    bus.serve(ownerSubject(self, call), directory.guard(answer));
  }

  /**
   * Has a call carried out.
   *
   * @param request.address of the client, of which other doors get a pseudonym
   * @throws MeshliftError what the owner answers; `NODE_UNREACHABLE`, `DIRECTORY_UNAVAILABLE`, `REQUEST_TIMEOUT`
   */
  async carryOut<C extends OwnerCall>(
    call: C,
    { address, ...request }: Omit<OwnerRequest<C>, 'who'> & { address: string; streamId: string },
  ): Promise<OwnerReply<C>> {
    for (let attempt = 1; ; attempt += 1) {
      const owner = await this.#streams.ownerOf(request.streamId);
      try {
        if (owner !== undefined) {
          const who = pseudonyms.of('address', address);
          return await this.#forward(owner, call, { ...request, who } as unknown as OwnerRequest<C>);
        }
        const handler = this.#handlers[call] as (request: unknown) => Promise<OwnerReply<C>>;
        return await handler({ ...request, who: address });
      } catch (error) {
        if (!(error instanceof MeshliftError) || error.code !== 'STALE_OWNER') throw error;
        // Between servers alone: the client asks again, and finds the owner by then.
        if (attempt === MAX_ATTEMPTS) {
          throw new MeshliftError('NODE_UNREACHABLE', undefined, { cause: error });
        }
      }
    }
  }

  async #forward<C extends OwnerCall>(
    owner: string,
    call: C,
    request: OwnerRequest<C>,
  ): Promise<OwnerReply<C>> {
    const timeoutMs = ANSWER_WITHIN_MS;
    const received = await this.#cluster.bus.request(ownerSubject(owner, call), request, { timeoutMs });
    const reply = ownerCalls[call].reply.safeParse(received);
    if (!reply.success) throw new MeshliftError('INTERNAL', undefined, { cause: reply.error });
    return reply.data as OwnerReply<C>;
  }
}
