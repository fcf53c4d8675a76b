import { MeshliftError, type Room, type RoomEvents, type SwitchReport } from '../../../index.ts';
import { describeError, type Words } from '../../shared/error-words.ts';
import { modeText, nameOf, text } from './text.ts';

type Mode = Room['mode'];

/** A picture of the last switch, and for how many milliseconds it stood still. */
interface PictureGap {
  name: string;
  gapMs: number;
  /** Their device had not the time to encode for both paths at once. */
  singleEncode: boolean;
}

/** How the room travels, and how it goes from one way to the other, as this page is to tell it. Emits `change`. */
export class Switching extends EventTarget {
  readonly #room: Room;
  #running: Mode | undefined;
  /** This page's host has agreed to it, and need not be told what it means. */
  #asked = false;
  #relay: string;
  #notice: 'coming' | 'here' | undefined;
  #trouble: Words | undefined;
  #stuck: RoomEvents['switchstuck'] | undefined;
  #report: { mode: Mode; pictures: PictureGap[] } | undefined;

  constructor(room: Room) {
    super();
    this.#room = room;
    this.#relay = room.relayHost;
    if (room.mode === 'sfu') this.#notice = 'here';
    room.on('switching', ({ mode, relay }) => {
      this.#relay = relay;
      this.#begin(mode);
    });
    for (const name of ['auto', 'unconfirmed', 'relayerror'] as const) room.on(name, () => this.#changed());
    room.on('modechange', (report) => this.#over(report));
    room.on('switchfailed', (failures) => this.#failed(failures));
    room.on('switchstuck', (stuck) => {
      this.#stuck = stuck;
      this.#changed();
    });
  }

  /** How this page's own media travels now. */
  get mode(): Mode {
    return this.#room.mode;
  }

  /** Whether the room follows what is measured. */
  get auto(): boolean {
    return this.#room.auto;
  }

  /** Where a switch under way leads. */
  get running(): Mode | undefined {
    return this.#running;
  }

  /** The relay's host name. */
  get relay(): string {
    return this.#relay;
  }

  /** Whether people here are to be told of the relay: that it is coming, or that it is here. */
  get notice(): 'coming' | 'here' | undefined {
    return this.#notice;
  }

  /** Whether the server alone says that the room goes through the relay, so that this page does not. */
  get unconfirmed(): boolean {
    return this.#room.unconfirmed;
  }

  get trouble(): Words | undefined {
    return this.#trouble;
  }

  /** Why this page's media does not get to the relay or from it, for as long as that is so. */
  get relayTrouble(): Words | undefined {
    const { relayError } = this.#room;
    return relayError && describeError(relayError);
  }

  /** What a host has to decide: who does not follow, and why, and for how long the answer is waited for. */
  get stuck(): Words | undefined {
    if (!this.#stuck) return undefined;
    const { waitingFor, failures, decideWithinMs } = this.#stuck;
    const late = waitingFor.map((id) => this.#nameOf(id));
    const unable = failures.map((failure) => this.#describe(failure));
    const who = [...(late.length > 0 ? [modeText.late(late)] : []), ...unable].map(
      (sentence) => `${sentence}.`,
    );
    return {
      title: modeText.stuckTitle,
      body: [...who, modeText.stuckBody(Math.round(decideWithinMs / 1_000))].join(' '),
    };
  }

  get report(): { mode: Mode; pictures: readonly PictureGap[] } | undefined {
    return this.#report;
  }

  /** Asks for a switch; the host has been told what it means. */
  async ask(mode: Mode | 'auto'): Promise<void> {
    this.#trouble = undefined;
    this.#asked = true;
    if (mode !== 'auto' && mode !== this.mode) this.#running = mode;
    this.#changed();
    try {
      await this.#room.setMode(mode);
    } catch (thrown) {
      const error = MeshliftError.from(thrown);
      // Who could not follow is told by an event of its own.
      if (error.code !== 'SWITCH_FAILED') this.#trouble = describeError(error);
    }
    this.#running = undefined;
    this.#asked = this.auto;
    this.#changed();
  }

  /** Goes on without those who are stuck, or puts the room back. */
  async decide(leaveOut: boolean): Promise<void> {
    const stuck = this.#stuck;
    this.#stuck = undefined;
    this.#changed();
    if (!stuck) return;
    try {
      await this.#room.decideSwitch(stuck.epoch, leaveOut);
    } catch (error) {
      this.#trouble = describeError(error);
      this.#changed();
    }
  }

  dismissNotice(): void {
    this.#notice = undefined;
    this.#changed();
  }

  dismissTrouble(): void {
    this.#trouble = undefined;
    this.#changed();
  }

  #begin(mode: Mode): void {
    this.#running = mode;
    this.#trouble = undefined;
    if (mode === 'sfu' && !this.#asked) this.#notice = 'coming';
    this.#changed();
  }

  #over({ mode, streams }: SwitchReport): void {
    const wasTold = this.#notice !== undefined || this.#asked;
    this.#running = undefined;
    this.#stuck = undefined;
    if (mode === 'mesh') this.#notice = undefined;
    else if (this.#notice === 'coming' || !wasTold) this.#notice = 'here';
    const pictures = streams
      .filter(({ kind }) => kind === 'video')
      .map(({ participantId, gapMs, reason }) => ({
        name: this.#nameOf(participantId),
        gapMs: Math.round(gapMs),
        singleEncode: reason === 'single-encode',
      }));
    this.#report = pictures.length > 0 ? { mode, pictures } : undefined;
    this.#changed();
  }

  #failed(failures: RoomEvents['switchfailed']): void {
    this.#running = undefined;
    this.#stuck = undefined;
    if (this.mode === 'mesh') this.#notice = undefined;
    const who = failures.map((failure) => this.#describe(failure));
    const why = who.length > 0 ? `${who.join('. ')}.` : modeText.failedUnknown;
    const wanted = this.mode === 'mesh' ? 'sfu' : 'mesh';
    this.#trouble = { title: modeText.failedTitle[wanted], body: `${why} ${modeText.failedEnd}` };
    this.#changed();
  }

  #describe({ participantId, reason }: RoomEvents['switchfailed'][number]): string {
    return modeText.failedBy(this.#nameOf(participantId), reason.replace(/\.$/, ''));
  }

  #nameOf(participantId: string): string {
    if (participantId === this.#room.participantId) return text.you;
    const other = this.#room.participants.find((other) => other.participantId === participantId);
    return other ? nameOf(other) : text.guest;
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
