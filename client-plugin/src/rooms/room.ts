import {
  type MediaKind,
  MeshliftError,
  type RoomMode,
  type RoomParticipant,
  type RoomState,
  type SwitchFailure,
} from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { Lift, type LiftedRoom, type SwitchReport } from '../lift/lift.ts';
import { Mesh } from '../mesh/mesh.ts';
import { LONGEST_TEXT } from '../mesh/messages.ts';
import { SessionKeeper } from '../signaling/session-keeper.ts';
import type { SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';
import type { Participant } from './participant.ts';
import type { RoomAddress } from './room-address.ts';
import { RoomSession } from './room-session.ts';
import { Roster, type RosterEvents } from './roster.ts';

/** `reconnecting`: signaling is away; media and chat go on. `ended`: over, with an error unless this page left. */
export type RoomStay = 'joined' | 'reconnecting' | 'ended';

export interface RoomEvents extends RosterEvents {
  state: { state: RoomStay; error?: MeshliftError };
  /** Somebody else is the host now. */
  host: { participantId: string };
  locked: boolean;
  /** This page's media travels another way now; for each picture it says how long it stood still. */
  modechange: SwitchReport;
  /** A switch was called off: these could not follow. The room is as it was. */
  switchfailed: SwitchFailure[];
  /** To hosts: a switch waits for these. See `decideSwitch`. */
  switchstuck: { epoch: number; waitingFor: string[] };
}

export interface RoomOptions {
  address: RoomAddress;
  name: string;
  hostKey: string | undefined;
}

/** A room this page is in. It comes back by itself after a drop. */
export class Room extends Emitter<RoomEvents> {
  readonly #session: RoomSession;
  readonly #keeper: SessionKeeper;
  readonly #mesh: Mesh;
  readonly #roster: Roster;
  readonly #lift: Lift;
  #welcome: Welcome;
  #locked = false;
  #localStream: MediaStream | undefined;
  #state: RoomStay = 'reconnecting';

  static async start(
    connection: SignalingConnection,
    welcome: Welcome,
    { address, name, hostKey }: RoomOptions,
  ): Promise<Room> {
    const room = new Room(connection, welcome, { address, name, hostKey });
    try {
      await room.#keeper.start();
      return room;
    } catch (error) {
      room.#end();
      throw error;
    }
  }

  private constructor(
    connection: SignalingConnection,
    welcome: Welcome,
    { address: { roomId, sealing }, name, hostKey }: RoomOptions,
  ) {
    super();
    this.#session = new RoomSession(connection, roomId, hostKey);
    const signal = (to: string, text: string) => this.#session.signal(to, text);
    this.#mesh = new Mesh({ name, sealing, signal });
    this.#roster = new Roster(this.#mesh, (name, event) => this.emit(name, event as never));
    this.#welcome = welcome;
    this.#lift = new Lift(this.#lifted(connection));
    for (const name of ['left', 'presence'] as const) this.on(name, () => this.#lift.look());
    connection.on('restored', (welcome) => {
      this.#welcome = welcome;
      this.#mesh.iceServers = welcome.iceServers;
    });
    this.#keeper = new SessionKeeper(connection, welcome, {
      join: (welcome) => this.#join(welcome),
      resume: () => this.#resume(),
      reconnecting: () => {
        this.#mesh.reachable = false;
        this.#setState('reconnecting');
      },
      ended: (error) => this.#end(error),
      leave: () => void this.#sayGoodbye(),
    });
  }

  /** How this page's part in the room is known to the others. It is a new one after a longer drop. */
  get participantId(): string {
    return this.#session.participantId;
  }

  /** The others. */
  get participants(): Participant[] {
    return this.#roster.participants;
  }

  /** Whether this page may lock the room and hand it over. */
  get host(): boolean {
    return this.#session.host;
  }

  /** With it a page is host again, after a reload for example. Undefined for those who are not. */
  get hostKey(): string | undefined {
    return this.#session.hostKey;
  }

  get locked(): boolean {
    return this.#locked;
  }

  get state(): RoomStay {
    return this.#state;
  }

  /** How this page's media travels: between the browsers themselves, or through the relay. */
  get mode(): RoomMode {
    return this.#lift.mode;
  }

  /**
   * Moves the room to the relay, or back to the mesh, while everybody goes on. Hosts only. Resolves when this
   * page is over.
   *
   * @throws MeshliftError `NOT_HOST`, `SWITCH_IN_PROGRESS`, `STALE_EPOCH`, `SERVER_FULL`, and `SWITCH_FAILED`
   *   when somebody could not follow: its cause says who, and why
   */
  async setMode(mode: RoomMode): Promise<SwitchReport> {
    return this.#lift.setMode(mode);
  }

  /** Hosts only, after `switchstuck`: goes on without those who are stuck, or puts the room back. */
  async decideSwitch(epoch: number, leaveOut: boolean): Promise<void> {
    await this.#session.decideSwitch(epoch, leaveOut);
  }

  /** What this page publishes. */
  get localStream(): MediaStream | undefined {
    return this.#localStream;
  }

  /**
   * Sends a stream's first sound and picture track to everybody, those included who come later. Calling it
   * again sends another stream's instead. The tracks stay the caller's.
   */
  async publish(stream: MediaStream): Promise<void> {
    this.#localStream = stream;
    this.#mesh.media.publish(stream.getTracks());
    await this.#applyMedia();
  }

  /** Sends another camera, microphone or screen in place of the one of the same kind. */
  async replaceTrack(track: MediaStreamTrack): Promise<void> {
    this.#mesh.media.replace(track);
    await this.#applyMedia();
  }

  async unpublish(): Promise<void> {
    this.#localStream = undefined;
    this.#mesh.media.publish([]);
    await this.#applyMedia();
  }

  /** Mutes the microphone or switches the camera off, for everybody. The track itself goes on. */
  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    this.#mesh.media.setPaused(kind, paused);
    await Promise.all([this.#mesh.applyMedia(), this.#lift.setPaused(kind, paused)]);
  }

  /** Says something to everybody. @throws MeshliftError `BAD_REQUEST` for more than 4,000 characters */
  say(text: string): void {
    if (text.length > LONGEST_TEXT) throw new MeshliftError('BAD_REQUEST', 'This is too long to be said.');
    this.#mesh.say(text);
  }

  /** A locked room lets nobody in but those who have the host key. @throws MeshliftError `NOT_HOST` */
  async setLocked(locked: boolean): Promise<void> {
    await this.#session.setLocked(locked);
  }

  /** Makes somebody else the host. @throws MeshliftError `NOT_HOST`, `PARTICIPANT_NOT_FOUND` */
  async handOver(participantId: string): Promise<void> {
    await this.#session.handOver(participantId);
  }

  /** Leaves the room. Repeating it changes nothing. */
  async leave(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#setState('ended');
    await this.#sayGoodbye();
    this.#end();
  }

  async #applyMedia(): Promise<void> {
    await Promise.all([this.#mesh.applyMedia(), this.#lift.applyMedia()]);
  }

  async #join(welcome: Welcome): Promise<void> {
    const mesh = this.#mesh;
    const session = this.#session;
    const state = session.participantId === '' ? await session.join() : await this.#joinAgain();
    if (this.#state === 'ended') return;
    this.#follow();
    this.#welcome = welcome;
    mesh.iceServers = welcome.iceServers;
    mesh.reachable = true;
    mesh.begin(session.participantId);
    this.#update(state, (participantId) => mesh.connect(participantId));
    void this.#lift.enter(state);
    this.#setState('joined');
  }

  async #joinAgain(): Promise<RoomState> {
    try {
      return await this.#session.joinAgain(this.participants.some(({ host }) => host));
    } catch (thrown) {
      const error = MeshliftError.from(thrown);
      // Trying again does not open the door.
      if (error.code === 'ROOM_LOCKED') this.#end(error);
      throw error;
    }
  }

  #follow(): void {
    const greet = (participantId: string) => this.#mesh.expect(participantId);
    this.#session.follow({
      'room:joined': ({ participant }) => this.#roster.add(participant, greet),
      'room:left': ({ participantId }) => this.#mesh.left(participantId),
      'room:signal': ({ from, signal }) => {
        const stranger: RoomParticipant = { participantId: from, host: false };
        if (!this.#roster.has(from)) this.#roster.add(stranger, greet);
        this.#mesh.receive(from, signal);
      },
      'room:switch': (told) => void this.#lift.follow(told),
      'room:switchStuck': ({ epoch, waitingFor }) => this.emit('switchstuck', { epoch, waitingFor }),
      'room:locked': ({ locked }) => this.#setLocked(locked),
      'room:host': ({ participantId, hostKey }) => {
        this.#session.hostIs(participantId, hostKey);
        this.#roster.setHost(participantId);
        this.emit('host', { participantId });
      },
      'session:closed': ({ error: { code, message } }) => {
        this.#keeper.sessionClosed(new MeshliftError(code, message));
      },
    });
  }

  async #resume(): Promise<void> {
    const state = await this.#session.resume();
    this.#mesh.reachable = true;
    this.#update(state, (participantId) => this.#mesh.expect(participantId));
    this.#mesh.resync();
    void this.#lift.enter(state);
    this.#setState('joined');
  }

  #update({ locked, participants }: RoomState, greet: (participantId: string) => void): void {
    this.#roster.update(participants, greet);
    this.#setLocked(locked);
  }

  #setLocked(locked: boolean): void {
    if (locked === this.#locked) return;
    this.#locked = locked;
    this.emit('locked', locked);
  }

  #setState(state: RoomStay, error?: MeshliftError): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.emit('state', { state, ...(error ? { error } : {}) });
  }

  /** What the lift sees of this room. */
  #lifted(connection: SignalingConnection): LiftedRoom {
    const room = this;
    return {
      connection,
      mesh: this.#mesh,
      roster: this.#roster,
      get sessionId() {
        return room.#session.id;
      },
      get welcome() {
        return room.#welcome;
      },
      switched: (report) => this.emit('modechange', report),
      switchFailed: (failures) => this.emit('switchfailed', failures),
    };
  }

  /** Lets the others know at once, each by its own link and through the server. */
  async #sayGoodbye(): Promise<void> {
    this.#mesh.close();
    this.#lift.close();
    await this.#session.close();
  }

  #end(error?: MeshliftError): void {
    this.#lift.close();
    this.#keeper.stop();
    this.#mesh.close();
    this.#setState('ended', error);
  }
}
