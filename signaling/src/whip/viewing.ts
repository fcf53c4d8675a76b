import type { ConsumerOptions, EventPayload } from '@meshlift/protocol';
import type { HttpClient } from './http-client.ts';

/** What a viewer by WHEP can be told of (draft-ietf-wish-whep, server-sent events). */
export const viewerEvents = ['active', 'inactive', 'layers', 'viewercount'] as const;
export type ViewerEvent = (typeof viewerEvents)[number];

export interface Told {
  event: ViewerEvent;
  data: unknown;
}

/** How things stood when a viewer came. */
export interface Standing {
  consumers: ConsumerOptions[];
  state: 'live' | 'waiting';
  viewers: number;
}

/** What one viewer sees, followed from what its client is told. */
export class Viewing {
  #state: Standing['state'];
  #viewers: number;
  readonly #consumers = new Map<string, ConsumerOptions>();
  readonly #tell: (told: Told) => void;

  /** @param tell is called with each change */
  constructor(client: HttpClient, { consumers, state, viewers }: Standing, tell: (told: Told) => void) {
    this.#state = state;
    this.#viewers = viewers;
    for (const consumer of consumers) this.#consumers.set(consumer.id, consumer);
    this.#tell = tell;
    client.on('event', ({ name, payload }) => {
      if (name === 'stream:state') this.#follow(payload as EventPayload<'stream:state'>);
      if (name === 'stream:viewers') this.#count(payload as EventPayload<'stream:viewers'>);
      if (name === 'consumer:opened') this.#opened(payload as EventPayload<'consumer:opened'>);
      if (name === 'consumer:closed') this.#closed(payload as EventPayload<'consumer:closed'>);
    });
  }

  get consumers(): ConsumerOptions[] {
    return [...this.#consumers.values()];
  }

  /** How things stand, for one who begins to listen. */
  standing(): Told[] {
    return [this.#activity(), this.#layers(), { event: 'viewercount', data: { viewercount: this.#viewers } }];
  }

  #follow({ state }: EventPayload<'stream:state'>): void {
    this.#state = state;
    this.#tell(this.#activity());
  }

  #count({ viewers }: EventPayload<'stream:viewers'>): void {
    this.#viewers = viewers;
    this.#tell({ event: 'viewercount', data: { viewercount: viewers } });
  }

  #opened({ consumer }: EventPayload<'consumer:opened'>): void {
    this.#consumers.set(consumer.id, consumer);
    this.#tell(this.#layers());
  }

  #closed({ consumerId }: EventPayload<'consumer:closed'>): void {
    if (this.#consumers.delete(consumerId)) this.#tell(this.#layers());
  }

  #activity(): Told {
    return { event: this.#state === 'live' ? 'active' : 'inactive', data: {} };
  }

  /** Pictures by the section they come in; layers are numbered from the smallest picture. */
  #layers(): Told {
    const pictures = this.consumers.filter(({ kind }) => kind === 'video');
    const data = Object.fromEntries(
      pictures.map(({ rtpParameters, spatialLayers, temporalLayers }) => {
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
