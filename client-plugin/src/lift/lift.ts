import {
  type EventPayload,
  type MediaKind,
  MeshliftError,
  type RequestPayload,
  type RoomMode,
  type RoomModeChoice,
  type RoomState,
  type SwitchFailure,
  type SwitchGap,
} from '@meshlift/protocol';
import { KINDS } from '../mesh/local-media.ts';
import type { Participant } from '../rooms/participant.ts';
import type { RemoteStream } from '../rooms/remote-stream.ts';
import { cutOver } from './cut-over.ts';
import { EffortMeter } from './effort-meter.ts';
import { mustEncodeOnce } from './encode-budget.ts';
import { KeptSession } from './kept-session.ts';
import type { LiftedRoom, SwitchReport } from './lifted-room.ts';
import { ReceivingSession, type RelayedTrack } from './receiving-session.ts';
import { RelayTiles } from './relay-tiles.ts';
import type { Uplink } from './uplink.ts';
import { Waiting } from './waiting.ts';

type Step = RequestPayload<'room:switchStep'>['step'];
type Told = Omit<EventPayload<'room:switch'>, 'sessionId'>;

/** What a page spends on encoding is read over so long a time. */
const MEASURE_FOR_MS = 500;

/**
 * How long those who cannot be reached at the moment are waited for before a switch fails for it, and so is a host's
 * order.
 */
const REACH_WITHIN_MS = 5_000;

/** A way to the relay that takes longer is reported as missing. It may come about even so, until the host decides. */
const CONNECT_WITHIN_MS = 8_000;

/** What the host reads about a participant for whom a switch failed. */
const UNREACHED = 'has no direct way to everybody';
const NO_WAY = 'cannot reach the relay';
const UNCONFIRMED = "has not heard from a host's page that the room may go through the server";
const STRANGERS = 'is connected to somebody who is not in the room';

/**
 * This page's part in moving a room between mesh and relay. Both paths run side by side while each picture
 * and each sound goes over when the new path plays it as well as the old one; the links of the mesh stay
 * when the room is on the relay, without media, so that the way back takes no negotiation.
 *
 * Encoding for two paths at once takes time that a page may not have. The relay is sent the smallest layer alone
 * until the mesh has ended, and a page that has not even the time for that ends one path as it begins the other.
 *
 * In a room with a password nothing goes to the relay on the server's word alone: see `HostOrders`.
 */
export class Lift {
  readonly #room: LiftedRoom;
  readonly #uplink: Uplink;
  readonly #receiving: KeptSession<ReceivingSession>;
  readonly #relayMedia = new Map<string, MediaStream>();
  readonly #tiles = new RelayTiles((participantId, wish) => {
    this.#receiving.session?.wish(participantId, wish);
  });
  readonly #waiting = new Waiting();
  #mode: RoomMode = 'mesh';
  #heading: RoomMode = 'mesh';
  #epoch = 0;
  /** The switch this page takes part in. Whatever still runs for another one is stale. */
  #turn: symbol | undefined;
  #streams: SwitchGap[] = [];
  /** Whether this page sends its video by one path at a time in this switch. */
  #encodesOnce = false;
  /** The host's orders that the present switch comes from, and that this page is on the relay by. */
  #order: string | undefined;
  #liftedBy: string | undefined;
  /** The epoch in which the room is on the relay by the server's account, and by nobody else's. */
  #unordered: number | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #unconfirmed = false;
  #asked: { resolve(report: SwitchReport): void; reject(error: MeshliftError): void } | undefined;

  /** @param failed see `KeptSession`: what others send does not get here */
  constructor(room: LiftedRoom, uplink: Uplink, failed: (error: MeshliftError | undefined) => void) {
    this.#room = room;
    this.#uplink = uplink;
    this.#receiving = new KeptSession(() => this.#receive(), failed);
  }

  /** How this page sends and receives at the moment. */
  get mode(): RoomMode {
    return this.#mode;
  }

  /** Where this page is going, by the server's account: its mode, unless a switch is under way. */
  get heading(): RoomMode {
    return this.#heading;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /**
   * Whether the server has moved the room to the relay, or tries to, and no page of a host has said that it may: then
   * this page goes on in the mesh.
   */
  get unconfirmed(): boolean {
    return this.#unconfirmed;
  }

  /**
   * Asks for a switch. Resolves when this page is over; at once if there is nothing to move.
   *
   * @throws MeshliftError `SWITCH_FAILED` if it came to nothing, `DISCONNECTED` if its end was missed
   */
  async setMode(mode: RoomModeChoice): Promise<SwitchReport> {
    const { connection, sessionId } = this.#room;
    const isThere = mode === 'auto' || mode === this.#mode;
    const epoch = this.#epoch;
    const moves = mode !== (this.#unordered === undefined ? this.#mode : 'sfu');
    await connection.request('room:setMode', { sessionId, mode, epoch });
    this.#room.orders?.give(mode, moves ? epoch + 1 : epoch);
    if (isThere) return { mode: this.#mode, epoch: this.#epoch, streams: [] };
    return new Promise((resolve, reject) => {
      this.#asked = { resolve, reject };
    });
  }

  /** The page has joined, or come back, and is told how the room stands. */
  async enter({ mode, epoch, switching }: RoomState): Promise<void> {
    this.#heading = switching?.mode ?? mode;
    if (epoch < this.#epoch) this.#room.orders?.rewound(epoch);
    if (epoch !== this.#epoch || mode !== this.#mode) await this.#commit(mode, epoch);
    // It was called off while this page was away.
    else if (!switching && this.#turn) await this.#revert([]);
    if (switching) await this.follow({ ...switching, failures: [] });
    else this.#settle(undefined);
  }

  /** Signaling is back on another connection, and the session with the room still there. */
  resume(): void {
    this.#receiving.resume();
  }

  /** This page is another participant now. */
  renew(): void {
    this.#receiving.renew();
  }

  /** The server has told of a phase. */
  async follow(told: Told): Promise<void> {
    const { mode, epoch, phase, failures } = told;
    try {
      if (phase === 'preflight') await this.#prepare(mode, epoch);
      if (phase === 'move') await this.#move(told);
      if (phase === 'commit') await this.#commit(mode, epoch);
      if (phase === 'abort') await this.#revert(failures);
    } catch (thrown) {
      await this.#report(epoch, { name: 'failed', reason: reasonOf(thrown) });
    }
  }

  /** Somebody left, came into reach, publishes something else, or gave an order: what was waited for may be there. */
  look(): void {
    this.#waiting.look();
    const epoch = this.#unordered;
    if (epoch !== undefined && this.#mayLift(epoch)) void this.#commit('sfu', epoch);
  }

  /** Somebody's stream has begun. */
  begun(stream: RemoteStream): void {
    if (this.#mode === 'sfu') this.#tiles.watch(stream);
  }

  ended(stream: RemoteStream): void {
    this.#tiles.unwatch(stream);
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#waiting.callOff();
    this.#turn = undefined;
    this.#setUnordered(undefined);
    this.#settle(undefined);
    this.#closePath();
  }

  async #prepare(mode: RoomMode, epoch: number): Promise<void> {
    const turn = this.#begin();
    const { mesh } = this.#room;
    this.#heading = mode;
    if (mode === 'sfu' && !(await this.#hasOrder(turn, epoch))) return;
    this.#room.switching(mode);
    const reached = () => (mode === 'sfu' ? mesh.strangers : mesh.unreached).length === 0;
    await this.#comesTrue(reached);
    if (this.#turn !== turn) return;
    if (!reached()) throw new Error(mode === 'sfu' ? STRANGERS : UNREACHED);
    // A page that cannot tell encodes for both.
    const spends = this.#measureEncoding(mode).catch(() => false);
    if (mode === 'sfu') {
      void this.#uplink.limit('smallest');
      const connecting = this.#connect();
      const connected = await within(CONNECT_WITHIN_MS, connecting).then(
        () => true,
        async (thrown: unknown) => {
          await this.#report(epoch, { name: 'failed', reason: reasonOf(thrown) });
          return connecting.then(
            () => true,
            () => false,
          );
        },
      );
      if (!connected) return;
    }
    const encodesOnce = this.#canEncodeOnce && (await spends);
    if (this.#turn !== turn) return;
    this.#encodesOnce = encodesOnce;
    if (encodesOnce && mode === 'sfu') await this.#uplink.limit('none');
    if (this.#turn === turn) await this.#report(epoch, { name: 'ready', singleEncode: encodesOnce });
  }

  /** Waits for something for as long as people are waited for. */
  async #comesTrue(holds: () => boolean): Promise<void> {
    const patience = setTimeout(() => this.#waiting.callOff(), REACH_WITHIN_MS);
    await this.#waiting.until(holds);
    clearTimeout(patience);
  }

  /** Resolves to whether this switch goes on. @throws Error if nobody but the server wants it */
  async #hasOrder(turn: symbol, epoch: number): Promise<boolean> {
    const { orders } = this.#room;
    if (!orders) return true;
    if (!this.#mayLift(epoch)) await this.#comesTrue(() => this.#mayLift(epoch));
    if (this.#turn !== turn) return false;
    if (!this.#mayLift(epoch)) {
      this.#setUnconfirmed(true);
      throw new Error(UNCONFIRMED);
    }
    this.#order = orders.idFor(epoch);
    return true;
  }

  #mayLift(epoch: number): boolean {
    const { orders } = this.#room;
    return !orders || orders.permits(epoch);
  }

  async #connect(): Promise<void> {
    const { mesh, roster } = this.#room;
    await Promise.all([this.#uplink.need('room'), this.#receiving.open()]);
    // Who sends nothing finds out by what comes whether the relay can be reached. Nobody waits for more than
    // that here: whose media is late is for them to tell.
    const isSilent = mesh.media.tracks.length === 0;
    const someoneSends = () => roster.participants.some((other) => this.#publishesAnything(other));
    await this.#waiting.until(() => !isSilent || !someoneSends() || this.#relayMedia.size > 0);
    await this.#receiving.session?.connected();
  }

  /** What an audience outside is sent anyway costs nothing more, and must not be taken away. */
  get #canEncodeOnce(): boolean {
    return this.#room.mesh.holdVideo !== undefined && !this.#uplink.hasAudience;
  }

  /** Resolves to whether this page has not the time to encode for both paths. */
  async #measureEncoding(to: RoomMode): Promise<boolean> {
    const { mesh, roster } = this.#room;
    const from = this.#mode;
    const meter = new EffortMeter();
    const read = async () => {
      const relay = from === 'sfu' ? await this.#uplink.stats() : undefined;
      const reports = from === 'mesh' ? await mesh.stats() : relay ? [relay] : [];
      return meter.read(reports, from, roster.participants.length, performance.now());
    };
    await read();
    await new Promise((resolve) => setTimeout(resolve, MEASURE_FOR_MS));
    const effort = await read();
    return effort !== undefined && mustEncodeOnce(effort, to, navigator.hardwareConcurrency);
  }

  async #move({ mode, epoch, singleEncode = [], failures }: Told): Promise<void> {
    const turn = this.#turn ?? this.#begin();
    const { roster } = this.#room;
    if (mode === 'sfu' && !(await this.#hasOrder(turn, epoch))) return;
    await this.#sendByBoth(mode);
    // Those who are left out come over by themselves, when they can.
    const leftOut = new Set(failures.map(({ participantId }) => participantId));
    const moved = roster.participants.filter(({ participantId }) => !leftOut.has(participantId));
    const streams = await Promise.all(
      moved.map((participant) =>
        cutOver({
          participant,
          to: mode,
          singleEncode: singleEncode.includes(participant.participantId),
          show: (kind, path) => {
            if (this.#turn !== turn) return;
            roster.setPath(participant, kind, path);
            if (kind === 'video') this.#watchTile(participant, path);
          },
          isOver: (kind) => this.#turn !== turn || !this.#expects(participant, kind),
          waiting: this.#waiting,
        }),
      ),
    );
    if (this.#turn !== turn) return;
    this.#streams = streams.flat();
    await this.#report(epoch, { name: 'over', gaps: this.#streams });
  }

  /** Begins to send by the new path, and ends the video of the old one where there is no time for both. */
  async #sendByBoth(mode: RoomMode): Promise<void> {
    const { mesh } = this.#room;
    if (mode === 'mesh') {
      if (this.#encodesOnce) await this.#uplink.limit('none');
      await mesh.hold(false);
      return;
    }
    if (this.#encodesOnce) await mesh.holdVideo?.(true);
    // Somebody who came in the middle has prepared nothing.
    await Promise.all([this.#uplink.limit('smallest'), this.#uplink.need('room'), this.#receiving.open()]);
  }

  async #commit(mode: RoomMode, epoch: number): Promise<void> {
    const { orders } = this.#room;
    if (mode === 'sfu' && !this.#mayLift(epoch)) return this.#stayInMesh(epoch);
    const report = { mode, epoch, streams: this.#streams };
    this.#end();
    this.#setUnordered(undefined);
    this.#mode = mode;
    this.#heading = mode;
    this.#epoch = epoch;
    if (mode === 'mesh') orders?.lowered(epoch, this.#liftedBy);
    this.#liftedBy = mode === 'sfu' ? orders?.idFor(epoch) : undefined;
    if (mode === 'sfu') this.#keepPath();
    await this.#sendBy(mode);
    this.#showAll(mode);
    if (mode === 'mesh') this.#closePath();
    this.#settle(report);
    this.#room.switched(report);
  }

  /** The server says that the room is on the relay: this page does not go there before a host's page has said so. */
  async #stayInMesh(epoch: number): Promise<void> {
    const left = this.#mode === 'sfu';
    if (left) this.#room.orders?.lowered(epoch, this.#liftedBy);
    this.#liftedBy = undefined;
    this.#end();
    this.#mode = 'mesh';
    this.#heading = 'sfu';
    this.#epoch = epoch;
    this.#setUnordered(epoch);
    this.#showAll('mesh');
    this.#closePath();
    await this.#sendBy('mesh');
    if (left) this.#room.switched({ mode: 'mesh', epoch, streams: [] });
  }

  /** Back to how things were before the switch. */
  async #revert(failures: SwitchFailure[]): Promise<void> {
    if (this.#order !== undefined) this.#room.orders?.end(this.#order);
    this.#end();
    if (this.#unordered === undefined) this.#setUnconfirmed(false);
    const mode = this.#mode;
    this.#heading = mode;
    this.#showAll(mode);
    if (mode === 'mesh') this.#closePath();
    await this.#sendBy(mode);
    this.#settle(new MeshliftError('SWITCH_FAILED', undefined, { cause: failures }));
    this.#room.switchFailed(failures);
  }

  /** Sends everything by one path, and as much of it as is wanted there. */
  async #sendBy(mode: RoomMode): Promise<void> {
    const { mesh } = this.#room;
    await mesh.hold(mode === 'sfu');
    await mesh.holdVideo?.(false);
    await this.#uplink.limit('all');
  }

  #begin(): symbol {
    this.#end();
    const turn = Symbol('turn');
    this.#turn = turn;
    return turn;
  }

  #end(): void {
    this.#turn = undefined;
    this.#order = undefined;
    this.#streams = [];
    this.#encodesOnce = false;
    this.#waiting.callOff();
  }

  /** What is confirmed within the time in which newcomers reach the others is nothing to tell of. */
  #setUnordered(epoch: number | undefined): void {
    this.#unordered = epoch;
    clearTimeout(this.#patience);
    if (epoch === undefined) this.#setUnconfirmed(false);
    else this.#patience = setTimeout(() => this.#setUnconfirmed(true), REACH_WITHIN_MS);
  }

  #setUnconfirmed(unconfirmed: boolean): void {
    if (unconfirmed === this.#unconfirmed) return;
    this.#unconfirmed = unconfirmed;
    this.#room.unconfirmedChanged(unconfirmed);
  }

  /** Answers whoever asked for a switch. */
  #settle(outcome: SwitchReport | MeshliftError | undefined): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (outcome instanceof MeshliftError) asked?.reject(outcome);
    else if (outcome) asked?.resolve(outcome);
    else asked?.reject(new MeshliftError('DISCONNECTED'));
  }

  #showAll(mode: RoomMode): void {
    const { roster } = this.#room;
    roster.showAll(mode);
    for (const participant of roster.participants) this.#watchTile(participant, mode);
  }

  #watchTile({ stream }: Participant, path: RoomMode): void {
    if (stream && path === 'sfu') this.#tiles.watch(stream);
    else if (stream) this.#tiles.unwatch(stream);
  }

  #publishesAnything(participant: Participant): boolean {
    return KINDS.some((kind) => this.#expects(participant, kind));
  }

  #expects(participant: Participant, kind: MediaKind): boolean {
    return this.#room.roster.has(participant.participantId) && participant.publishes(kind);
  }

  #keepPath(): void {
    this.#uplink.keep('room');
    this.#receiving.keep();
  }

  #closePath(): void {
    this.#tiles.clear();
    this.#uplink.release('room');
    this.#receiving.close();
    this.#dropRelayMedia();
  }

  #receive(): ReceivingSession {
    this.#dropRelayMedia();
    const session = new ReceivingSession(this.#room);
    session.on('track', (added) => this.#setTrack(added, true));
    session.on('trackgone', (gone) => this.#setTrack(gone, false));
    session.on('layers', ({ participantId }) => this.#tiles.look(participantId));
    return session;
  }

  #dropRelayMedia(): void {
    for (const participantId of this.#relayMedia.keys()) {
      this.#room.roster.setRelayMedia(participantId, undefined);
    }
    this.#relayMedia.clear();
  }

  #setTrack({ participantId, track }: RelayedTrack, present: boolean): void {
    const media = this.#relayMedia.get(participantId) ?? new MediaStream();
    this.#relayMedia.set(participantId, media);
    if (present) media.addTrack(track);
    else media.removeTrack(track);
    this.#room.roster.setRelayMedia(participantId, media);
    this.look();
  }

  /** A report that comes too late says nothing any more. */
  async #report(epoch: number, step: Step): Promise<void> {
    const { connection, sessionId } = this.#room;
    await connection.request('room:switchStep', { sessionId, epoch, step }).catch(() => undefined);
  }
}

/** @throws Error if the work is not done in time; it goes on, and what comes of it is not awaited */
async function within(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(NO_WAY)), milliseconds);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What the host reads about somebody who could not follow. */
function reasonOf(thrown: unknown): string {
  const { message } = thrown instanceof Error ? thrown : MeshliftError.from(thrown);
  return message.slice(0, 200);
}
