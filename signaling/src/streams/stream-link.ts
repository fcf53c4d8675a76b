import type { Subscription } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';
import {
  type Demand,
  FOLLOWED_EVENTS,
  FOLLOWER_MESSAGES,
  type FollowedEvent,
  type FollowedState,
  type FollowRequest,
  followedEventSchema,
  followedStateSchema,
  followerMessageSchema,
  followRequestSchema,
  streamsSubject,
} from '@meshlift/protocol/cluster';
import type { Cluster } from '../cluster/cluster.ts';

/** Another door answers within milliseconds; a viewer is to hear within two seconds. */
const REQUEST_TIMEOUT_MS = 1_500;

/** What other doors want of the streams that this one owns, and report of those that it follows. */
export interface StreamLinkEvents {
  /** @throws MeshliftError `STREAM_NOT_FOUND` */
  follow(request: FollowRequest): Promise<FollowedState>;
  demand(door: string, stream: string, demand: Demand): void;
  event(door: string, stream: string, event: FollowedEvent): void;
  /** Messages from or to a door have been lost. */
  lostTrack(door: string): void;
}

/** How doors talk about streams. */
export class StreamLink {
  readonly #cluster: Cluster;
  readonly #serving: Subscription;
  readonly #gone = new Set<string>();
  #turn = 0;

  constructor(cluster: Cluster, events: StreamLinkEvents) {
    const { self, bus, delivery, directory } = cluster;
    this.#cluster = cluster;
    const answer = async (payload: unknown) => {
      const request = followRequestSchema.safeParse(payload);
      if (!request.success)
        throw new MeshliftError('BAD_REQUEST', 'A process of another version has called.');
      return await events.follow(request.data);
    };
    this.#serving = bus.serve(streamsSubject(self), directory.guard(answer));
    delivery.on(FOLLOWER_MESSAGES, (door, body) => {
      const message = followerMessageSchema.safeParse(body);
      if (message.success) events.demand(door, message.data.stream, message.data.demand);
    });
    delivery.on(FOLLOWED_EVENTS, (door, body) => {
      const message = followedEventSchema.safeParse(body);
      if (message.success) events.event(door, message.data.stream, message.data.event);
    });
    delivery.onLostTrack((door) => events.lostTrack(door));
  }

  /**
   * Follows a stream, or says anew what is wanted of it.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`; `NODE_UNREACHABLE`, `REQUEST_TIMEOUT` or `DIRECTORY_UNAVAILABLE`
   */
  async follow(door: string, request: Omit<FollowRequest, 'from'>): Promise<FollowedState> {
    const { self, bus } = this.#cluster;
    const payload: FollowRequest = { ...request, from: self };
    const reply = await bus.request(streamsSubject(door), payload, { timeoutMs: REQUEST_TIMEOUT_MS });
    return followedStateSchema.parse(reply);
  }

  /** What viewers here amount to, numbered. */
  demand(viewers: { size: number; wanting: number }, { ends = false } = {}): Demand {
    this.#turn += 1;
    return { turn: this.#turn, watching: viewers.size, wanted: viewers.wanting > 0, ends };
  }

  sendDemand(door: string, stream: string, demand: Demand): void {
    if (!this.#isGone(door)) this.#cluster.delivery.send(door, FOLLOWER_MESSAGES, { stream, demand });
  }

  sendEvent(door: string, stream: string, event: FollowedEvent): void {
    if (!this.#isGone(door)) this.#cluster.delivery.send(door, FOLLOWED_EVENTS, { stream, event });
  }

  /** A door has ended: what is sent to it would wait for ever. */
  forget(door: string): void {
    this.#gone.add(door);
  }

  close(): void {
    this.#serving.close();
  }

  /** One that was only cut off comes back under the same name. */
  #isGone(door: string): boolean {
    if (!this.#gone.has(door)) return false;
    if (this.#cluster.directory.nodes.some(({ id }) => id === door)) this.#gone.delete(door);
    return this.#gone.has(door);
  }
}
