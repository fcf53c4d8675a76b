import { html, LitElement, type TemplateResult } from 'lit';
import { MeshliftError, type Room, type RoomModeChoice, type RoomStay } from '../../index.ts';
import { describeError, type Words } from '../../pages/shared/error-words.ts';
import { HostKey } from '../../pages/shared/host-key.ts';
import { LongSession, wouldBeMissed } from '../../pages/shared/long-session.ts';
import { Arrivals } from '../../pages/studio/room/arrivals.ts';
import { Spotlight } from '../../pages/studio/room/spotlight.ts';
import { StayRecord, type StaySummary } from '../../pages/studio/room/stay-record.ts';
import { Switching } from '../../pages/studio/room/switching.ts';
import type { Size } from '../../pages/studio/room/tile-layout.ts';
import { SourceError } from '../../pages/studio/source-error.ts';
import { SCRIPT_ORIGIN } from '../script-origin.ts';
import { OwnMedia, type OwnSource, ownSources } from './own-media.ts';
import { doorway } from './room-doorway.ts';
import { inside } from './room-inside.ts';
import { roomStyles } from './room-styles.ts';
import { attachTiles } from './room-tiles.ts';

const modes: readonly RoomModeChoice[] = ['mesh', 'sfu', 'auto'];

/** What `detail` is in the events of a room. */
export interface RoomElementEvents {
  state: { state: RoomStay; error?: MeshliftError };
  modechange: { mode: Room['mode'] };
  /** The others in the room have changed; how many there are. */
  participants: number;
}

/**
 * `<meshlift-room server room name mode source confirmclose>` is a room with its door: it asks for a name, joins, shows
 * everybody, and leaves when it is taken out of its page. It keeps the screen on while somebody is in the room.
 */
export class MeshliftRoom extends LitElement {
  static override properties = {
    server: {},
    room: {},
    name: {},
    mode: {},
    source: {},
    confirmClose: { type: Boolean, attribute: 'confirmclose' },
    area: { state: true },
    asking: { state: true },
    silent: { state: true },
  };
  /** The server's URL; where this script came from by default. */
  declare server: string | null;
  /** The room's name. */
  declare room: string | null;
  /** What the door suggests as this person's name, and how the others see them. */
  declare name: string | null;
  /** How the media of a room that this page founds travels at first: `mesh` by default. */
  declare mode: string | null;
  /** @internal What there is for the tiles. */
  declare area: Size;
  /** @internal The host is being asked whether to go to the relay. */
  declare asking: boolean;
  /** @internal The browser has let somebody play only without sound. */
  declare silent: boolean;
  /** Keeps the room's name and all signals from the server. No attribute: those end up in pages and addresses. */
  password: string | undefined;
  /** What to send in place of the camera and the microphone. It stays the page's. */
  stream: MediaStream | undefined;
  /** What a person who joins sends, unless the page gives a `stream`: `camera` by default, `microphone`, or `none`. */
  declare source: string | null;
  /**
   * Whether the browser asks before the page is closed while others would miss what this person sends. Off by default,
   * because it concerns all of the page and not this element alone.
   */
  declare confirmClose: boolean;
  /** @internal */
  readonly spotlight = new Spotlight();
  readonly #media = new OwnMedia(() => this.requestUpdate());
  #joined: Room | undefined;
  readonly #session = new LongSession();
  #record: StayRecord | undefined;
  #summary: StaySummary | undefined;
  #joining = false;
  #hostKey: HostKey | undefined;
  #switching: Switching | undefined;
  #trouble: Words | undefined;
  /** The room goes through the relay, or is about to, and this person has not said yet that what they send may too. */
  #atRelayDoor = false;
  #arrivals = new Arrivals();
  #watchedPutAway = false;
  /** This person has refused an audience here. */
  #refused = false;
  /** The source that could not be opened: it is possible to come with less. */
  #unopened: OwnSource | undefined;
  readonly #sizes = new ResizeObserver(([entry]) => {
    if (entry) this.area = { width: entry.contentRect.width, height: entry.contentRect.height };
  });

  constructor() {
    super();
    this.area = { width: 0, height: 0 };
    this.asking = false;
    this.silent = false;
    this.confirmClose = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    void this.leave();
  }

  /** The room, while this page is in it. */
  get joined(): Room | undefined {
    return this.#joined;
  }

  get joining(): boolean {
    return this.#joining;
  }

  get media(): OwnMedia {
    return this.#media;
  }

  get switching(): Switching | undefined {
    return this.#switching;
  }

  /** @internal What stands in the way. */
  get trouble(): Words | undefined {
    return this.#trouble;
  }

  /** @internal Of the stay that ended last. */
  get summary(): StaySummary | undefined {
    return this.#summary;
  }

  /** @internal */
  get unopened(): OwnSource | undefined {
    return this.#unopened;
  }

  /** @internal What a person who joins will send. */
  get chosen(): OwnSource {
    return ownSources.find((source) => source === this.source) ?? 'camera';
  }

  /**
   * Goes in, as the button of the door does. What stands in the way is shown at the door.
   *
   * @param source what to open; with `none` this participant only sees and hears
   */
  async join(source: OwnSource = this.chosen): Promise<void> {
    if (this.#joining || this.#joined) return;
    this.#trouble = undefined;
    this.#unopened = undefined;
    this.#summary = undefined;
    this.#setJoining(true);
    try {
      if (source !== 'none') await this.#media.open(this.stream, source);
      const room = await this.#open();
      if (this.isConnected) await this.#enter(room);
      else await room.leave();
    } catch (error) {
      this.#media.close();
      this.#unopened = error instanceof SourceError ? source : undefined;
      this.#trouble = error instanceof SourceError ? error.words : describeError(error);
    }
    this.#setJoining(false);
  }

  /** Goes out, back to the door. Repeating it changes nothing. */
  async leave(): Promise<void> {
    await this.#joined?.leave();
  }

  /** @internal Asks the host before it goes to the relay; the way back takes no question. */
  askSwitch(): void {
    if (this.#joined?.mode === 'sfu') void this.#switching?.ask('mesh');
    else this.asking = true;
  }

  /** @internal Who came or left last. */
  get arrival(): string {
    return this.#arrivals.last;
  }

  /** @internal Whether nothing is sent until `answerRelayDoor`. */
  get atRelayDoor(): boolean {
    return this.#atRelayDoor;
  }

  /** @internal What this person has answered to sending through the relay. */
  answerRelayDoor(send: boolean): void {
    const room = this.#joined;
    if (!this.#atRelayDoor || !room) return;
    this.#atRelayDoor = false;
    this.#switching?.dismissNotice();
    if (send) void this.#media.sendTo(room);
    else this.#media.close();
    this.requestUpdate();
  }

  /** @internal Whether this person is to be told that somebody outside watches, or that nobody may. */
  get audienceNotice(): 'watched' | 'refused' | undefined {
    const { audience } = this.#joined ?? {};
    if (!audience || this.#watchedPutAway) return undefined;
    if (!audience.allowed) return this.#refused ? 'refused' : undefined;
    return audience.wanted ? 'watched' : undefined;
  }

  /** @internal Refuses those who watch from outside, or lets them in again. */
  allowAudience(allowed: boolean): void {
    this.#refused = !allowed;
    void this.#joined?.allowAudience(allowed).catch((error: unknown) => {
      this.#trouble = describeError(error);
      this.requestUpdate();
    });
  }

  /** @internal */
  putAudienceNoticeAway(): void {
    this.#watchedPutAway = true;
    this.requestUpdate();
  }

  /** @internal What the host has answered. */
  answerSwitch(yes: boolean): void {
    this.asking = false;
    if (yes) void this.#switching?.ask('sfu');
  }

  /** @internal */
  async toggle(kind: 'audio' | 'video'): Promise<void> {
    const done = this.#media.toggle(kind);
    this.requestUpdate();
    await done;
  }

  /** @internal */
  toggleSpotlight(participantId: string): void {
    this.spotlight.toggle(participantId);
    this.requestUpdate();
  }

  /** @internal After a click, which browsers want before there may be sound. */
  playSound(): void {
    this.silent = false;
    for (const video of this.renderRoot.querySelectorAll<HTMLVideoElement>('[data-participant] video')) {
      video.muted = false;
      void video.play().catch(() => undefined);
    }
  }

  protected override render(): TemplateResult {
    return html`${this.#joined && this.#switching ? inside(this, this.#joined, this.#switching) : doorway(this)}`;
  }

  protected override updated(): void {
    const room = this.#joined;
    const missed = room !== undefined && wouldBeMissed(room, this.#media.stream !== undefined);
    this.#session.update({ asks: this.confirmClose && missed, awake: room !== undefined });
    const tiles = this.renderRoot.querySelector('.tiles');
    this.#sizes.disconnect();
    if (!tiles || !room) return;
    this.#sizes.observe(tiles);
    attachTiles(tiles, room, this.#media.stream, () => {
      this.silent = true;
    });
  }

  /** As host if this tab was one before its page was loaded again. */
  async #open(): Promise<Room> {
    const server = this.server || SCRIPT_ORIGIN;
    const { host } = new URL(server, location.href);
    const hostKey = new HostKey(host === location.host ? (this.room ?? '') : `${host} ${this.room}`);
    this.#hostKey = hostKey;
    const { room } = await hostKey.join({
      server,
      room: this.room ?? '',
      name: this.name?.trim() ?? '',
      password: this.password || undefined,
      mode: modes.find((mode) => mode === this.mode),
    });
    hostKey.keep(room);
    return room;
  }

  async #enter(room: Room): Promise<void> {
    this.#joined = room;
    this.#switching = new Switching(room);
    this.#switching.addEventListener('change', () => this.requestUpdate());
    for (const name of ['presence', 'stream', 'streamended', 'host', 'speaker'] as const) {
      room.on(name, () => this.requestUpdate());
    }
    for (const name of ['participant', 'left'] as const) {
      room.on(name, () => this.#tell('participants', room.participants.length));
    }
    this.#arrivals = new Arrivals();
    this.#arrivals.follow(room, () => this.requestUpdate());
    const record = new StayRecord();
    this.#record = record;
    record.see(room);
    for (const name of ['participant', 'left', 'uplink', 'audience', 'modechange'] as const) {
      room.on(name, () => record.see(room));
    }
    room.on('uplink', () => this.requestUpdate());
    room.on('audience', () => {
      // Whoever comes after everybody had gone is told of again.
      if (room.audience?.allowed && !room.audience.wanted) this.#watchedPutAway = false;
      this.requestUpdate();
    });
    room.on('host', () => this.#hostKey?.keep(room));
    // What nobody has agreed to is not needed any more.
    const passRelayDoor = () => {
      if (room.heading === 'mesh' && this.#joined === room) this.answerRelayDoor(true);
    };
    room.on('modechange', ({ mode }) => {
      passRelayDoor();
      this.#tell('modechange', { mode });
    });
    room.on('switchfailed', passRelayDoor);
    room.on('state', (told) => {
      if (told.state === 'ended') this.#out(told.error);
      this.#tell('state', told);
    });
    this.#tell('state', { state: room.state });
    this.#atRelayDoor = room.heading === 'sfu' && this.#media.stream !== undefined;
    this.requestUpdate();
    if (!this.#atRelayDoor) await this.#media.sendTo(room);
  }

  #out(error: MeshliftError | undefined): void {
    this.#summary = this.#record?.summary;
    this.#record = undefined;
    this.#joined = undefined;
    this.#switching = undefined;
    this.#media.close();
    this.asking = false;
    this.silent = false;
    this.#atRelayDoor = false;
    this.#watchedPutAway = false;
    this.#refused = false;
    this.#trouble = error ? describeError(MeshliftError.from(error)) : undefined;
  }

  #setJoining(joining: boolean): void {
    this.#joining = joining;
    this.requestUpdate();
  }

  #tell<N extends keyof RoomElementEvents>(name: N, detail: RoomElementEvents[N]): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
    this.requestUpdate();
  }

  static override styles = roomStyles;
}

customElements.define('meshlift-room', MeshliftRoom);

declare global {
  interface HTMLElementTagNameMap {
    'meshlift-room': MeshliftRoom;
  }
}
