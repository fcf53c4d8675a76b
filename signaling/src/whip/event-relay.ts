import { type ListenerMessage, parseListenerMessage, SDP_EVENTS } from '@meshlift/protocol/cluster';
import type { Cluster } from '../cluster/cluster.ts';

/** One event, which says what the state of something is now. */
export interface ViewerState {
  event: string;
  data: unknown;
}

/** Somebody who has opened an event stream. */
export interface EventListener {
  send(state: ViewerState): void;
  end(): void;
}

/** Brings what viewers are notified of from the door of their session to the door that they listen at. */
export class EventRelay {
  readonly #cluster: Cluster;
  /** Those who listen here, and the doors that send to them. */
  readonly #listeners = new Map<string, { door: string; listener: EventListener }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const { delivery } = cluster;
    delivery.on(SDP_EVENTS, (from, body) => {
      const message = parseListenerMessage(body);
      const known = message && this.#listeners.get(message.listener);
      if (known?.door !== from) return;
      if (message?.sent) known.listener.send(message.sent);
      else known.listener.end();
    });
    // They begin anew, with the state of that time.
    delivery.onLostTrack((door) => this.endFrom(door));
  }

  /** Sends a listener here what a door reports for it. @returns ends that */
  receive(name: string, door: string, listener: EventListener): () => void {
    this.#listeners.set(name, { door, listener });
    return () => this.#listeners.delete(name);
  }

  /** A listener at another door. */
  listenerAt(door: string, name: string): EventListener {
    const tell = (sent: ListenerMessage['sent']) =>
      this.#cluster.delivery.send(door, SDP_EVENTS, { listener: name, sent } satisfies ListenerMessage);
    return { send: (state) => tell(state), end: () => tell(null) };
  }

  /** A door has ended, or what it sent was lost. */
  endFrom(door: string): void {
    for (const known of [...this.#listeners.values()]) if (known.door === door) known.listener.end();
  }
}
