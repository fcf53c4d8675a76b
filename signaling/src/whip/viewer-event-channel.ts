import type { ConsumerOptions, EventPayload } from '@meshlift/protocol';
import type { HttpClient } from './http-client.ts';

/** What a WHEP viewer can be notified of (draft-ietf-wish-whep, server-sent events). */
export const viewerEvents = ['active', 'inactive', 'layers', 'viewercount'] as const;
export type ViewerEvent = (typeof viewerEvents)[number];

/** One event, which says what the state of something is now. */
export interface SentState {
  event: ViewerEvent;
  data: unknown;
}

/** What a viewer has been answered when it arrived. */
export interface ViewerStatus {
  consumers: ConsumerOptions[];
  state: 'live' | 'waiting';
  viewers: number;
}

/** What one viewer sees, followed from what its client is sent, and sent on as events. */
export class ViewerEventChannel {
  #state: ViewerStatus['state'];
  #viewers: number;
  readonly #consumers = new Map<string, ConsumerOptions>();
  readonly #send: (sent: SentState) => void;

  /** @param send is called with each change */
  constructor(
    client: HttpClient,
    { consumers, state, viewers }: ViewerStatus,
    send: (state: SentState) => void,
  ) {
    this.#state = state;
    this.#viewers = viewers;
    for (const consumer of consumers) this.#consumers.set(consumer.id, consumer);
    this.#send = send;
    client.on('event', ({ name, payload }) => {
      if (name === 'stream:state') this.#follow(payload as EventPayload<'stream:state'>);
      if (name === 'stream:viewers') this.#count(payload as EventPayload<'stream:viewers'>);
      if (name === 'consumer:opened') this.#opened(payload as EventPayload<'consumer:opened'>);
      if (name === 'consumer:closed') this.#closed(payload as EventPayload<'consumer:closed'>);
    });
  }

  /** The current state, for one who begins to listen. */
  current(): SentState[] {
    return [this.#activity(), this.#layers(), { event: 'viewercount', data: { viewercount: this.#viewers } }];
  }

  #follow({ state }: EventPayload<'stream:state'>): void {
    this.#state = state;
    this.#send(this.#activity());
  }

  #count({ viewers }: EventPayload<'stream:viewers'>): void {
    this.#viewers = viewers;
    this.#send({ event: 'viewercount', data: { viewercount: viewers } });
  }

  #opened({ consumer }: EventPayload<'consumer:opened'>): void {
    this.#consumers.set(consumer.id, consumer);
    this.#send(this.#layers());
  }

  #closed({ consumerId }: EventPayload<'consumer:closed'>): void {
    if (this.#consumers.delete(consumerId)) this.#send(this.#layers());
  }

  #activity(): SentState {
    return { event: this.#state === 'live' ? 'active' : 'inactive', data: {} };
  }

  /** Videos by their media section; layers are numbered from the smallest. */
  #layers(): SentState {
    const videos = [...this.#consumers.values()].filter(({ kind }) => kind === 'video');
    const data = Object.fromEntries(
      videos.map(({ rtpParameters, spatialLayers, temporalLayers }) => {
        const all = Array.from({ length: spatialLayers }, (_, spatialLayer) => spatialLayer);
        return [
          rtpParameters.mid ?? '',
          {
            active: all.map((spatialLayer) => ({ id: `${spatialLayer}` })),
            inactive: [],
            layers: all.flatMap((spatialLayer) =>
              Array.from({ length: temporalLayers }, (_, temporalLayerId) => ({
                encodingId: `${spatialLayer}`,
                temporalLayerId,
              })),
            ),
          },
        ];
      }),
    );
    return { event: 'layers', data };
  }
}
