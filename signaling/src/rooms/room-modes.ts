import {
  MeshliftError,
  type RequestPayload,
  type RoomMode,
  type RoomState,
  type SwitchFailure,
  type SwitchPhase,
} from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import pLimit from 'p-limit';
import type { Session } from '../sessions/session.ts';
import { ModeSwitch } from './mode-switch.ts';
import { EVERYBODY, type RoomMedia } from './room-media.ts';

/** A larger room does not fall back to a mesh when its relay is lost: it waits for a new one. */
const LARGEST_MESH = 8;

/** The people whose media is moved. */
export interface RoomPeople {
  /** The ids of all participants. */
  readonly ids: readonly string[];
  readonly tellAll: Session['send'];
  readonly tellHosts: Session['send'];
}

export interface RoomModesContext {
  roomId: string;
  people: RoomPeople;
  media: RoomMedia;
  logger: Logger;
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
      auto: false,
      epoch: this.#epoch,
      ...(current ? { switching: { epoch: current.epoch, mode: current.to, phase: current.phase } } : {}),
    };
  }

  /**
   * Begins a switch. To the mode the room has already, it changes nothing.
   *
   * @throws MeshliftError `STALE_EPOCH`, `SWITCH_IN_PROGRESS`, `SERVER_FULL`
   */
  setMode(mode: RoomMode, epoch: number): Promise<void> {
    return this.#queue(async () => {
      if (epoch !== this.#epoch) throw new MeshliftError('STALE_EPOCH');
      if (this.#switch) throw new MeshliftError('SWITCH_IN_PROGRESS');
      if (mode !== this.#mode) await this.#begin(mode);
    });
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

  /** Somebody left: nothing is expected of them any more. */
  left(participantId: string): void {
    this.#switch?.left(participantId);
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
      people.tellAll('room:switch', { epoch: this.#epoch, mode: 'mesh', phase: 'commit', failures: [] });
      media.release(EVERYBODY);
    });
  }

  close(): void {
    this.#switch?.close();
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
      listener: {
        phase: (phase, failures) => this.#enterPhase(phase, failures),
        stuck: (waitingFor) => this.#tellStuck(waitingFor),
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
    const { roomId, people, media, logger, observeGap } = this.#context;
    const { to: mode, epoch, gaps } = current;
    if (phase === 'commit') {
      this.#mode = mode;
      this.#epoch = epoch;
      for (const { kind, gapMs } of gaps) observeGap(mode, kind, Math.max(0, gapMs) / 1_000);
    }
    people.tellAll('room:switch', { epoch, mode, phase, failures });
    if (phase !== 'commit' && phase !== 'abort') return;
    this.#switch = undefined;
    logger.info({ roomId, mode, outcome: phase, participants: people.ids.length }, 'room switch');
    // After a switch back, or one that failed, nothing of the room stays in the media node.
    if (this.#mode === 'mesh') media.release(EVERYBODY);
  }

  #tellStuck(waitingFor: string[]): void {
    const epoch = this.#switch?.epoch;
    if (epoch !== undefined) this.#context.people.tellHosts('room:switchStuck', { epoch, waitingFor });
  }
}
