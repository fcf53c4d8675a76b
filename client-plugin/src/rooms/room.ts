import {
  type Audience,
  type MediaKind,
  MeshliftError,
  type RoomMode,
  type RoomModeChoice,
  type RoomParticipant,
  type RoomState,
} from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { HostOrders } from '../lift/host-orders.ts';
import type { LiftedRoom, SwitchReport } from '../lift/lifted-room.ts';
import { MediaPaths } from '../lift/media-paths.ts';
import type { UplinkUse } from '../lift/uplink.ts';
import { Mesh } from '../mesh/mesh.ts';
import { LONGEST_TEXT } from '../mesh/messages.ts';
import { unsealed } from '../mesh/sealing.ts';
import { SessionKeeper } from '../signaling/session-keeper.ts';
import type { SignalingConnection, Welcome } from '../signaling/signaling-connection.ts';
import type { Participant } from './participant.ts';
import type { RoomAddress } from './room-address.ts';
import { type OfferedStream, RoomAudience } from './room-audience.ts';
import type { RoomEvents, RoomStay } from './room-events.ts';
import { RoomSession } from './room-session.ts';
import { Roster } from './roster.ts';
import { SpeakerWatch } from './speaker-watch.ts';

export interface RoomOptions {
  address: RoomAddress;
  /** The server's URL. */
  server: string;
  name: string;
  hostKey: string | undefined;
}

/** A room this page is in. It comes back by itself after a drop. */
export class Room extends Emitter<RoomEvents> {
  /** The host name of the relay, which can see and hear the room while its mode is `sfu`. */
  readonly relayHost: string;
  readonly #session: RoomSession;
  readonly #keeper: SessionKeeper;
  readonly #mesh: Mesh;
  readonly #orders: HostOrders | undefined;
  readonly #roster: Roster;
  readonly #paths: MediaPaths;
  readonly #audience: RoomAudience;
  readonly #speakers: SpeakerWatch;
  #welcome: Welcome;
  #locked = false;
  #localStream: MediaStream | undefined;
  #state: RoomStay = 'reconnecting';

  static async start(connection: SignalingConnection, welcome: Welcome, options: RoomOptions): Promise<Room> {
    const room = new Room(connection, welcome, options);
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
    { address: { roomId, sealing }, server, name, hostKey }: RoomOptions,
  ) {
    super();
    this.relayHost = new URL(server, location.href).hostname;
    this.#session = new RoomSession(connection, roomId, hostKey);
    const signal = (to: string, text: string) => this.#session.signal(to, text);
    // A stream ID opens what the password keeps closed, and so does a server that takes the room to its relay.
    const open = sealing === unsealed;
    const pass = () => this.#mesh.greet();
    this.#orders = open ? undefined : new HostOrders({ pass, changed: () => this.#paths.look() });
    this.#mesh = new Mesh({ name, sealing, signal, orders: this.#orders });
    this.#roster = new Roster(this.#mesh, (name, event) => this.emit(name, event as never));
    this.#welcome = welcome;
    this.#paths = new MediaPaths(this.#lifted(connection));
    this.#audience = new RoomAudience(this.#session, this.#paths.uplink, {
      // Each takes a decision of the people in the room.
      allowed: open,
      changed: (audience) => this.emit('audience', audience),
    });
    this.#speakers = new SpeakerWatch(
      () => this.participants,
      (speaker) => this.emit('speaker', speaker),
    );
    for (const name of ['left', 'presence'] as const) this.on(name, () => this.#paths.look());
    this.on('stream', (stream) => this.#paths.begun(stream));
    this.on('streamended', (stream) => this.#paths.ended(stream));
    connection.on('restored', (welcome) => {
      this.#welcome = welcome;
    });
    this.#mesh.iceServers = connection.iceServers;
    connection.on('iceServers', (iceServers) => {
      this.#mesh.iceServers = iceServers;
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

  /** @internal Whether nobody was there when this page joined. */
  get founded(): boolean {
    return this.#session.founded;
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
    return this.#paths.mode;
  }

  /** The mode that the room is being moved to; while nothing moves, the same as `mode`. */
  get heading(): RoomMode {
    return this.#paths.heading;
  }

  /**
   * In a room with a password: whether the server says that the room goes through the relay, and no host's page does.
   * What this page sends stays direct then. Event: `unconfirmed`.
   */
  get unconfirmed(): boolean {
    return this.#paths.unconfirmed;
  }

  /**
   * What this page sends to the relay for. It may see and hear what is sent while this is not `none`, also in a
   * room whose mode is `mesh`.
   */
  get uplink(): UplinkUse {
    return this.#paths.uplink.use;
  }

  /**
   * Why this page's media does not get to the relay, or what others send does not get here: `TRANSPORT_TIMEOUT`,
   * `MEDIA_FAILED` or `MEDIA_MISSING`, with a `reference` that is in the server's log. The page goes on trying.
   */
  get relayError(): MeshliftError | undefined {
    return this.#paths.relayError;
  }

  /** Whether the room's mode follows what its participants measure. */
  get auto(): boolean {
    return this.#paths.auto;
  }

  /**
   * Moves the room to the relay, or back to the mesh, while everybody goes on. Hosts only. Resolves when this
   * page is over. `auto` moves nothing now: from then on the room goes to the relay when its mesh asks more of
   * somebody than they have, and back when a mesh would be easy for all, until a host names a mode again.
   *
   * @throws MeshliftError `NOT_HOST`, `SWITCH_IN_PROGRESS`, `STALE_EPOCH`, `SERVER_FULL`, and `SWITCH_FAILED`
   *   when somebody could not follow: its cause says who, and why
   */
  async setMode(mode: RoomModeChoice): Promise<SwitchReport> {
    return this.#paths.setMode(mode);
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
   *
   * Anyone who has the stream ID it resolves to can watch as well, through the relay and without being in the
   * room, and without the room's password: in a room that has one, not before `allowAudience(true)`. `audience`
   * reports when somebody does. While signaling is away this waits for it; the room is sent to
   * at once.
   *
   * @throws MeshliftError `SERVER_FULL`, `RATE_LIMITED`, if there can be no audience; the room is sent to anyway
   */
  async publish(stream: MediaStream): Promise<OfferedStream> {
    this.#localStream = stream;
    this.#mesh.media.publish(stream.getTracks());
    await this.#applyMedia();
    return this.#audience.offer();
  }

  /** Who watches what this page publishes from outside the room; undefined before `publish`. */
  get audience(): Audience | undefined {
    return this.#audience.current;
  }

  /**
   * Blocks those who watch from outside, or lets them in again. The stream keeps its ID. Only what is allowed here
   * has media sent to the server for an audience, whatever the server asks for. Before `publish` it applies to what
   * will be published.
   */
  async allowAudience(allowed: boolean): Promise<void> {
    await this.#audience.allow(allowed);
  }

  /** Who is speaking, of the others; undefined while nobody is. */
  get activeSpeaker(): Participant | undefined {
    return this.#speakers.speaker;
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
    await Promise.all([this.#mesh.applyMedia(), this.#paths.setPaused(kind, paused)]);
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
    await Promise.all([this.#mesh.applyMedia(), this.#paths.applyMedia()]);
  }

  async #join(welcome: Welcome): Promise<void> {
    const mesh = this.#mesh;
    const session = this.#session;
    const wasHost = this.host;
    const state = await session.join();
    if (this.#state === 'ended') return;
    this.#follow();
    this.#welcome = welcome;
    mesh.reachable = true;
    mesh.begin(session.participantId);
    this.#update(state, (participantId) => mesh.connect(participantId));
    this.#hostMayHaveChanged(wasHost);
    void this.#paths.join(state);
    // What stands in the way of an audience does not keep anybody out of the room.
    void this.#audience.offerAgain().catch(() => undefined);
    this.#setState('joined');
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
      'room:switch': (told) => void this.#paths.follow(told),
      'room:switchStuck': ({ sessionId: _, ...question }) => this.emit('switchstuck', question),
      'room:auto': ({ auto }) => this.#paths.setAuto(auto),
      'room:audience': ({ audience }) => this.#audience.update(audience),
      'room:locked': ({ locked }) => this.#setLocked(locked),
      'room:host': ({ sessionId, ...told }) => {
        this.#session.hostsAre(told);
        this.#roster.setHosts(told.hosts);
        this.emit('host', { participantId: told.hosts[0] });
      },
      'session:closed': ({ error }) => {
        this.#keeper.sessionClosed(MeshliftError.of(error));
      },
    });
  }

  async #resume(): Promise<void> {
    const wasHost = this.host;
    const state = await this.#session.resume();
    this.#mesh.reachable = true;
    this.#update(state, (participantId) => this.#mesh.expect(participantId));
    this.#hostMayHaveChanged(wasHost);
    this.#mesh.resync();
    void this.#paths.resume(state);
    this.#audience.update(state.audience);
    this.#audience.cameBack();
    this.#setState('joined');
  }

  #update({ locked, participants }: RoomState, greet: (participantId: string) => void): void {
    this.#roster.update(participants, greet);
    this.#setLocked(locked);
  }

  /** This page has become host while it was away, or is not any more. */
  #hostMayHaveChanged(wasHost: boolean): void {
    if (this.host === wasHost || this.#state !== 'reconnecting') return;
    const present = this.participants.find(({ host }) => host)?.participantId;
    this.emit('host', { participantId: this.host ? this.participantId : present });
  }

  #setLocked(locked: boolean): void {
    this.#session.lockedIs(locked);
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
      orders: this.#orders,
      get sessionId() {
        return room.#session.id;
      },
      get welcome() {
        return room.#welcome;
      },
      switching: (mode) => this.emit('switching', { mode, relay: this.relayHost }),
      switched: (report) => this.emit('modechange', report),
      switchFailed: (failures) => this.emit('switchfailed', failures),
      unconfirmedChanged: (unconfirmed) => this.emit('unconfirmed', unconfirmed),
      autoChanged: (auto) => this.emit('auto', auto),
      uplinkChanged: (use) => this.emit('uplink', use),
      relayErrorChanged: (error) => this.emit('relayerror', error),
    };
  }

  /** Lets the others know at once, each by its own link and through the server. */
  async #sayGoodbye(): Promise<void> {
    this.#mesh.close();
    this.#paths.close();
    await this.#session.close();
  }

  #end(error?: MeshliftError): void {
    this.#speakers.close();
    this.#paths.close();
    this.#keeper.stop();
    this.#mesh.close();
    this.#setState('ended', error);
  }
}
