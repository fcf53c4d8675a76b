import type { Bus, OrderedDelivery, Subscription } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';
import {
  type CascadeRequest,
  cascadeMessageSchema,
  cascadeRequestSchema,
  cascadeSubject,
  DEMAND_EVENTS,
  type DemandEvent,
  demandEventSchema,
  FEED_EVENTS,
  type FeedEvent,
  feedEventSchema,
  joinReplySchema,
  openReplySchema,
  type PipeEndpoint,
} from '@meshlift/protocol/cluster';

/** Another node answers within milliseconds, on another continent within some hundred. */
const REQUEST_TIMEOUT_MS = 1_000;

/** One end of a feed, as messages reach it. */
interface FeedEnd<Event> {
  /** The node at the other end: messages of others are not its. */
  peer: string;
  receive(event: Event): void;
  /** Messages from the peer have been lost. */
  lostTrack(): void;
}

export interface CascadeLinkOptions {
  bus: Bus;
  delivery: OrderedDelivery;
  /** The name of this process. */
  self: string;
  answer: (request: CascadeRequest) => unknown;
}

/** How media nodes talk to each other: requests on the bus, and ordered messages about each feed. */
export class CascadeLink {
  readonly self: string;
  readonly #bus: Bus;
  readonly #delivery: OrderedDelivery;
  readonly #serving: Subscription;
  readonly #upstreams = new Map<string, FeedEnd<FeedEvent>>();
  readonly #branches = new Map<string, FeedEnd<DemandEvent>>();

  constructor({ bus, delivery, self, answer }: CascadeLinkOptions) {
    this.self = self;
    this.#bus = bus;
    this.#delivery = delivery;
    delivery.on(FEED_EVENTS, (from, body) => {
      const message = cascadeMessageSchema.safeParse(body);
      const end = message.success ? this.#upstreams.get(message.data.feedId) : undefined;
      const event = feedEventSchema.safeParse(message.data?.event);
      if (end?.peer === from && event.success) end.receive(event.data);
    });
    delivery.on(DEMAND_EVENTS, (from, body) => {
      const message = cascadeMessageSchema.safeParse(body);
      const end = message.success ? this.#branches.get(message.data.feedId) : undefined;
      const event = demandEventSchema.safeParse(message.data?.event);
      if (end?.peer === from && event.success) end.receive(event.data);
    });
    delivery.onLostTrack((process) => this.lostTrack(process));
    this.#serving = bus.serve(cascadeSubject(self), (payload) => {
      const request = cascadeRequestSchema.safeParse(payload);
      if (!request.success) throw new MeshliftError('BAD_REQUEST');
      return answer(request.data);
    });
  }

  close(): void {
    this.#serving.close();
  }

  /** Asks the origin who feeds this node. */
  async join(
    origin: string,
    { relayId, region, avoid }: { relayId: string; region: string; avoid: ReadonlySet<string> },
  ): Promise<string> {
    const request = { name: 'join' as const, relayId, edge: this.self, region, avoid: [...avoid] };
    return joinReplySchema.parse(await this.#ask(origin, request)).parent;
  }

  /** Tells the origin that this node needs nothing any more. An origin that cannot be reached finds out by itself. */
  leave(origin: string, relayId: string): void {
    this.#ask(origin, { name: 'leave', relayId, edge: this.self }).catch(() => undefined);
  }

  /** Asks a node to feed this one. @returns its end of the pipe */
  async open(
    parent: string,
    feed: { relayId: string; feedId: string; endpoint: PipeEndpoint },
  ): Promise<PipeEndpoint> {
    const request = { name: 'open' as const, ...feed, edge: this.self };
    return openReplySchema.parse(await this.#ask(parent, request)).endpoint;
  }

  /** Whether a node feeds this one, as far as it knows. @throws MeshliftError when it does not answer */
  async isFedBy(parent: string, feedId: string): Promise<boolean> {
    return (await this.#ask(parent, { name: 'feeds', feedId })) === true;
  }

  /** Whether nobody answers in a process any more. */
  async isGone(process: string): Promise<boolean> {
    const asked = this.#ask(process, { name: 'feeds', feedId: 'none' });
    return asked.then(
      () => false,
      (error) => MeshliftError.from(error).code === 'NODE_UNREACHABLE',
    );
  }

  /** What reports of a feed that comes from `peer` go to. */
  followUpstream(feedId: string, end: FeedEnd<FeedEvent>): void {
    this.#upstreams.set(feedId, end);
  }

  /** What demands of a feed that goes to `peer` go to. */
  followBranch(feedId: string, end: FeedEnd<DemandEvent>): void {
    this.#branches.set(feedId, end);
  }

  forget(feedId: string): void {
    this.#upstreams.delete(feedId);
    this.#branches.delete(feedId);
  }

  hasBranch(feedId: string): boolean {
    return this.#branches.has(feedId);
  }

  sendToBranch(peer: string, feedId: string, event: FeedEvent): void {
    this.#delivery.send(peer, FEED_EVENTS, { feedId, event });
  }

  sendUpstream(peer: string, feedId: string, event: DemandEvent): void {
    this.#delivery.send(peer, DEMAND_EVENTS, { feedId, event });
  }

  /** A process has ended, or messages to or from it were lost: what it feeds, or is fed, begins anew. */
  lostTrack(process: string): void {
    for (const end of [...this.#upstreams.values(), ...this.#branches.values()]) {
      if (end.peer === process) end.lostTrack();
    }
  }

  #ask(process: string, request: CascadeRequest): Promise<unknown> {
    return this.#bus.request(cascadeSubject(process), request, { timeoutMs: REQUEST_TIMEOUT_MS });
  }
}
