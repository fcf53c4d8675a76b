import {
  type Advice,
  MeshliftError,
  type RequestPayload,
  type RoomMode,
  type RoomModeChoice,
  type RoomState,
  type SwitchFailure,
  type SwitchPhase,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import type { Session } from '../sessions/session.ts';
import { AutoMode, LARGEST_MESH } from './auto-mode.ts';
import { ModeSwitch, type SwitchQuestion } from './mode-switch.ts';
import { EVERYBODY, type RoomMedia } from './room-media.ts';

/** The people whose media is moved. */
export interface RoomPeople {
  /** The ids of all participants. */
  readonly ids: readonly string[];
  readonly isConnected: (participantId: string) => boolean;
  readonly tellAll: Session['send'];
  /** @returns whether a host is there to hear it */
  readonly tellHosts: (...told: Parameters<Session['send']>) => boolean;
}

export interface RoomModesContext {
  roomId: string;
  people: RoomPeople;
  media: RoomMedia;
  logger: Logger;
  /** The mode, the epoch or who chooses has changed. */
  changed(): void;
  /** Resolves when a door that takes the room over would find it as it is. */
  settled(): Promise<void>;
  /** What viewers saw of a switch, in seconds without picture or sound. */
  observeGap(mode: RoomMode, kind: 'audio' | 'video', seconds: number): void;
}

/** How the media of a room travels, and each switch of it between mesh and relay. */
export class RoomModes {
  readonly #context: RoomModesContext;
  /** What changes the mode runs one after another. */
  readonly #queue = pLimit(1);
  #mode: RoomMode = 'mesh';
  #epoch = 0;
  #switch: ModeSwitch | undefined;
  /** Whether the switch that is under way was begun because of what was measured. */
  #automatic = false;
  readonly #auto = new AutoMode(() => this.#follow());

  constructor(context: RoomModesContext) {
    this.#context = context;
  }

  get mode(): RoomMode {
    return this.#mode;
  }

  /** As participants are told of it. */
  get state(): Pick<RoomState, 'mode' | 'auto' | 'epoch' | 'switching'> {
    const current = this.#switch;
    return {
      mode: this.#mode,
      auto: this.#auto.on,
      epoch: this.#epoch,
      ...(current ? { switching: this.#describe(current) } : {}),
    };
  }

  /** What the room leaves to a door that takes it over. */
  get record(): { mode: RoomMode; choice: RoomModeChoice; epoch: number } {
    return { mode: this.#mode, choice: this.#auto.on ? 'auto' : this.#mode, epoch: this.#epoch };
  }

  /** Goes on as the room did at another door before that ended. A switch that was under way there came to nothing. */
  inherit({ mode, choice, epoch }: { mode: RoomMode; choice: RoomModeChoice; epoch: number }): void {
    const { media } = this.#context;
    this.#mode = mode;
    this.#epoch = epoch;
    this.#auto.turn(choice === 'auto');
    // One that cannot be opened now is tried again.
    if (mode === 'sfu') media.hold(EVERYBODY).catch(() => media.reopen());
  }

  /**
   * The host's word, which goes over everything that was measured: begins a switch, or with `auto` follows what
   * is measured from now on. To the mode the room has already, nothing is switched.
   *
   * @throws MeshliftError `STALE_EPOCH`, `SWITCH_IN_PROGRESS` during a switch that a host began, `SERVER_FULL`
   */
  setMode(choice: RoomModeChoice, epoch: number): Promise<void> {
    return this.#queue(async () => {
      if (epoch !== this.#epoch) throw new MeshliftError('STALE_EPOCH');
      if (choice === 'auto') {
        this.#setAuto(true);
        return;
      }
      if (this.#switch && !this.#automatic) throw new MeshliftError('SWITCH_IN_PROGRESS');
      this.#setAuto(false);
      this.#automatic = false;
      if (!this.#switch && choice !== this.#mode) await this.#begin(choice);
      else if (this.#switch && choice !== this.#switch.to) this.#switch.abort();
    });
  }

  /** What a participant measures; it is ignored in a room that is not on auto. @throws MeshliftError `STALE_EPOCH` */
  advise(participantId: string, epoch: number, advice: Advice): void {
    if (!this.#auto.on) return;
    if (epoch !== this.#epoch) throw new MeshliftError('STALE_EPOCH');
    this.#auto.advise(participantId, advice);
    this.#follow();
  }

  /**
   * A participant's report.
   *
   * @throws MeshliftError `STALE_EPOCH` for one about another switch than the present one
   */
  report(participantId: string, epoch: number, step: RequestPayload<'room:switchStep'>['step']): void {
    this.#current(epoch).report(participantId, step);
  }

  /** The host's word about those who are stuck. @throws MeshliftError `STALE_EPOCH` */
  decide(epoch: number, leaveOut: boolean): void {
    this.#current(epoch).decide(leaveOut);
  }

  /** Somebody came: there may be too many for a mesh now. */
  joined(): void {
    this.#follow();
  }

  /** Somebody left: nothing is expected of them any more. */
  left(participantId: string): void {
    this.#switch?.left(participantId);
    this.#auto.left(participantId);
    this.#follow();
  }

  /** The media node lost the room's relay: a small room goes back to the mesh at once, a larger one waits. */
  relayLost(): Promise<void> {
    return this.#queue(() => {
      if (this.#switch?.to === 'sfu') {
        this.#switch.abort();
        return;
      }
      const { people, media } = this.#context;
      if (this.#mode !== 'sfu' || people.ids.length > LARGEST_MESH) return;
      this.#switch?.close();
      this.#switch = undefined;
      this.#epoch += 1;
      this.#mode = 'mesh';
      this.#context.changed();
      people.tellAll('room:switch', { epoch: this.#epoch, mode: 'mesh', phase: 'commit', failures: [] });
      media.release(EVERYBODY);
      this.#switchIsOver('sfu');
    });
  }

  close(): void {
    this.#switch?.close();
    this.#switch = undefined;
    this.#auto.close();
  }

  #setAuto(auto: boolean): void {
    if (!this.#auto.turn(auto)) return;
    this.#context.changed();
    this.#context.people.tellAll('room:auto', { auto });
    this.#follow();
  }

  /** Begins the switch that is advised, if one is. How things stand is looked at when its turn has come. */
  #follow(): void {
    if (!this.#advised) return;
    void this.#queue(async () => {
      const mode = this.#advised;
      if (!mode) return;
      this.#automatic = true;
      try {
        await this.#begin(mode);
      } catch (error) {
        this.#context.logger.warn({ err: error, roomId: this.#context.roomId }, 'no switch as advised');
        this.#switchIsOver(this.#mode);
      }
    });
  }

  /** @param from the mode before it, which is still the mode if it came to nothing */
  #switchIsOver(from: RoomMode): void {
    this.#auto.switched({ from, mode: this.#mode, automatic: this.#automatic });
    this.#automatic = false;
    this.#follow();
  }

  /** The mode that what is measured asks for now. */
  get #advised(): RoomMode | undefined {
    return this.#switch ? undefined : this.#auto.choose(this.#mode, this.#context.people.ids);
  }

  async #begin(mode: RoomMode): Promise<void> {
    const { media, people } = this.#context;
    if (mode === 'sfu') {
      try {
        await media.hold(EVERYBODY);
      } catch (error) {
        media.release(EVERYBODY);
        throw error;
      }
    }
    this.#switch = new ModeSwitch({
      to: mode,
      epoch: this.#epoch + 1,
      participants: people.ids,
      isConnected: people.isConnected,
      listener: {
        phase: (phase, failures) => this.#enterPhase(phase, failures),
        stuck: (question) => this.#ask(question),
      },
    });
    this.#switch.begin();
  }

  #current(epoch: number): ModeSwitch {
    if (this.#switch?.epoch !== epoch) throw new MeshliftError('STALE_EPOCH');
    return this.#switch;
  }

  #enterPhase(phase: SwitchPhase, failures: SwitchFailure[]): void {
    const current = this.#switch;
    if (!current) return;
    if (phase === 'commit') void this.#commit(current, failures);
    else this.#tellPhase(current, failures, this.#mode);
  }

  /** Everybody hears of it after it is written down: whoever takes the room over knows no less than those in it. */
  async #commit(current: ModeSwitch, failures: SwitchFailure[]): Promise<void> {
    const { changed, settled, observeGap } = this.#context;
    const { to, epoch, gaps } = current;
    const from = this.#mode;
    this.#mode = to;
    this.#epoch = epoch;
    for (const { kind, gapMs } of gaps) observeGap(to, kind, Math.max(0, gapMs) / 1_000);
    changed();
    await settled();
    if (this.#switch === current) this.#tellPhase(current, failures, from);
  }

  /** @param from the mode before the switch */
  #tellPhase(current: ModeSwitch, failures: SwitchFailure[], from: RoomMode): void {
    const { roomId, people, media, logger } = this.#context;
    const { to: mode, phase } = current;
    people.tellAll('room:switch', { ...this.#describe(current), failures });
    if (phase !== 'commit' && phase !== 'abort') return;
    this.#switch = undefined;
    logger.info({ roomId, mode, outcome: phase, participants: people.ids.length }, 'room switch');
    // After a switch back, or one that failed, nothing of the room stays in the media node.
    if (this.#mode === 'mesh') media.release(EVERYBODY);
    this.#switchIsOver(from);
  }

  #ask(question: SwitchQuestion): boolean {
    const epoch = this.#switch?.epoch;
    return epoch !== undefined && this.#context.people.tellHosts('room:switchStuck', { epoch, ...question });
  }

  #describe({ epoch, to, phase, singleEncoders }: ModeSwitch): NonNullable<RoomState['switching']> {
    return {
      epoch,
      mode: to,
      phase,
      ...(singleEncoders.length > 0 ? { singleEncode: singleEncoders } : {}),
    };
  }
}
