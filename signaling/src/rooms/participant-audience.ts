import type { Audience } from '@meshlift/protocol';
import type { Client, Session } from '../sessions/session.ts';
import type { Stream } from '../streams/stream.ts';
import { streamLinks } from '../streams/stream-links.ts';
import type { StreamSource } from '../streams/stream-source.ts';
import type { RoomMedia } from './room-media.ts';

/** A participant goes on sending this long after its last viewer, so that a reload does not stop and start it. */
const LET_GO_AFTER_MS = 2_000;

/** How long a participant whom nobody watches any more may take to close its way into the relay. */
const CLOSE_AFTER_MS = 5_000;

/**
 * The audience outside the room of what one participant sends. Its media lies in the room's relay, which is
 * held open for the participant while somebody watches, whatever the room's mode is: there is one upload.
 */
export class ParticipantAudience implements StreamSource {
  /** The participant's id: its source in the relay has the same name. */
  readonly sourceId: string;
  readonly relayId: string;
  readonly offered = true;
  readonly #session: Session;
  readonly #stream: Stream;
  readonly #media: RoomMedia;
  readonly #closed: () => void;
  #wanted = false;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param options.closed the stream has ended, by whomever */
  constructor(
    stream: Stream,
    options: { participantId: string; session: Session; media: RoomMedia; closed(): void },
  ) {
    this.sourceId = options.participantId;
    this.relayId = options.media.relayId;
    this.#session = options.session;
    this.#stream = stream;
    this.#media = options.media;
    this.#closed = () => options.closed();
  }

  get stream(): Stream {
    return this.#stream;
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  get sender() {
    return { sessionId: this.#session.id, by: 'room' as const };
  }

  /** As its participant is told of it, over this client. */
  stateFor({ baseUrl }: Client): Audience {
    const { id, viewerCount: viewers, allowed } = this.#stream;
    return {
      links: streamLinks(baseUrl, id),
      allowed: allowed && !this.#isClosed,
      wanted: this.#wanted,
      viewers,
    };
  }

  tell(): void {
    const { client } = this.#session;
    if (client) this.#session.send('room:audience', { audience: this.stateFor(client) });
  }

  /** Refused viewers are dropped, and the participant need not send for them a moment longer. */
  async setAllowed(allowed: boolean): Promise<void> {
    if (allowed === this.#stream.allowed) return;
    const done = this.#stream.setAllowed(allowed);
    if (allowed) this.tell();
    else this.#letGo();
    await done;
  }

  /** Gives the relay up once nobody watches and nothing is sent. */
  releaseUnused(): void {
    if (this.#wanted || this.#media.isSending(this.sourceId)) return;
    clearTimeout(this.#timer);
    this.#media.release(this.sourceId);
  }

  open(): Promise<void> {
    return this.#media.hold(this.sourceId);
  }

  wantedBy(viewers: number): void {
    if (this.#isClosed) return;
    if (viewers > 0) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      if (this.#wanted) return;
      this.#wanted = true;
      this.tell();
    } else if (this.#wanted) {
      this.#timer ??= setTimeout(() => this.#letGo(), LET_GO_AFTER_MS).unref();
    }
  }

  viewersChanged(): void {
    if (!this.#isClosed) this.tell();
  }

  renamed(): void {
    this.tell();
  }

  /** The room opens it anew, and this participant is told again. */
  relayLost(): void {}

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    this.#wanted = false;
    this.#media.release(this.sourceId);
    this.#closed();
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#wanted = false;
    this.tell();
    this.#timer = setTimeout(() => this.#media.release(this.sourceId), CLOSE_AFTER_MS).unref();
    this.releaseUnused();
  }
}
