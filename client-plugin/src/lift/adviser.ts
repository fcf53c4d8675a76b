import type { Advice, RoomMode } from '@meshlift/protocol';
import { AutoRule, uplinkToFindOut } from './auto-rule.ts';
import { EffortMeter } from './effort-meter.ts';

const MEASURE_EVERY_MS = 1_000;
/** A burst of some hundredths of a second each time is nothing that anybody notices. */
const PROBE_EVERY_MS = 5_000;

/** What the adviser sees of the room. */
export interface AdvisedRoom {
  readonly mode: RoomMode;
  readonly receivers: number;
  /** Another one whenever the server has forgotten what it was told: after a switch, or a new beginning. */
  readonly stay: string;
  /** Statistics of everything this page sends by the path in use. */
  stats(): Promise<RTCStatsReport[]>;
  /** Has the browser find out whether the uplink carries so many bits a second. */
  probe(bps: number): void;
  advise(advice: Advice): void;
}

/** Measures what this page spends on sending, while its room is on auto, and advises the server. */
export class Adviser {
  readonly #room: AdvisedRoom;
  readonly #rule = new AutoRule();
  readonly #meter = new EffortMeter();
  #stay = '';
  #probedAt = 0;
  #told: Advice = 'stay';
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(room: AdvisedRoom) {
    this.#room = room;
  }

  /** Repeating it changes nothing. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#measure(), MEASURE_EVERY_MS);
  }

  /** Repeating it changes nothing. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stay = '';
  }

  #begin(stay: string): void {
    this.#stay = stay;
    this.#rule.reset();
    this.#meter.reset();
    this.#told = 'stay';
  }

  async #measure(): Promise<void> {
    const { mode, receivers, stay } = this.#room;
    if (stay !== this.#stay) this.#begin(stay);
    const reports = await this.#room.stats();
    if (this.#timer === undefined || stay !== this.#room.stay) return;
    const now = performance.now();
    const effort = this.#meter.read(reports, mode, receivers, now);
    const unknown = effort && uplinkToFindOut(effort);
    if (unknown !== undefined && now - this.#probedAt > PROBE_EVERY_MS) {
      this.#probedAt = now;
      this.#room.probe(unknown);
    }
    const advice = effort && this.#rule.take(effort, now);
    if (!advice || advice === this.#told) return;
    this.#told = advice;
    this.#room.advise(advice);
  }
}
