import type { RoomMode, SwitchFailure, SwitchGap, SwitchPhase } from '@meshlift/protocol';

/** How long participants may take for each phase before the switch counts as stuck. */
const PHASE_WITHIN_MS = 10_000;

/** How long a host may take to decide about those who do not follow; without a decision the room goes back. */
const DECIDE_WITHIN_MS = 15_000;

/** What a participant reports. */
export type SwitchStep =
  | { name: 'ready'; singleEncode?: boolean | undefined }
  | { name: 'over'; gaps: SwitchGap[] }
  | { name: 'failed'; reason: string };

export interface SwitchListener {
  /** A phase has begun; `commit` and `abort` are the last. The failures are those who are left out, or were the reason. */
  phase(phase: SwitchPhase, failures: SwitchFailure[]): void;
  /** Somebody has not reported in time, or cannot follow. @returns whether there is a host to decide about it */
  stuck(question: SwitchQuestion): boolean;
}

/** What a host is asked. */
export interface SwitchQuestion {
  /** They have not reported yet, and still may. */
  waitingFor: string[];
  /** They have said that they cannot follow. */
  failures: SwitchFailure[];
  decideWithinMs: number;
}

/**
 * One switch of a room between mesh and relay, as a transaction. Everybody in it must report for each phase.
 * When only those are left who cannot follow or are late, a host decides whether the others go on without them;
 * without a host, or a decision, the room goes back. Who leaves meanwhile is not waited for, nor is, when a
 * phase's time is up, who has no connection any more; who comes meanwhile is not part of it, and lands in
 * whatever it comes to.
 */
export class ModeSwitch {
  readonly to: RoomMode;
  /** The room's epoch once this is committed. */
  readonly epoch: number;
  readonly #listener: SwitchListener;
  readonly #isConnected: (participantId: string) => boolean;
  readonly #participants: Set<string>;
  readonly #reported = new Set<string>();
  readonly #failures = new Map<string, SwitchFailure>();
  readonly #singleEncoders = new Set<string>();
  /** Whether a host has been asked, and may decide. */
  #asked = false;
  readonly #gaps: SwitchGap[] = [];
  #phase: SwitchPhase = 'preflight';
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: {
    to: RoomMode;
    epoch: number;
    participants: Iterable<string>;
    /** Whether a participant can be reached at this moment. */
    isConnected: (participantId: string) => boolean;
    listener: SwitchListener;
  }) {
    this.to = options.to;
    this.epoch = options.epoch;
    this.#participants = new Set(options.participants);
    this.#isConnected = options.isConnected;
    this.#listener = options.listener;
  }

  get phase(): SwitchPhase {
    return this.#phase;
  }

  /** What viewers saw of it, as far as they have reported. */
  get gaps(): readonly SwitchGap[] {
    return this.#gaps;
  }

  begin(): void {
    this.#enter('preflight');
  }

  /** Participants who send by one path at a time. */
  get singleEncoders(): string[] {
    return [...this.#singleEncoders];
  }

  /** A report; one that does not belong to the present phase changes nothing. */
  report(participantId: string, step: SwitchStep): void {
    if (!this.#participants.has(participantId) || this.#isOver) return;
    if (step.name === 'failed') {
      this.#failures.set(participantId, { participantId, reason: step.reason });
      this.#advance();
      return;
    }
    if (step.name !== (this.#phase === 'preflight' ? 'ready' : 'over')) return;
    if (step.name === 'ready' && step.singleEncode) this.#singleEncoders.add(participantId);
    if (step.name === 'over' && !this.#reported.has(participantId)) this.#gaps.push(...step.gaps);
    this.#failures.delete(participantId);
    this.#reported.add(participantId);
    this.#advance();
  }

  /** Somebody left: nothing more is expected of them. */
  left(participantId: string): void {
    this.#forget(participantId);
    if (!this.#isOver) this.#advance();
  }

  /** The host's decision about those it was asked about; before that, and after, it changes nothing. */
  decide(leaveOut: boolean): void {
    if (this.#isOver || !this.#asked) return;
    const behind = [...this.#failures.values(), ...this.#waitingFor.map(tooLate)];
    if (leaveOut) for (const { participantId } of behind) this.#forget(participantId);
    if (leaveOut && this.#participants.size > 0) this.#enter(this.#next, behind);
    else this.#enter('abort', behind);
  }

  /** Puts the room back for a reason that lies with nobody in it. */
  abort(): void {
    if (!this.#isOver) this.#enter('abort', []);
  }

  close(): void {
    clearTimeout(this.#deadline);
  }

  get #isOver(): boolean {
    return this.#phase === 'commit' || this.#phase === 'abort';
  }

  get #waitingFor(): string[] {
    return [...this.#participants].filter((id) => !this.#reported.has(id) && !this.#failures.has(id));
  }

  get #next(): SwitchPhase {
    return this.#phase === 'preflight' ? 'move' : 'commit';
  }

  #forget(participantId: string): void {
    this.#participants.delete(participantId);
    this.#failures.delete(participantId);
    this.#singleEncoders.delete(participantId);
  }

  #advance(): void {
    if (this.#waitingFor.length > 0) return;
    if (this.#failures.size > 0) this.#ask();
    else this.#enter(this.#next);
  }

  #enter(phase: SwitchPhase, failures: SwitchFailure[] = []): void {
    clearTimeout(this.#deadline);
    this.#phase = phase;
    this.#asked = false;
    this.#reported.clear();
    this.#failures.clear();
    if (!this.#isOver) this.#deadline = timer(PHASE_WITHIN_MS, () => this.#late());
    this.#listener.phase(phase, failures);
  }

  #late(): void {
    // Nobody need be asked about those who are gone without a word; they may come back to whatever there is then.
    for (const participantId of [...this.#waitingFor, ...this.#failures.keys()])
      if (!this.#isConnected(participantId)) this.#forget(participantId);
    if (this.#waitingFor.length > 0) this.#ask();
    else this.#advance();
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    clearTimeout(this.#deadline);
    this.#deadline = timer(DECIDE_WITHIN_MS, () => this.decide(false));
    const isThereAHost = this.#listener.stuck({
      waitingFor: this.#waitingFor,
      failures: [...this.#failures.values()],
      decideWithinMs: DECIDE_WITHIN_MS,
    });
    // Those who are late may still come. Nothing else can be hoped for.
    if (!isThereAHost && this.#waitingFor.length === 0) this.decide(false);
  }
}

const tooLate = (participantId: string): SwitchFailure => ({ participantId, reason: 'took too long' });

function timer(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, ms).unref();
}
