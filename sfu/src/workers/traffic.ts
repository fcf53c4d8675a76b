import type { MediaKind, Subscription } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import { ASSUMED_RATES, PacketMeter } from './packet-meter.ts';
import type { Burst } from './predicted-delay.ts';
import { subscribes } from './subscription.ts';

/** The packets of a picture come together; how many pictures come a second is assumed. */
const PICTURES_PER_SECOND = 30;

/** Viewers that have subscribed alike. */
export interface ViewerGroup {
  subscription: Subscription;
  viewers: number;
}

/** What the sources of a relay send, as far as it decides where viewers are best placed. */
export class Traffic {
  readonly #meters = new Map<types.Producer, { sourceId: string; meter: PacketMeter }>();
  #version = 0;

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Until the producer closes. */
  add(sourceId: string, producer: types.Producer): void {
    if (producer.closed) return;
    const meter = new PacketMeter(producer, () => this.#change());
    this.#meters.set(producer, { sourceId, meter });
    producer.observer.once('close', () => {
      this.#meters.delete(producer);
      this.#change();
    });
    this.#change();
  }

  /** To be called when somebody wants to know: what has not been measured for some seconds is measured again. */
  sample(): void {
    for (const { meter } of this.#meters.values()) meter.sample();
  }

  /** The bursts that viewers are sent. Whose sources are away is counted as if one were there, which may come back. */
  burstsFor(groups: readonly ViewerGroup[]): Burst[] {
    const sources = [...this.#meters.values()];
    const viewersOf = (fits: (subscription: Subscription) => boolean) =>
      groups.reduce((sum, { subscription, viewers }) => sum + (fits(subscription) ? viewers : 0), 0);
    const waiting = viewersOf((subscription) =>
      sources.every(({ sourceId }) => !subscribes(subscription, sourceId)),
    );
    const bursts = sources.map(({ sourceId, meter }) => ({
      ...burstOf(meter.kind, meter.packetsPerSecond),
      viewers: viewersOf((subscription) => subscribes(subscription, sourceId)),
    }));
    return [...bursts, { ...burstOf('video', ASSUMED_RATES.video), viewers: waiting }].filter(
      ({ viewers }) => viewers > 0,
    );
  }

  #change(): void {
    this.#version += 1;
  }
}

/** Sound comes packet by packet. */
function burstOf(kind: MediaKind, packetsPerSecond: number): Omit<Burst, 'viewers'> {
  const perSecond = kind === 'audio' ? packetsPerSecond : Math.min(PICTURES_PER_SECOND, packetsPerSecond);
  return { perSecond, packets: packetsPerSecond / perSecond };
}
