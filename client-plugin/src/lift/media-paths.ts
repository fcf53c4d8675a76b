import type {
  Advice,
  EventPayload,
  MediaKind,
  MeshliftError,
  RoomMode,
  RoomModeChoice,
  RoomState,
} from '@meshlift/protocol';
import type { RemoteStream } from '../rooms/remote-stream.ts';
import { Adviser } from './adviser.ts';
import { Lift } from './lift.ts';
import type { LiftedRoom, SwitchReport } from './lifted-room.ts';
import { Uplink } from './uplink.ts';

/** The ways by which this page's media travels: direct ones to everybody, and those over the relay. */
export class MediaPaths {
  readonly uplink: Uplink;
  readonly #room: LiftedRoom;
  readonly #lift: Lift;
  readonly #adviser: Adviser;
  #auto = false;
  readonly #errors: { send?: MeshliftError | undefined; receive?: MeshliftError | undefined } = {};

  constructor(room: LiftedRoom) {
    this.#room = room;
    this.uplink = new Uplink(() => room, room.mesh.media, {
      changed: (use) => room.uplinkChanged(use),
      failed: (error) => this.#setError('send', error),
    });
    const { uplink } = this;
    const lift = new Lift(room, uplink, (error) => this.#setError('receive', error));
    this.#lift = lift;
    this.#adviser = new Adviser({
      get mode() {
        return lift.mode;
      },
      get receivers() {
        return room.roster.participants.length;
      },
      get stay() {
        return `${room.sessionId} ${lift.epoch}`;
      },
      stats: () => this.#stats(),
      probe: (bps) => void uplink.probe(bps),
      advise: (advice) => this.#advise(advice),
    });
  }

  get mode(): RoomMode {
    return this.#lift.mode;
  }

  /** See `Lift.heading`. */
  get heading(): RoomMode {
    return this.#lift.heading;
  }

  /** See `Lift.unconfirmed`. */
  get unconfirmed(): boolean {
    return this.#lift.unconfirmed;
  }

  /** Why this page's media does not get to the relay, or what others send does not get here. */
  get relayError(): MeshliftError | undefined {
    return this.#errors.send ?? this.#errors.receive;
  }

  /** Whether the room's mode follows what its participants measure. */
  get auto(): boolean {
    return this.#auto;
  }

  /** See `Lift.setMode`. */
  setMode(mode: RoomModeChoice): Promise<SwitchReport> {
    return this.#lift.setMode(mode);
  }

  /** The page has joined, as a participant of another name if it had been there before. */
  async join(state: RoomState): Promise<void> {
    this.uplink.renew();
    this.#lift.renew();
    await this.#enter(state);
  }

  /** Signaling is back, and the session with the room still there. */
  async resume(state: RoomState): Promise<void> {
    this.uplink.resume();
    this.#lift.resume();
    await this.#enter(state);
  }

  /** The server has told of a phase of a switch. */
  async follow(told: Omit<EventPayload<'room:switch'>, 'sessionId'>): Promise<void> {
    await this.#lift.follow(told);
  }

  /** As the server tells. */
  setAuto(auto: boolean): void {
    if (auto === this.#auto) return;
    this.#auto = auto;
    if (auto) this.#adviser.start();
    else this.#adviser.stop();
    this.#room.autoChanged(auto);
  }

  /** Somebody left, came into reach, or publishes something else. */
  look(): void {
    this.#lift.look();
  }

  begun(stream: RemoteStream): void {
    this.#lift.begun(stream);
  }

  ended(stream: RemoteStream): void {
    this.#lift.ended(stream);
  }

  /** What is sent has changed. */
  async applyMedia(): Promise<void> {
    await this.uplink.applyMedia();
  }

  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    await this.uplink.setPaused(kind, paused);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#adviser.stop();
    this.#lift.close();
    this.uplink.close();
  }

  /**
   * The page has joined or come back, and has heard how the room stands. A host who brings a room back after a restart
   * of the server moves it to where it was.
   */
  async #enter(state: RoomState): Promise<void> {
    const before = this.#auto ? 'auto' : this.mode;
    this.setAuto(state.auto);
    await this.#lift.enter(state);
    if (state.restored && before !== 'mesh') await this.setMode(before).catch(() => undefined);
  }

  #setError(way: 'send' | 'receive', error: MeshliftError | undefined): void {
    const before = this.relayError;
    this.#errors[way] = error;
    if (this.relayError !== before) this.#room.relayErrorChanged(this.relayError);
  }

  async #stats(): Promise<RTCStatsReport[]> {
    if (this.mode === 'mesh') return this.#room.mesh.stats();
    const report = await this.uplink.stats();
    return report ? [report] : [];
  }

  #advise(advice: Advice): void {
    const { connection, sessionId } = this.#room;
    const { epoch } = this.#lift;
    // Advice that comes too late is about another epoch, and worth nothing.
    connection.request('room:advise', { sessionId, epoch, advice }).catch(() => undefined);
  }
}
