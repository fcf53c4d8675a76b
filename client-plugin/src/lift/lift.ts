import {
  type EventPayload,
  type MediaKind,
  MeshliftError,
  type RequestPayload,
  type RoomMode,
  type RoomState,
  type SwitchFailure,
  type SwitchGap,
} from '@meshlift/protocol';
import type { Mesh } from '../mesh/mesh.ts';
import type { Participant } from '../rooms/participant.ts';
import type { Roster } from '../rooms/roster.ts';
import type { SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';
import { frameGapDuring } from './frame-gap.ts';
import { type PathTrack, RelayPath } from './relay-path.ts';
import { WarmUp } from './warm-up.ts';

/** How a switch went, as this page saw it. */
export interface SwitchReport {
  mode: RoomMode;
  epoch: number;
  /** For each picture that was being watched: for how long it stood still, in milliseconds. */
  streams: SwitchGap[];
}

/** What the lift needs of the room it moves. */
export interface LiftedRoom {
  readonly connection: SignalingConnection;
  readonly sessionId: string;
  readonly welcome: Welcome;
  readonly mesh: Mesh;
  readonly roster: Roster;
  /** This page is over. */
  switched(report: SwitchReport): void;
  switchFailed(failures: SwitchFailure[]): void;
}

type Step = RequestPayload<'room:switchStep'>['step'];

/**
 * This page's part in moving a room between mesh and relay. Both paths run side by side while each picture
 * goes over when the new path shows it as well as the old one; the links of the mesh stay when the room
 * is on the relay, without media, so that the way back takes no negotiation.
 */
export class Lift {
  readonly #room: LiftedRoom;
  readonly #relayMedia = new Map<string, MediaStream>();
  #mode: RoomMode = 'mesh';
  #epoch = 0;
  #path: RelayPath | undefined;
  readonly #waiting = new Set<() => void>();
  #streams: SwitchGap[] = [];
  #asked: { resolve(report: SwitchReport): void; reject(error: MeshliftError): void } | undefined;

  constructor(room: LiftedRoom) {
    this.#room = room;
  }

  /** How this page sends and receives at the moment. */
  get mode(): RoomMode {
    return this.#mode;
  }

  /** Asks for a switch. Resolves when this page is over. @throws MeshliftError `SWITCH_FAILED` if it came to nothing */
  async setMode(mode: RoomMode): Promise<SwitchReport> {
    if (mode === this.#mode) return { mode, epoch: this.#epoch, streams: [] };
    const { connection, sessionId } = this.#room;
    await connection.request('room:setMode', { sessionId, mode, epoch: this.#epoch });
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
    });
  }

  /** The page has joined, or come back, and is told how the room stands. */
  async enter({ mode, epoch, switching }: RoomState): Promise<void> {
    if (epoch !== this.#epoch || mode !== this.#mode) await this.#commit(mode, epoch);
    else if (this.#path) await this.#path.resume().catch(() => this.#reopen());
    if (switching && switching.phase !== 'commit') await this.follow({ ...switching, failures: [] });
  }

  /** The server has told of a phase. */
  async follow(told: Omit<EventPayload<'room:switch'>, 'sessionId'>): Promise<void> {
    const { mode, epoch, phase, failures } = told;
    try {
      if (phase === 'preflight') await this.#prepare(mode, epoch);
      if (phase === 'move') await this.#move(mode, epoch);
      if (phase === 'commit') await this.#commit(mode, epoch);
      if (phase === 'abort') await this.#revert(mode, failures);
    } catch (thrown) {
      const { message } = MeshliftError.from(thrown);
      await this.#report(epoch, { name: 'failed', reason: message.slice(0, 200) });
    }
  }

  /** Somebody left, or publishes something else: what was waited for may have come about by that. */
  look(): void {
    for (const look of this.#waiting) look();
  }

  /** What is sent has changed. */
  async applyMedia(): Promise<void> {
    const { media } = this.#room.mesh;
    // A path that cannot be opened is another's to tell.
    await this.#path?.send(media.tracks, media.paused).catch(() => undefined);
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.#path?.setPaused(kind, paused).catch(() => undefined);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closePath();
  }

  async #prepare(mode: RoomMode, epoch: number): Promise<void> {
    this.#streams = [];
    if (mode === 'sfu') {
      await this.#openPath();
      await this.#until(() => this.#missing.length === 0);
    } else if (this.#room.mesh.unreached.length > 0) {
      throw new Error('no direct way to everybody');
    }
    await this.#report(epoch, { name: 'ready' });
  }

  async #move(mode: RoomMode, epoch: number): Promise<void> {
    if (mode === 'mesh') await this.#room.mesh.hold(false);
    const { participants } = this.#room.roster;
    const gaps = await Promise.all(participants.map((participant) => this.#cutOver(participant, mode)));
    this.#streams = gaps.flat();
    await this.#report(epoch, { name: 'over', gaps: this.#streams });
  }

  async #commit(mode: RoomMode, epoch: number): Promise<void> {
    this.#mode = mode;
    this.#epoch = epoch;
    this.#waiting.clear();
    if (mode === 'sfu' && !this.#path) await this.#openPath();
    await this.#room.mesh.hold(mode === 'sfu');
    this.#room.roster.showAll(mode);
    if (mode === 'mesh') this.#closePath();
    const report = { mode, epoch, streams: this.#streams };
    this.#asked?.resolve(report);
    this.#asked = undefined;
    this.#room.switched(report);
  }

  async #revert(mode: RoomMode, failures: SwitchFailure[]): Promise<void> {
    this.#waiting.clear();
    this.#room.roster.showAll(this.#mode);
    if (mode === 'sfu') this.#closePath();
    else await this.#room.mesh.hold(true);
    this.#asked?.reject(new MeshliftError('SWITCH_FAILED', undefined, { cause: failures }));
    this.#asked = undefined;
    this.#room.switchFailed(failures);
  }

  /** What somebody publishes and has not come over the relay yet. */
  get #missing(): string[] {
    return this.#room.roster.participants.flatMap((participant) => {
      const relayed = participant.mediaOf('sfu')?.getTracks() ?? [];
      return ['audio', 'video'].filter(
        (kind) => participant.publishes(kind) && !relayed.some((track) => track.kind === kind),
      );
    });
  }

  async #openPath(): Promise<RelayPath> {
    this.#closePath();
    const { connection, sessionId, welcome, mesh } = this.#room;
    const path = new RelayPath(connection, sessionId);
    this.#path = path;
    path.on('track', (added) => this.#setTrack(added, true));
    path.on('trackgone', (gone) => this.#setTrack(gone, false));
    path.on('failed', () => {
      if (this.#mode === 'sfu' && this.#path === path) void this.#reopen();
    });
    await path.open(welcome, mesh.media.tracks, mesh.media.paused);
    return path;
  }

  /** The relay let go of this page alone: enters it again. If the room has left it too, the server tells. */
  async #reopen(): Promise<void> {
    await this.#openPath().catch(() => undefined);
  }

  #closePath(): void {
    this.#path?.close();
    this.#path = undefined;
    for (const participantId of this.#relayMedia.keys()) {
      this.#room.roster.setRelayMedia(participantId, undefined);
    }
    this.#relayMedia.clear();
  }

  #setTrack({ participantId, track }: PathTrack, present: boolean): void {
    const media = this.#relayMedia.get(participantId) ?? new MediaStream();
    this.#relayMedia.set(participantId, media);
    if (present) media.addTrack(track);
    else media.removeTrack(track);
    this.#room.roster.setRelayMedia(participantId, media);
    this.look();
  }

  /** Resolves when something holds that a track, somebody who leaves or another presence may bring about. */
  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!holds()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Brings one participant's picture and sound over, once the new path shows them as well as the old one. */
  async #cutOver(participant: Participant, mode: RoomMode): Promise<SwitchGap[]> {
    const { participantId, stream, videoPaused } = participant;
    const media = participant.mediaOf(mode);
    if (!media) return [];
    const present = participant.mediaOf(mode === 'sfu' ? 'mesh' : 'sfu');
    const warmUp = new WarmUp(media, present, !videoPaused && !document.hidden);
    try {
      const gone = this.#until(() => !this.#room.roster.has(participantId));
      await Promise.race([warmUp.ready, gone]);
      const swap = () => this.#room.roster.setPath(participant, mode);
      const element = stream?.elements[0];
      if (!element || videoPaused || document.hidden || media.getVideoTracks().length === 0) {
        swap();
        return [];
      }
      return [{ participantId, kind: 'video', gapMs: await frameGapDuring(element, swap) }];
    } finally {
      warmUp.close();
    }
  }

  /** A report that comes too late says nothing any more. */
  async #report(epoch: number, step: Step): Promise<void> {
    const { connection, sessionId } = this.#room;
    await connection.request('room:switchStep', { sessionId, epoch, step }).catch(() => undefined);
  }
}
