import type { MediaKind } from '@meshlift/protocol';
import { KeptSession } from './kept-session.ts';
import type { RelaySessionContext } from './relay-session.ts';
import { type OutgoingMedia, SendingSession } from './sending-session.ts';

/** What a participant's media is needed on the relay for. */
export type UplinkNeed = 'room' | 'audience';

/** What this page sends to the relay: once, however many things need it there, and not at all while none does. */
export class Uplink {
  readonly #kept: KeptSession<SendingSession>;
  readonly #needs = new Set<UplinkNeed>();

  /** @param context read anew for each session, since both may change */
  constructor(context: () => RelaySessionContext, media: OutgoingMedia) {
    this.#kept = new KeptSession(() => new SendingSession(context(), media));
  }

  /** Resolves when media flows. @throws MeshliftError if it cannot; the need stands, and is not met */
  async need(need: UplinkNeed): Promise<void> {
    this.#needs.add(need);
    await this.#kept.open();
  }

  /** Meets the need for as long as it stands, and tries for as long as it takes. */
  keep(need: UplinkNeed): void {
    this.#needs.add(need);
    this.#kept.keep();
  }

  release(need: UplinkNeed): void {
    this.#needs.delete(need);
    if (this.#needs.size === 0) this.#kept.close();
  }

  /** What is sent has changed. */
  async applyMedia(): Promise<void> {
    // A session that cannot be opened is replaced by another one, which sends what there is then.
    await this.#kept.session?.applyMedia().catch(() => undefined);
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.#kept.session?.setPaused(kind, paused).catch(() => undefined);
  }

  stats(): Promise<RTCStatsReport | undefined> | undefined {
    return this.#kept.session?.stats();
  }

  /** Has the browser find out whether the uplink carries so much. */
  async probe(bps: number): Promise<void> {
    await this.#kept.session?.probe(bps).catch(() => undefined);
  }

  /** Signaling is back on another connection. */
  resume(): void {
    this.#kept.resume();
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#needs.clear();
    this.#kept.close();
  }
}
