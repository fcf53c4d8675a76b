import type { MediaKind, MeshliftError } from '@meshlift/protocol';
import type { VideoExtent } from '../relay/send-path.ts';
import { KeptSession } from './kept-session.ts';
import type { RelaySessionContext } from './relay-session.ts';
import { type OutgoingMedia, SendingSession } from './sending-session.ts';

/** What a participant's media is needed on the relay for. */
export type UplinkNeed = 'room' | 'audience';

/**
 * What this page sends to the relay for, at the moment: for all of a room, as well as for an audience if there
 * is one; for an audience alone, while the room itself is direct; or not at all.
 */
export type UplinkUse = UplinkNeed | 'none';

interface UplinkListener {
  changed: (use: UplinkUse) => void;
  failed: (error: MeshliftError | undefined) => void;
}

/** What this page sends to the relay: once, however many things need it there, and not at all while none does. */
export class Uplink {
  readonly #kept: KeptSession<SendingSession>;
  readonly #needs = new Set<UplinkNeed>();
  #limit: VideoExtent = 'all';

  readonly #changed: (use: UplinkUse) => void;

  /**
   * @param context read anew for each session, since both may change
   * @param listener.changed called whenever `use` has changed
   * @param listener.failed see `KeptSession`
   */
  constructor(context: () => RelaySessionContext, media: OutgoingMedia, { changed, failed }: UplinkListener) {
    this.#changed = changed;
    this.#kept = new KeptSession(() => new SendingSession(context(), media, this.#extent), failed);
  }

  /** The server may see and hear what is sent from the moment this is not `none`. */
  get use(): UplinkUse {
    if (this.#needs.has('room')) return 'room';
    return this.#needs.has('audience') ? 'audience' : 'none';
  }

  /** Resolves when media flows. @throws MeshliftError if it cannot; the need stands, and is not met */
  async need(need: UplinkNeed): Promise<void> {
    this.#change(() => this.#needs.add(need));
    await this.#kept.open();
  }

  /** Meets the need for as long as it stands, and tries for as long as it takes. */
  keep(need: UplinkNeed): void {
    this.#change(() => this.#needs.add(need));
    this.#kept.keep();
  }

  release(need: UplinkNeed): void {
    this.#change(() => this.#needs.delete(need));
    if (this.#needs.size === 0) this.#kept.close();
  }

  /**
   * Keeps the video to so much while a switch has both paths running. An audience outside gets all of it, and
   * what is encoded for it anyway costs nobody anything.
   */
  async limit(extent: VideoExtent): Promise<void> {
    this.#limit = extent;
    await this.#kept.session?.limit(this.#extent).catch(() => undefined);
  }

  /** Whether something is sent for an audience, which a switch must not take away. */
  get hasAudience(): boolean {
    return this.#needs.has('audience');
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

  /** This page is another participant now. */
  renew(): void {
    this.#kept.renew();
  }

  get #extent(): VideoExtent {
    return this.hasAudience ? 'all' : this.#limit;
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#change(() => this.#needs.clear());
    this.#kept.close();
  }

  #change(change: () => void): void {
    const before = { use: this.use, extent: this.#extent };
    change();
    if (this.use !== before.use) this.#changed(this.use);
    if (this.#extent !== before.extent) void this.#kept.session?.limit(this.#extent).catch(() => undefined);
  }
}
