import type { RoomMode, SwitchFailure, SwitchGap, SwitchPhase } from '@meshlift/protocol';

/** How long participants may take for each phase before the switch counts as stuck. */
const PHASE_WITHIN_MS = 10_000;

/** How long a host may take to decide about those who are stuck; without a word the room goes back. */
const DECIDE_WITHIN_MS = 15_000;

/** What a participant reports. */
export type SwitchStep =
  | { name: 'ready' }
  | { name: 'over'; gaps: SwitchGap[] }
  | { name: 'failed'; reason: string };

export interface SwitchListener {
  /** A phase has begun; `commit` and `abort` are the last. */
  phase(phase: SwitchPhase, failures: SwitchFailure[]): void;
  /** Somebody has not reported in time. */
  stuck(waitingFor: string[]): void;
}

/**
 * One switch of a room between mesh and relay, as a transaction. Everybody in it must report for each phase;
 * one failure puts the room back. Who leaves meanwhile is not waited for, nor is, when a phase's time is up, who
 * has no connection any more; who comes meanwhile is not part of it, and lands in whatever it comes to.
 */
export class ModeSwitch {
  readonly to: RoomMode;
  /** The room's epoch once this is committed. */
  readonly epoch: number;
  readonly #listener: SwitchListener;
  readonly #isConnected: (participantId: string) => boolean;
  readonly #participants: Set<string>;
  readonly #reported = new Set<string>();
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

  /** A report; one that does not belong to the present phase changes nothing. */
  report(participantId: string, step: SwitchStep): void {
    if (!this.#participants.has(participantId) || this.#isOver) return;
    if (step.name === 'failed') {
      this.#enter('abort', [{ participantId, reason: step.reason }]);
      return;
    }
    if (step.name !== (this.#phase === 'preflight' ? 'ready' : 'over')) return;
    if (step.name === 'over' && !this.#reported.has(participantId)) this.#gaps.push(...step.gaps);
    this.#reported.add(participantId);
    this.#advance();
  }

  /** Somebody left: nothing more is expected of them. */
  left(participantId: string): void {
    this.#participants.delete(participantId);
    if (!this.#isOver) this.#advance();
  }

  /** The host's word about those who are stuck. */
  decide(leaveOut: boolean): void {
    if (this.#isOver) return;
    const waitingFor = this.#waitingFor;
    if (!leaveOut) {
      this.#enter('abort', waitingFor.map(tooLate));
      return;
    }
    for (const participantId of waitingFor) this.#participants.delete(participantId);
    this.#advance();
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
    return [...this.#participants].filter((id) => !this.#reported.has(id));
  }

  #advance(): void {
    if (this.#waitingFor.length > 0) return;
    this.#enter(this.#phase === 'preflight' ? 'move' : 'commit');
  }

  #enter(phase: SwitchPhase, failures: SwitchFailure[] = []): void {
    clearTimeout(this.#deadline);
    this.#phase = phase;
    this.#reported.clear();
    if (!this.#isOver) this.#deadline = timer(PHASE_WITHIN_MS, () => this.#stuck());
    this.#listener.phase(phase, failures);
  }

  #stuck(): void {
    // Nobody need be asked about those who are gone without a word; they may come back to whatever there is then.
    for (const participantId of this.#waitingFor)
      if (!this.#isConnected(participantId)) this.#participants.delete(participantId);
    if (this.#waitingFor.length === 0) {
      this.#advance();
      return;
    }
    this.#listener.stuck(this.#waitingFor);
    this.#deadline = timer(DECIDE_WITHIN_MS, () => this.decide(false));
  }
}

const tooLate = (participantId: string): SwitchFailure => ({ participantId, reason: 'took too long' });

function timer(ms: number, act: () => void): NodeJS.Timeout {
  return setTimeout(act, ms).unref();
}
