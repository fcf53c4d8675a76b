import { type Audience, type ErrorCode, MeshliftError } from '@meshlift/protocol';
import type { Uplink } from '../lift/uplink.ts';
import type { RoomSession } from './room-session.ts';

/** How what this page sends is watched from outside the room. */
export interface OfferedStream {
  streamId: string;
  /** With it the stream is rotated or ended over the server's REST API. */
  publishKey: string;
  watchUrl: string;
}

/** Errors that the return of signaling mends. */
const AWAY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DISCONNECTED',
  'REQUEST_TIMEOUT',
  'SESSION_NOT_FOUND',
]);

/**
 * The audience of what this page sends, outside its room and by stream ID alone. It is served by the relay,
 * whatever the room's mode; the page sends there from the first viewer to the last.
 */
export class RoomAudience {
  readonly #session: RoomSession;
  readonly #uplink: Uplink;
  readonly #changed: (audience: Audience | undefined) => void;
  #publishKey: string | undefined;
  /** As the server last reported it. */
  #reported: Audience | undefined;
  /** The same, as far as this page allows it. */
  #audience: Audience | undefined;
  /** What this page has decided. The server's word alone opens no upload: it could not be told from an attack. */
  #allowed: boolean;
  #cameBack: () => void = () => undefined;

  /**
   * @param options.allowed whether people may watch what is offered until `allow` says otherwise
   * @param options.changed called on every change, including those that this page asked for
   */
  constructor(
    session: RoomSession,
    uplink: Uplink,
    { allowed, changed }: { allowed: boolean; changed(audience: Audience | undefined): void },
  ) {
    this.#session = session;
    this.#uplink = uplink;
    this.#allowed = allowed;
    this.#changed = changed;
  }

  get current(): Audience | undefined {
    return this.#audience;
  }

  /**
   * Lets people watch, under the same stream ID each time. While signaling is away this waits for it.
   *
   * @throws MeshliftError `SERVER_FULL`, `RATE_LIMITED`
   */
  async offer(): Promise<OfferedStream> {
    while (!this.#audience || this.#publishKey === undefined) {
      const back = new Promise<void>((resolve) => {
        this.#cameBack = resolve;
      });
      await this.#announce().catch(async (error: unknown) => {
        if (!AWAY.has(MeshliftError.from(error).code)) throw error;
        await back;
      });
    }
    const { links } = this.#audience ?? {};
    return {
      streamId: links?.streamId ?? '',
      publishKey: this.#publishKey ?? '',
      watchUrl: links?.watchUrl ?? '',
    };
  }

  /**
   * Blocks those who watch or want to, or lets them in again. A block holds at once, and also if the server does not
   * receive it. Before anything is offered, it applies to what will be.
   */
  async allow(allowed: boolean): Promise<void> {
    const before = this.#allowed;
    this.#allowed = allowed;
    if (!this.#reported) return;
    if (!allowed) this.update(this.#reported);
    try {
      await this.#session.setAudience(allowed);
    } catch (error) {
      this.#allowed = before && allowed;
      throw error;
    }
    this.update(this.#reported);
  }

  /** Signaling is back, and the session with it. */
  cameBack(): void {
    this.#agree();
    this.#cameBack();
  }

  /** The page has joined under another participant id: what it offered is offered again. */
  async offerAgain(): Promise<void> {
    if (this.#publishKey !== undefined) await this.#announce();
    this.#cameBack();
  }

  /** The server has reported it, or did when the session was resumed. */
  update(reported: Audience | undefined): void {
    this.#reported = reported;
    const allowed = this.#allowed && reported?.allowed === true;
    const audience = reported && { ...reported, allowed, wanted: allowed && reported.wanted };
    this.#audience = audience;
    if (audience?.wanted) this.#uplink.keep('audience');
    else this.#uplink.release('audience');
    this.#changed(audience);
  }

  /** Repeats a decision that the server has not received, or that was made before it knew of the stream. */
  #agree(): void {
    if (!this.#reported || this.#reported.allowed === this.#allowed) return;
    void this.#session.setAudience(this.#allowed).catch(() => undefined);
  }

  async #announce(): Promise<void> {
    const streamId = this.#audience?.links.streamId;
    const publishKey = this.#publishKey;
    const known = streamId !== undefined && publishKey !== undefined ? { streamId, publishKey } : {};
    const offered = await this.#session.publish({ ...known, allowed: this.#allowed });
    this.#publishKey = offered.publishKey;
    this.update(offered.audience);
    this.#agree();
  }
}
