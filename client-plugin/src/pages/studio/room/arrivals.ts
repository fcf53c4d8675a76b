import type { Participant, Room } from '../../../index.ts';
import { nameOf, text } from './text.ts';

/** Says who comes into a room and who leaves, once their name is known. Those who were there before say nothing. */
export class Arrivals {
  readonly #said = new Set<Participant>();
  #last = '';

  /** The last of it, in words; empty while nobody has come or gone. */
  get last(): string {
    return this.#last;
  }

  /** @param changed called when there is something new to say */
  follow(room: Room, changed: () => void): void {
    for (const participant of room.participants) this.#said.add(participant);
    room.on('presence', (participant) => {
      if (this.#said.has(participant)) return;
      this.#said.add(participant);
      this.#last = text.came(nameOf(participant));
      changed();
    });
    room.on('left', (participant) => {
      if (!participant.reached) return;
      this.#said.delete(participant);
      this.#last = text.went(nameOf(participant));
      changed();
    });
  }
}
