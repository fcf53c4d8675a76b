import { receiverOf } from '../track-receiver.ts';
import type { Participant } from './participant.ts';

const LISTEN_EVERY_MS = 200;

/** Linear, as browsers give it (WebRTC, section 5.5): -36 dBov, above the noise of a quiet room. */
const SPEECH = 0.016;

/** How much of the newest level goes into the smoothed one: a cough is no speech. */
const SMOOTHING = 0.5;

/** Somebody else must be this much louder to take over, so that two who talk at once do not alternate. */
const LOUDER = 1.5;

/** Who has been silent this long speaks no more. */
const SILENT_AFTER_MS = 2_000;

/** Listens who is speaking, by the sound that is received: the server is not asked, on either path. */
export class SpeakerWatch {
  readonly #participants: () => readonly Participant[];
  readonly #changed: (speaker: Participant | undefined) => void;
  readonly #levels = new WeakMap<Participant, number>();
  #speaker: Participant | undefined;
  #heardAt = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    participants: () => readonly Participant[],
    changed: (speaker: Participant | undefined) => void,
  ) {
    this.#participants = participants;
    this.#changed = changed;
    this.#timer = setInterval(() => this.#listen(), LISTEN_EVERY_MS);
  }

  get speaker(): Participant | undefined {
    return this.#speaker;
  }

  /** Repeating it changes nothing. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #listen(): void {
    const now = performance.now();
    const participants = this.#participants();
    let loudest: Participant | undefined;
    for (const participant of participants) {
      const level =
        this.#level(participant) * SMOOTHING + (this.#levels.get(participant) ?? 0) * (1 - SMOOTHING);
      this.#levels.set(participant, level);
      if (level > (loudest ? this.#smoothed(loudest) : SPEECH)) loudest = participant;
    }
    const present = this.#speaker;
    if (present && this.#smoothed(present) > SPEECH) this.#heardAt = now;
    const isGone = present && (!participants.includes(present) || now - this.#heardAt > SILENT_AFTER_MS);
    const takesOver = loudest && (!present || this.#smoothed(loudest) > LOUDER * this.#smoothed(present));
    if (takesOver || isGone) this.#set(takesOver ? loudest : undefined, now);
  }

  #set(speaker: Participant | undefined, now: number): void {
    this.#heardAt = now;
    if (speaker === this.#speaker) return;
    this.#speaker = speaker;
    this.#changed(speaker);
  }

  #smoothed(participant: Participant): number {
    return this.#levels.get(participant) ?? 0;
  }

  /** From 0 to 1, of what was played last. */
  #level({ stream, audioPaused }: Participant): number {
    const track = stream?.track('audio');
    if (!track || audioPaused) return 0;
    const [source] = receiverOf(track)?.getSynchronizationSources() ?? [];
    return source?.audioLevel ?? 0;
  }
}
