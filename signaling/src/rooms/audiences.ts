import { type Audience, MeshliftError, type RequestReply } from '@meshlift/protocol';
import type { Client, Session } from '../sessions/session.ts';
import type { Stream } from '../streams/stream.ts';
import type { Streams } from '../streams/streams.ts';
import { ParticipantAudience } from './participant-audience.ts';
import type { RoomMedia } from './room-media.ts';

/** What the participants of a room offer to be watched from outside. Each offers one stream at most. */
export class Audiences {
  readonly #streams: Streams;
  readonly #media: RoomMedia;
  readonly #byParticipant = new Map<string, ParticipantAudience>();

  constructor(streams: Streams, media: RoomMedia) {
    this.#streams = streams;
    this.#media = media;
  }

  /**
   * Offers what a participant sends under a stream ID: under the one it names, if that is the key's, else under a
   * new one, in place of what the participant offered before.
   *
   * @throws MeshliftError `STREAM_NOT_YOURS` for a wrong key, `WRONG_STATE` for a stream that no room sends,
   *   `SERVER_FULL`; `STREAM_LIVE` when another door owns it
   */
  async publish(
    participantId: string,
    session: Session,
    client: Client,
    known: { streamId?: string | undefined; publishKey?: string | undefined; allowed?: boolean | undefined },
  ): Promise<RequestReply<'room:publish'>> {
    const { streamId, publishKey } = known;
    const again = streamId !== undefined && publishKey !== undefined ? { streamId, publishKey } : undefined;
    const before = this.#byParticipant.get(participantId);
    const stream = again && this.#streams.findOwn(again.streamId, again.publishKey);
    if (again && before && before.stream === stream) {
      return { publishKey: again.publishKey, audience: before.stateFor(client) };
    }
    if (stream && !stream.source.offered) {
      throw new MeshliftError('WRONG_STATE', 'This stream is not sent from a room.');
    }
    // Of its own old stream a participant is told nothing any more: it asked for another one.
    this.#byParticipant.delete(participantId);
    void before?.stream.end();
    // Viewers are bound to the source they watch. They join again, and find the new one.
    void stream?.end('MEDIA_FAILED');
    const free = again !== undefined && this.#streams.isFreeFor(again.streamId, again.publishKey);
    const { audience, key, made } = this.#offer(participantId, session, free ? again : undefined);
    if (known.allowed === false || stream?.allowed === false) void audience.setAllowed(false);
    await made;
    return { publishKey: key, audience: audience.stateFor(client) };
  }

  /** @throws MeshliftError `WRONG_STATE` when the participant offers nothing */
  async setAllowed(participantId: string, allowed: boolean): Promise<void> {
    const audience = this.#byParticipant.get(participantId);
    if (!audience) throw new MeshliftError('WRONG_STATE', 'This participant offers no stream.');
    await audience.setAllowed(allowed);
  }

  /** The audience of what a participant offers, as it is told over this client. */
  stateFor(participantId: string, client: Client | undefined): Audience | undefined {
    return client && this.#byParticipant.get(participantId)?.stateFor(client);
  }

  /** A participant has left: what it offered is over. */
  left(participantId: string): void {
    void this.#byParticipant.get(participantId)?.stream.end();
  }

  /** Some way into the relay has been closed. */
  releaseUnused(): void {
    for (const audience of this.#byParticipant.values()) audience.releaseUnused();
  }

  /** The relay was lost and is there again: those who are watched send anew. */
  relayReopened(): void {
    for (const audience of this.#byParticipant.values()) if (audience.wanted) audience.tell();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byParticipant.values()].map(({ stream }) => stream.end()));
  }

  #offer(
    participantId: string,
    session: Session,
    again: { streamId: string; publishKey: string } | undefined,
  ): { audience: ParticipantAudience; key: string; made: Promise<void> } {
    const make = (stream: Stream): ParticipantAudience =>
      new ParticipantAudience(stream, {
        participantId,
        session,
        media: this.#media,
        closed: () => this.#ended(participantId, stream),
      });
    const { stream, publishKey, made } = this.#streams.offer(make, again);
    const audience = stream.source as ParticipantAudience;
    this.#byParticipant.set(participantId, audience);
    return { audience, key: publishKey, made };
  }

  #ended(participantId: string, stream: Stream): void {
    const audience = this.#byParticipant.get(participantId);
    if (audience?.stream !== stream) return;
    this.#byParticipant.delete(participantId);
    audience.tell();
  }
}
