import { type IceServer, MeshliftError } from '@meshlift/protocol';
import { randomWord } from './base64url.ts';
import { ChatBudget } from './chat-budget.ts';
import type { LocalMedia } from './local-media.ts';
import {
  type Candidates,
  type ChannelMessage,
  type Description,
  type HostOrder,
  type Presence,
  parseSignal,
  type Signal,
} from './messages.ts';
import { type LinkOwner, PeerLink } from './peer-link.ts';
import type { Sealing } from './sealing.ts';

/** What pages pass on to each other of what hosts have decided. */
export interface PassedOrders {
  readonly latest: HostOrder | undefined;
  hear(order: HostOrder): void;
}

/** What all peers of a mesh share, and what they tell it. */
export interface PeerContext {
  readonly media: LocalMedia;
  readonly sealing: Sealing;
  readonly iceServers: IceServer[];
  /** Whether this page's signaling is up. */
  readonly reachable: boolean;
  /** What is said first on every channel. */
  readonly greeting: Presence;
  /** Undefined in rooms without a password. */
  readonly orders: PassedOrders | undefined;
  signal(to: string, sealed: string): Promise<unknown>;
  heard(peer: Peer, message: ChannelMessage): void;
  tracksChanged(peer: Peer): void;
  /** It has been retired, and its link carries nothing any more. */
  ended(peer: Peer): void;
}

/** Before a signal is sent again, or a link that came to nothing is replaced. */
const TRY_AGAIN_AFTER_MS = 1_000;
/** Messages that wait for a channel to open. */
const MOST_WAITING = 100;

/**
 * One other participant, over all links there are to it in turn. Links are numbered on each side: a signal
 * says which link it is of and which one it is for, so that whatever comes late is recognized.
 */
export class Peer implements LinkOwner {
  readonly participantId: string;
  /** Of two who call at once, the one with the smaller id gives way. */
  readonly polite: boolean;
  /** Where the peer told so: see `Presence`. */
  stay: string | undefined;
  readonly chat = new ChatBudget();
  readonly #self: string;
  readonly #context: PeerContext;
  #link: PeerLink | undefined;
  #number = 0;
  /** The newest link of the other side's that has been heard of, and whether the present one belongs to it. */
  #peerNumber = 0;
  #bound = false;
  readonly #challenge = randomWord();
  #peerChallenge: string | undefined;
  #retired = false;
  #closed = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #waiting: ChannelMessage[] = [];
  #outgoing: Promise<void> = Promise.resolve();
  #incoming: Promise<void> = Promise.resolve();

  /** @param self this page's participant id during the same stay */
  constructor(self: string, participantId: string, context: PeerContext) {
    this.#self = self;
    this.participantId = participantId;
    this.polite = self < participantId;
    this.#context = context;
  }

  get media(): LocalMedia {
    return this.#context.media;
  }

  get iceServers(): IceServer[] {
    return this.#context.iceServers;
  }

  get signaling(): LinkOwner['signaling'] {
    if (this.#retired) return 'over';
    return this.#context.reachable ? 'up' : 'away';
  }

  get received(): MediaStream | undefined {
    return this.#link?.received;
  }

  /** Whether the link works, as far as is known. */
  get alive(): boolean {
    return this.#link?.alive ?? false;
  }

  /** Statistics of the link; undefined while there is none. */
  async stats(): Promise<RTCStatsReport | undefined> {
    return this.#link?.stats();
  }

  /** Makes the first step. The other side's is taken as it comes. */
  connect(): void {
    void this.#open().prepare();
  }

  /** Takes a signal as the server handed it on. Signals are worked off one by one. */
  receive(sealed: string): void {
    this.#incoming = this.#incoming.then(async () => {
      const route = { from: this.participantId, to: this.#self };
      const opened = await this.#context.sealing.open(sealed, route);
      const signal = opened === undefined ? undefined : parseSignal(opened);
      if (signal && !this.#closed && !this.#retired) await this.#take(signal);
    });
  }

  /** This page was away, and may have missed something. */
  resync(): void {
    this.#link?.resync();
    this.#signal({ kind: 'back' });
  }

  async applyMedia(): Promise<void> {
    await this.#link?.applyMedia();
  }

  /** Says it as soon as there is a channel. */
  tell(message: ChannelMessage): void {
    // Presence as it is then is said anyway when a channel opens.
    if (this.#link?.tell(message) || this.#retired || message.kind === 'presence') return;
    this.#waiting.push(message);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
  }

  /** The server has let go of one side. The link goes on for as long as it carries something. */
  retire(): void {
    this.#retired = true;
    if (!this.#link?.alive) this.#end();
  }

  /** Repeating it changes nothing. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#link?.close();
  }

  send(signal: Description | Candidates): void {
    const peer = this.#bound ? { peer: this.#peerNumber } : {};
    this.#signal({ link: this.#number, ...peer, ...this.#passing, ...signal });
  }

  opened(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const message of [this.#context.greeting, ...waiting]) this.#link?.tell(message);
  }

  heard(message: ChannelMessage): void {
    if (message.kind === 'presence') this.stay = message.stay;
    this.#context.heard(this, message);
  }

  tracksChanged(): void {
    this.#context.tracksChanged(this);
  }

  closedByPeer(): void {
    // Unless the server tells that it left, something went wrong there, and another link may do.
    this.broken();
  }

  broken(): void {
    clearTimeout(this.#retry);
    if (this.#closed) return;
    if (this.#retired) this.#end();
    else this.#retry = setTimeout(() => this.connect(), TRY_AGAIN_AFTER_MS);
  }

  /** Orders travel with signals as well: there may be no direct way to those who need the relay most. */
  get #passing(): Pick<Extract<Signal, { link: number }>, 'challenge' | 'echo' | 'order'> {
    const { orders } = this.#context;
    if (!orders) return {};
    const challenge = this.#challenge;
    if (this.#peerChallenge === undefined) return { challenge };
    return {
      challenge,
      echo: this.#peerChallenge,
      ...(orders.latest === undefined ? {} : { order: orders.latest }),
    };
  }

  async #take(signal: Signal): Promise<void> {
    if (signal.kind === 'back') {
      this.#link?.resync();
      return;
    }
    if (signal.challenge !== undefined) this.#peerChallenge = signal.challenge;
    if (signal.order && signal.echo === this.#challenge) this.#context.orders?.hear(signal.order);
    const forThisLink = signal.peer === this.#number;
    if (signal.peer !== undefined && !forThisLink) return;
    if (signal.link < this.#peerNumber) return;
    if (signal.link === this.#peerNumber && !this.#bound && !forThisLink) return;
    const begunAnew = this.#bound && signal.link > this.#peerNumber;
    this.#peerNumber = signal.link;
    const link = begunAnew || !this.#link ? this.#open() : this.#link;
    this.#bound = true;
    await link.receive(signal);
  }

  /** Another link in place of the present one. */
  #open(): PeerLink {
    clearTimeout(this.#retry);
    this.#link?.close();
    this.#number += 1;
    this.#bound = false;
    this.#link = new PeerLink(this);
    return this.#link;
  }

  #end(): void {
    if (this.#closed) return;
    this.close();
    this.#context.ended(this);
  }

  /** Signals leave in the order they were made in. */
  #signal(signal: Signal): void {
    if (this.#retired) return;
    this.#outgoing = this.#outgoing.then(async () => {
      const route = { from: this.#self, to: this.participantId };
      const sealed = await this.#context.sealing.seal(JSON.stringify(signal), route);
      while (!this.#closed && !this.#retired) {
        try {
          await this.#context.signal(this.participantId, sealed);
          return;
        } catch (error) {
          // Whatever cannot be sent now for another reason is made up for by `resync`.
          const { code } = MeshliftError.from(error);
          if (code !== 'RATE_LIMITED' && code !== 'REQUEST_TIMEOUT') return;
          await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_AFTER_MS));
        }
      }
    });
  }
}
