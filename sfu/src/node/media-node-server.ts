import type { Bus, OrderedDelivery, Subscription } from '@meshlift/cluster';
import { type MediaNode, type MediaNodeEvents, MeshliftError } from '@meshlift/protocol';
import {
  MEDIA_NODE_EVENTS,
  type MediaNodeEvent,
  type MediaNodeRequest,
  mediaNodeEvents,
  mediaNodeSubject,
  parseMediaNodeRequest,
} from '@meshlift/protocol/cluster';
import { ServedSessions } from './served-sessions.ts';

export interface MediaNodeServerOptions {
  node: MediaNode;
  bus: Bus;
  delivery: OrderedDelivery;
  /** The name of this process. */
  self: string;
}

/**
 * Serves the media node of this process to others. A session belongs to the process that opened it: nobody else's
 * calls reach it, and what happens to it is reported to that process, in order.
 */
export class MediaNodeServer {
  readonly #node: MediaNode;
  readonly #delivery: OrderedDelivery;
  readonly #serving: Subscription;
  readonly #served = new ServedSessions();

  constructor({ node, bus, delivery, self }: MediaNodeServerOptions) {
    this.#node = node;
    this.#delivery = delivery;
    for (const name of Object.keys(mediaNodeEvents) as (keyof MediaNodeEvents)[]) {
      node.on(name, (event) => this.#report({ name, event } as MediaNodeEvent));
    }
    this.#serving = bus.serve(mediaNodeSubject(self), (payload) =>
      this.#answer(parseMediaNodeRequest(payload)),
    );
  }

  /** Closes what a process that has ended had opened. */
  async forget(process: string): Promise<void> {
    const { sessions, relays } = this.#served.ofProcess(process);
    await Promise.all(sessions.map((sessionId) => this.#closeSession(sessionId)));
    await Promise.all(relays.map((relayId) => this.#closeRelay(relayId, process)));
  }

  /** Takes no more calls. What is open stays open. */
  close(): void {
    this.#serving.close();
  }

  async #answer(request: MediaNodeRequest): Promise<unknown> {
    const { from } = request;
    switch (request.call) {
      case 'openRelay': {
        const [relayId] = request.args;
        await this.#node.openRelay(relayId);
        if (this.#served.addRelay(relayId, from)) this.#reportFlow(from, relayId);
        return undefined;
      }
      case 'closeRelay':
        return this.#closeRelay(request.args[0], from);
      case 'openIngest':
        return this.#openSession(request, () => this.#node.openIngest(request.args[0]));
      case 'openViewer':
        return this.#openSession(request, () => this.#node.openViewer(request.args[0]));
      case 'closeSession':
        if (this.#served.ownerOf(request.args[0]) === from) await this.#closeSession(request.args[0]);
        return undefined;
      default:
        if (this.#served.ownerOf(request.args[0]) !== from) throw new MeshliftError('SESSION_NOT_FOUND');
        return call(this.#node, request);
    }
  }

  /** The session is known before it is open: it may end while it is opened. */
  async #openSession<T>(
    { from, args: [{ relayId, sessionId }] }: MediaNodeRequest & { call: 'openIngest' | 'openViewer' },
    open: () => Promise<T>,
  ): Promise<T> {
    if (this.#served.ownerOf(sessionId) !== undefined) {
      throw new MeshliftError('WRONG_STATE', 'A session of that name is open.');
    }
    const isFirst = this.#served.add(sessionId, { owner: from, relayId });
    try {
      const opened = await open();
      if (isFirst) this.#reportFlow(from, relayId);
      return opened;
    } catch (error) {
      this.#served.remove(sessionId);
      throw error;
    }
  }

  /** Closing emits an event of a session that did not connect. */
  async #closeSession(sessionId: string): Promise<void> {
    await this.#node.closeSession(sessionId);
    this.#served.remove(sessionId);
  }

  /** For others that have sessions in it the relay is lost. */
  async #closeRelay(relayId: string, by: string): Promise<void> {
    await this.#node.closeRelay(relayId);
    for (const process of this.#served.removeRelay(relayId)) {
      if (process !== by) this.#send(process, { name: 'relayLost', event: { relayId } });
    }
  }

  #report(event: MediaNodeEvent): void {
    if (event.name === 'relayLost') {
      for (const process of this.#served.removeRelay(event.event.relayId)) this.#send(process, event);
    } else if (event.name === 'ingestFlow') {
      const { relayId, sourceId, flowing } = event.event;
      this.#served.setFlowing(relayId, sourceId, flowing);
      for (const process of this.#served.followersOf(relayId)) this.#send(process, event);
    } else {
      const { sessionId } = event.event;
      const owner = this.#served.ownerOf(sessionId);
      if (owner === undefined) return;
      if (event.name === 'sessionClosed') this.#served.remove(sessionId);
      this.#send(owner, event);
    }
  }

  /** Tells a process that begins to follow a relay which of its sources flow. */
  #reportFlow(process: string, relayId: string): void {
    for (const sourceId of this.#served.flowingIn(relayId)) {
      this.#send(process, { name: 'ingestFlow', event: { relayId, sourceId, flowing: true } });
    }
  }

  #send(process: string, event: MediaNodeEvent): void {
    this.#delivery.send(process, MEDIA_NODE_EVENTS, event);
  }
}

/** The arguments have been parsed for just this method. */
function call(node: MediaNode, request: MediaNodeRequest): Promise<unknown> {
  const method = node[request.call] as (...args: unknown[]) => Promise<unknown>;
  return method.apply(node, request.args);
}
