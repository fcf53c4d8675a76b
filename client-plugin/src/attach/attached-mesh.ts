import {
  type MediaKind,
  MeshliftError,
  type RoomMode,
  type RoomModeChoice,
  type RoomState,
  type SwitchFailure,
} from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import type { LiftedMesh, LiftedRoom, SwitchQuestion, SwitchReport } from '../lift/lifted-room.ts';
import { MediaPaths } from '../lift/media-paths.ts';
import type { RemoteStream } from '../rooms/remote-stream.ts';
import { type RoomAddress, roomAddress } from '../rooms/room-address.ts';
import { RoomSession } from '../rooms/room-session.ts';
import { SessionKeeper } from '../signaling/session-keeper.ts';
import { SignalingConnection, type Welcome } from '../signaling/signaling-connection.ts';
import { rememberReceiver } from '../track-receiver.ts';
import { AttachedRoster } from './attached-roster.ts';
import { introduce, parseIntroduction } from './introduction.ts';
import type { MeshAdapter } from './mesh-adapter.ts';

/** `connecting`: not there yet, or signaling is away; media goes on. `ended`: over, with an error unless closed. */
export type AttachedState = 'connecting' | 'attached' | 'ended';

export interface AttachedMeshEvents {
  state: { state: AttachedState; error?: MeshliftError };
  /** A peer's sound or picture has begun, by whatever path. */
  stream: { peerId: string; stream: RemoteStream };
  streamended: { peerId: string; stream: RemoteStream };
  /** A switch has begun, and nothing has moved yet. The relay of this host name is the one that `sfu` leads to. */
  switching: { mode: RoomMode; relay: string };
  /** This page's media travels another way now; it says how long each picture stood still. */
  modechange: SwitchReport;
  /** A switch was called off: these could not follow. The room is as it was. */
  switchfailed: SwitchFailure[];
  /** To hosts: not everybody follows a switch. See `decideSwitch`. */
  switchstuck: SwitchQuestion;
  /** Whether the mode follows what is measured. */
  auto: boolean;
  /** Media does not get to the relay or from it; undefined when it does again. See `relayError`. */
  relayerror: MeshliftError | undefined;
  /** Whether this page may switch. */
  host: boolean;
}

export interface AttachOptions {
  /** The Meshlift server's URL; the page's own origin by default. */
  server?: string;
  /** The room's name: all pages of one mesh attach under the same. */
  room: string;
  /** The application's mesh. */
  mesh: MeshAdapter;
  /** Keeps the room's name, and by what ids the application knows its peers, from the server. */
  password?: string;
  /** From an earlier stay as host: makes this page one again. */
  hostKey?: string;
  /** How the media of a room that this page founds travels at first; `mesh` by default. Others cannot choose. */
  mode?: RoomModeChoice;
}

/** What there is of this page's part in the room, once the server has let it in. */
interface Attachment {
  address: RoomAddress;
  connection: SignalingConnection;
  session: RoomSession;
  keeper: SessionKeeper;
}

/**
 * A mesh that an application runs by itself, moved to the relay and back. Its connections stay the
 * application's, and go on for whatever else it uses them for; while the room is on the relay they carry no
 * sound and no picture.
 */
export class AttachedMesh extends Emitter<AttachedMeshEvents> {
  /** The host name of the relay, which can see and hear the room while its mode is `sfu`. */
  readonly relayHost: string;
  /**
   * Resolves when the server has let this page in. Until then, and whenever the server is away, the mesh goes on
   * by itself. Rejects with a MeshliftError: `ROOM_LOCKED`, `ROOM_FULL`, `NOT_HOST` for a wrong host key,
   * `DISCONNECTED`, `SERVER_FULL`, `BAD_REQUEST`, `UNSUPPORTED_BROWSER`.
   */
  readonly ready: Promise<void>;
  readonly #options: AttachOptions & { server: string };
  readonly #mesh: MeshAdapter;
  readonly #roster: AttachedRoster;
  readonly #paths: MediaPaths;
  readonly #stopListening: () => void;
  readonly #paused = new Set<MediaKind>();
  #attachment: Attachment | undefined;
  #welcome: Welcome | undefined;
  #state: AttachedState = 'connecting';

  constructor(options: AttachOptions) {
    super();
    const { server = location.origin, mesh } = options;
    this.relayHost = new URL(server, location.href).hostname;
    this.#options = { ...options, server };
    this.#mesh = mesh;
    this.#roster = new AttachedRoster(mesh, {
      begun: (peerId, stream) => {
        this.#paths.begun(stream);
        this.emit('stream', { peerId, stream });
      },
      ended: (peerId, stream) => {
        this.#paths.ended(stream);
        this.emit('streamended', { peerId, stream });
      },
    });
    this.#paths = new MediaPaths(this.#lifted());
    this.#stopListening = mesh.onChange(() => this.#update());
    this.#update();
    this.ready = this.#attach();
    // Whoever does not wait for it is told by the state.
    this.ready.catch((error: unknown) => this.#end(MeshliftError.from(error)));
  }

  get state(): AttachedState {
    return this.#state;
  }

  /** How this page's media travels. */
  get mode(): RoomMode {
    return this.#paths.mode;
  }

  /** Whether the mode follows what is measured. */
  get auto(): boolean {
    return this.#paths.auto;
  }

  /** See `Room.relayError`. */
  get relayError(): MeshliftError | undefined {
    return this.#paths.relayError;
  }

  /** Whether this page may switch: the first one in the room may, and whoever has the host key. */
  get host(): boolean {
    return this.#attachment?.session.host ?? false;
  }

  /** With it a page is host again, after a reload for example. Undefined for those who are not. */
  get hostKey(): string | undefined {
    return this.#attachment?.session.hostKey;
  }

  /**
   * What a peer sends, by whatever path it comes: give it to an element with `attach`, in place of the stream
   * that the application's own connection delivers. Undefined while the peer sends nothing.
   */
  streamOf(peerId: string): RemoteStream | undefined {
    return this.#roster.streamOf(peerId);
  }

  /**
   * Moves the room to the relay, or back to the application's mesh. Hosts only. Resolves when this page is over.
   *
   * @throws MeshliftError `NOT_HOST`, `SWITCH_IN_PROGRESS`, `STALE_EPOCH`, `SERVER_FULL`, and `SWITCH_FAILED`
   *   when somebody could not follow: its cause says who, and why
   */
  async setMode(mode: RoomModeChoice): Promise<SwitchReport> {
    await this.ready;
    return this.#paths.setMode(mode);
  }

  /** Hosts only, after `switchstuck`: goes on without those who are stuck, or puts the room back. */
  async decideSwitch(epoch: number, leaveOut: boolean): Promise<void> {
    await this.#attachment?.session.decideSwitch(epoch, leaveOut);
  }

  /** The application has muted something it sends, or switched it off: nothing of it goes to the relay either. */
  async setPaused(kind: MediaKind, paused: boolean): Promise<void> {
    if (paused) this.#paused.add(kind);
    else this.#paused.delete(kind);
    await this.#paths.setPaused(kind, paused);
  }

  /** Lets go of the mesh, which sends by itself again. Repeating it changes nothing. */
  async close(): Promise<void> {
    if (this.#state === 'ended') return;
    this.#setState('ended');
    this.#stopListening();
    this.#letGo();
    await this.#attachment?.session.close();
    this.#end();
  }

  async #attach(): Promise<void> {
    if (!('RTCPeerConnection' in globalThis)) throw new MeshliftError('UNSUPPORTED_BROWSER');
    const { server, room, password, hostKey, mode } = this.#options;
    const address = await roomAddress(server, room, password);
    const { connection, welcome } = await SignalingConnection.open(server);
    const session = new RoomSession(connection, address.roomId, hostKey);
    const keeper = new SessionKeeper(connection, welcome, {
      join: (welcome) => this.#join(session, welcome),
      resume: () => this.#resume(session),
      reconnecting: () => this.#setState('connecting'),
      ended: (error) => this.#end(error),
      leave: () => this.#paths.close(),
    });
    this.#attachment = { address, connection, session, keeper };
    if (this.#state === 'ended') keeper.stop();
    else await keeper.start();
    // A room that cannot be on the relay yet is one all the same; whoever asks for its mode sees which it has.
    if (mode && session.founded) this.#paths.setMode(mode).catch(() => undefined);
  }

  async #join(session: RoomSession, welcome: Welcome): Promise<void> {
    const state = await session.join();
    this.#welcome = welcome;
    this.#follow(session);
    this.#takeOver(state);
    void this.#paths.join(state);
  }

  async #resume(session: RoomSession): Promise<void> {
    const state = await session.resume();
    this.#takeOver(state);
    void this.#paths.resume(state);
  }

  #takeOver({ participants }: RoomState): void {
    this.#roster.retain(new Set(participants.map(({ participantId }) => participantId)));
    for (const { participantId } of participants) void this.#introduceTo(participantId);
    this.#setState('attached');
    this.emit('host', this.host);
  }

  #follow(session: RoomSession): void {
    session.follow({
      'room:joined': ({ participant }) => void this.#introduceTo(participant.participantId),
      'room:left': ({ participantId }) => {
        this.#roster.unmatch(participantId);
        this.#paths.look();
      },
      'room:signal': ({ from, signal }) => void this.#meet(from, signal),
      'room:switch': (told) => void this.#paths.follow(told),
      'room:switchStuck': ({ sessionId: _, ...question }) => this.emit('switchstuck', question),
      'room:auto': ({ auto }) => this.#paths.setAuto(auto),
      'room:locked': ({ locked }) => session.lockedIs(locked),
      'room:host': ({ sessionId, ...told }) => {
        session.hostsAre(told);
        this.emit('host', this.host);
      },
      'session:closed': ({ error }) => {
        this.#attachment?.keeper.sessionClosed(MeshliftError.of(error));
      },
    });
  }

  /** Says by what id the application knows this page. Whoever misses it is told again when they come back. */
  async #introduceTo(participantId: string): Promise<void> {
    const { session, address } = this.#attached;
    const route = { from: session.participantId, to: participantId };
    const sealed = await address.sealing.seal(introduce(this.#mesh.selfId), route);
    await session.signal(participantId, sealed).catch(() => undefined);
  }

  async #meet(from: string, sealed: string): Promise<void> {
    const { session, address } = this.#attached;
    const opened = await address.sealing.open(sealed, { from, to: session.participantId });
    const peerId = opened === undefined ? undefined : parseIntroduction(opened);
    if (peerId === undefined) return;
    const isNew = !this.#roster.has(from);
    this.#roster.match(from, peerId);
    // They may have been away when this page introduced itself.
    if (isNew) void this.#introduceTo(from);
    this.#update();
  }

  /** The application's mesh has changed. */
  #update(): void {
    for (const media of this.#mesh.peers.values()) {
      for (const track of media.getTracks()) rememberReceiver(track, this.#mesh.receiverOf?.(track));
    }
    this.#roster.update();
    this.#paths.look();
    void this.#paths.applyMedia();
  }

  get #attached(): Attachment {
    if (!this.#attachment) throw new MeshliftError('DISCONNECTED');
    return this.#attachment;
  }

  /** What the lift sees of this room. */
  #lifted(): LiftedRoom {
    const attached = this;
    const mesh = this.#mesh;
    const roster = this.#roster;
    const lifted: LiftedMesh = {
      media: {
        get tracks() {
          return mesh.localStream?.getTracks() ?? [];
        },
        paused: this.#paused,
      },
      get unreached() {
        return roster.unreached;
      },
      get strangers() {
        return roster.strangers;
      },
      hold: (held) => mesh.hold(held),
      holdVideo: mesh.holdVideo && ((held) => mesh.holdVideo?.(held) ?? Promise.resolve()),
      stats: async () => (await mesh.stats?.()) ?? [],
    };
    return {
      get connection() {
        return attached.#attached.connection;
      },
      mesh: lifted,
      roster,
      get sessionId() {
        return attached.#attached.session.id;
      },
      get welcome() {
        if (!attached.#welcome) throw new MeshliftError('DISCONNECTED');
        return attached.#welcome;
      },
      switching: (mode) => this.emit('switching', { mode, relay: this.relayHost }),
      switched: (report) => this.emit('modechange', report),
      switchFailed: (failures) => this.emit('switchfailed', failures),
      // Its signals are not this page's to seal, so that there is nothing to check against.
      unconfirmedChanged: () => undefined,
      autoChanged: (auto) => this.emit('auto', auto),
      // An attached mesh has no audience: its mode says all of it.
      uplinkChanged: () => undefined,
      relayErrorChanged: (error) => this.emit('relayerror', error),
    };
  }

  #setState(state: AttachedState, error?: MeshliftError): void {
    if (this.#state === state || this.#state === 'ended') return;
    this.#state = state;
    this.emit('state', { state, ...(error ? { error } : {}) });
  }

  #end(error?: MeshliftError): void {
    this.#letGo();
    this.#attachment?.keeper.stop();
    this.#setState('ended', error);
  }

  /** The mesh goes on by itself. */
  #letGo(): void {
    this.#paths.close();
    this.#roster.showAll('mesh');
    void this.#mesh.hold(false);
    void this.#mesh.holdVideo?.(false);
  }
}
