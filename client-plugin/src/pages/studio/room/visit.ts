import type { Room } from '../../../index.ts';
import { describeError, type Words } from '../../shared/error-words.ts';
import { exposeToScripts } from '../../shared/page-hooks.ts';
import { isThisTabs } from '../../shared/tab-lock.ts';
import {
  hideRoomName,
  isPasswordWanted,
  type TakenPassword,
  takePasswordFromAddress,
} from '../address-fragment.ts';
import { LocalSource } from '../local-source.ts';
import { type SourceChoice, sourceKinds } from '../source-kinds.ts';
import { Arrivals } from './arrivals.ts';
import { ChatLog } from './chat-log.ts';
import { Sending } from './sending.ts';
import { StayRecord, type StaySummary } from './stay-record.ts';
import { Switching } from './switching.ts';
import { hostNews, notHostAgain, passwordMissing, sourceLost } from './text.ts';
import { VisitMemory } from './visit-memory.ts';

export type VisitStage = 'doorway' | 'joining' | 'inside' | 'left';

/** What a person can send in a room: any source, or nothing. */
export const sourceChoices: readonly SourceChoice[] = [...sourceKinds, 'none'];

/** One person's visit to a room, from the doorway until they have left. Emits `change`. */
export class Visit extends EventTarget {
  readonly roomName: string;
  readonly sending: Sending;
  readonly #memory: VisitMemory;
  #chat = new ChatLog();
  #stage: VisitStage = 'doorway';
  #room: Room | undefined;
  #switching: Switching | undefined;
  #name: string;
  #password: string;
  #passwordTaken: 'unsent' | 'sent' | undefined;
  #trouble: Words | undefined;
  #watchedPutAway = false;
  #arrivals = new Arrivals();
  #stayId: string | undefined;
  #record: StayRecord | undefined;
  #summary: StaySummary | undefined;
  #hostNews: string | undefined;
  readonly #passwordWanted = isPasswordWanted(location.hash);
  /** The room goes through the relay, or is about to, and this person has not said yet that what they send may too. */
  #atRelayDoor = false;

  /**
   * @param wanted the source that the address asks for, if any
   * @param password that came with the address
   */
  constructor(roomName: string, wanted: string | null, password: TakenPassword | undefined) {
    super();
    this.roomName = roomName;
    this.#memory = new VisitMemory(roomName);
    const stay = this.#memory.stay;
    this.#name = stay?.name ?? this.#memory.name;
    this.#password = stay?.password ?? '';
    this.#stayId = stay?.id;
    this.#takePassword(password);
    addEventListener('hashchange', () => this.#takePassword(takePasswordFromAddress()));
    const local = new LocalSource([stay?.source, wanted], sourceChoices, stay?.paused, stay?.encoder);
    this.sending = new Sending(local);
    this.sending.addEventListener('change', () => {
      this.#remember();
      this.#changed();
    });
  }

  get stage(): VisitStage {
    return this.#stage;
  }

  /** Undefined outside. */
  get room(): Room | undefined {
    return this.#room;
  }

  /** Undefined outside. */
  get switching(): Switching | undefined {
    return this.#switching;
  }

  get local(): LocalSource {
    return this.sending.local;
  }

  get chat(): ChatLog {
    return this.#chat;
  }

  get name(): string {
    return this.#name;
  }

  set name(name: string) {
    this.#name = name;
    this.#changed();
  }

  get password(): string {
    return this.#password;
  }

  set password(password: string) {
    this.#password = password;
    this.#passwordTaken = undefined;
    this.#changed();
  }

  /** Whether the password came with the address, and whether the server was sent it with the request for the page. */
  get passwordTaken(): 'unsent' | 'sent' | undefined {
    return this.#passwordTaken;
  }

  /** Whether the link says that the room has a password: without one it is another room. */
  get passwordWanted(): boolean {
    return this.#passwordWanted;
  }

  /** Who has become host while this page was here, until it is put away. */
  get hostNews(): string | undefined {
    return this.#hostNews;
  }

  putHostNewsAway(): void {
    this.#hostNews = undefined;
    this.#changed();
  }

  /** Whether this browser still has to say what joining a direct room shows to the others. */
  get untold(): boolean {
    return !this.#memory.told;
  }

  /** What went wrong last, at the door or inside. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  /** Of the stay that ended last in this page. */
  get summary(): StaySummary | undefined {
    return this.#summary;
  }

  /** Whether somebody outside watches, and this page has not been told yet. */
  get watched(): boolean {
    const audience = this.#room?.audience;
    return audience?.allowed === true && audience.wanted && !this.#watchedPutAway;
  }

  /** Whether nothing is sent until `answerRelayDoor`. */
  get atRelayDoor(): boolean {
    return this.#atRelayDoor;
  }

  /** @param send whether what this person wants to send may go through the relay; they watch and listen otherwise */
  async answerRelayDoor(send: boolean): Promise<void> {
    const room = this.#room;
    if (!this.#atRelayDoor || !room) return;
    this.#atRelayDoor = false;
    this.#switching?.dismissNotice();
    this.#changed();
    if (!send) await this.local.choose('none');
    await this.sending.begin(room);
    this.#remember();
  }

  /** Who came or left last, for those who hear the page. */
  get arrival(): string {
    return this.#arrivals.last;
  }

  putWatchedAway(): void {
    this.#watchedPutAway = true;
    this.#changed();
  }

  /** Opens what may be opened without a click, and comes back into the room that a reload interrupted. */
  async begin(): Promise<void> {
    const stayed = this.#memory.stay !== undefined;
    if (stayed) this.#setStage('joining');
    const returning = stayed && (await this.#isOwnStay());
    if (stayed && !returning) this.#setStage('doorway');
    if (await this.local.mayOpen()) await this.local.open();
    if (!returning) return;
    await this.#enter();
    if (this.#room && this.local.kind !== 'none' && !this.local.source) this.#fail(sourceLost);
  }

  async join(): Promise<void> {
    if (this.#stage === 'joining' || this.#stage === 'inside') return;
    if (this.#passwordWanted && this.#password === '') {
      this.#fail(passwordMissing);
      return;
    }
    this.#setStage('joining');
    if (this.local.kind !== 'none' && !this.local.source && !(await this.local.open())) {
      this.#setStage('doorway');
      return;
    }
    this.#memory.told = true;
    this.#memory.name = this.#name.trim();
    await this.#enter();
  }

  async leave(): Promise<void> {
    this.#memory.stay = undefined;
    this.#stayId = undefined;
    const room = this.#room;
    this.#out();
    await room?.leave();
  }

  /** From the screen after leaving back to the doorway. */
  comeBack(): void {
    this.#trouble = undefined;
    this.#summary = undefined;
    this.#setStage('doorway');
    void this.local.mayOpen().then((may) => (may ? this.local.open() : undefined));
  }

  say(text: string): void {
    this.#room?.say(text);
    this.#chat.add(this.#name, text, true);
    this.#changed();
  }

  readChat(): void {
    if (this.#chat.unread === 0) return;
    this.#chat.read();
    this.#changed();
  }

  /** Does something in the room that only its host may do; what stands in the way is told as `trouble`. */
  async attempt(work: (room: Room) => Promise<void>): Promise<void> {
    this.dismissTrouble();
    if (!this.#room) return;
    await work(this.#room).catch((error: unknown) => this.#fail(describeError(error)));
  }

  dismissTrouble(): void {
    this.#trouble = undefined;
    this.#changed();
  }

  async #enter(): Promise<void> {
    this.#trouble = undefined;
    if (this.#password !== '') hideRoomName(this.roomName);
    try {
      const room = await this.#open();
      const agreed = this.#memory.stay?.relayed === true;
      this.#atRelayDoor = room.heading === 'sfu' && !agreed && this.local.kind !== 'none';
      this.#adopt(room);
      if (!this.#atRelayDoor) await this.sending.begin(room);
    } catch (error) {
      this.#memory.stay = undefined;
      this.#setStage('doorway');
      this.#fail(describeError(error));
    }
  }

  async #open(): Promise<Room> {
    const options = { room: this.roomName, name: this.#name.trim(), password: this.#password || undefined };
    const joined = await this.#memory.hostKey.join(options);
    if (joined.notHostAgain) this.#trouble = notHostAgain;
    return joined.room;
  }

  /** A duplicate of the tab that is in the room begins at the door, without its key. */
  async #isOwnStay(): Promise<boolean> {
    if (this.#stayId === undefined || (await isThisTabs(`stay:${this.#stayId}`))) return true;
    this.#stayId = undefined;
    this.#memory.stay = undefined;
    this.#memory.hostKey.forget();
    return false;
  }

  #adopt(room: Room): void {
    this.#room = room;
    this.#hostNews = undefined;
    if (this.#stayId === undefined) {
      this.#stayId = [...crypto.getRandomValues(new Uint32Array(4))].join('-');
      void isThisTabs(`stay:${this.#stayId}`);
    }
    this.#chat = new ChatLog();
    this.#record = new StayRecord(this.#memory.stay?.record);
    this.#switching = new Switching(room);
    this.#switching.addEventListener('change', () => this.#changed());
    this.#follow(room);
    exposeToScripts({ room });
    this.#setStage('inside');
    this.#remember();
  }

  #follow(room: Room): void {
    const changed = () => {
      if (this.#room === room) this.#changed();
    };
    for (const name of ['participant', 'left', 'presence', 'stream', 'streamended', 'locked'] as const) {
      room.on(name, changed);
    }
    this.#arrivals = new Arrivals();
    this.#arrivals.follow(room, changed);
    room.on('speaker', changed);
    room.on('uplink', changed);
    for (const name of ['participant', 'left', 'uplink', 'audience'] as const) {
      room.on(name, () => this.#remember());
    }
    const onMode = () => {
      // What nobody has agreed to is not needed any more.
      if (room.heading === 'mesh' && this.#room === room) void this.answerRelayDoor(true);
      this.#remember();
    };
    room.on('modechange', onMode);
    room.on('switchfailed', onMode);
    room.on('audience', () => {
      // Whoever comes after everybody had gone is told of again.
      if (!room.audience?.wanted) this.#watchedPutAway = false;
      changed();
    });
    let wasHost = room.host;
    room.on('host', ({ participantId }) => {
      const host = room.participants.find((other) => other.participantId === participantId);
      if (room.host && !wasHost) this.#hostNews = hostNews.you;
      else if (host) this.#hostNews = hostNews.other(host.name);
      wasHost = room.host;
      this.#remember();
      changed();
    });
    room.on('chat', ({ name, text }) => {
      this.#chat.add(name, text, false);
      changed();
    });
    room.on('state', ({ state, error }) => {
      if (this.#room !== room) return;
      if (state === 'ended') {
        this.#memory.stay = undefined;
        this.#out();
        if (error) this.#trouble = describeError(error);
      }
      // Coming back under another id can make this page host, or take that from it.
      this.#remember();
      this.#changed();
    });
  }

  #out(): void {
    this.#summary = this.#record?.summary;
    this.#record = undefined;
    this.#room = undefined;
    this.#switching = undefined;
    this.#atRelayDoor = false;
    this.sending.close();
    exposeToScripts({});
    this.#setStage('left');
  }

  #remember(): void {
    const room = this.#room;
    if (!room) return;
    const { kind, paused, source } = this.local;
    this.#record?.see(room, source?.encoder !== undefined);
    this.#memory.stay = {
      id: this.#stayId ?? '',
      name: this.#name.trim(),
      source: kind,
      paused,
      relayed: room.mode === 'sfu' && !this.#atRelayDoor,
      ...(this.#password && { password: this.#password }),
      ...(source?.encoder && { encoder: source.encoder.owned }),
      ...(this.#record && { record: this.#record.kept }),
    };
    this.#memory.hostKey.keep(room);
  }

  #takePassword(taken: TakenPassword | undefined): void {
    if (taken === undefined || this.#room) return;
    this.#password = taken.password;
    this.#passwordTaken = taken.sent ? 'sent' : 'unsent';
    this.#changed();
  }

  #fail(words: Words): void {
    this.#trouble = words;
    this.#changed();
  }

  #setStage(stage: VisitStage): void {
    this.#stage = stage;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
