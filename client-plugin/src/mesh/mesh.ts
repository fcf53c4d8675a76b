import type { IceServer } from '@meshlift/protocol';
import { Emitter } from '../emitter.ts';
import { isScreen } from '../relay/encodings.ts';
import { randomWord } from './base64url.ts';
import { LocalMedia } from './local-media.ts';
import type { ChannelMessage, Presence } from './messages.ts';
import { type PassedOrders, Peer, type PeerContext } from './peer.ts';
import type { Sealing } from './sealing.ts';

export interface MeshEvents {
  /** What a participant sends has changed. `media` stays the same object as long as the link does. */
  media: { participantId: string; media: MediaStream };
  presence: { participantId: string; presence: Presence };
  chat: { participantId: string; text: string };
  /** No link leads to the participant any more, and none will. */
  gone: { participantId: string };
}

export interface MeshOptions {
  name: string;
  sealing: Sealing;
  /** Has the server hand a signal to a participant. */
  signal: PeerContext['signal'];
  orders?: PassedOrders | undefined;
}

/** So many chat messages are remembered, to recognize one that comes a second way. */
const MOST_REMEMBERED = 256;

/**
 * Everybody in a room, each by a link of its own. A link is not closed because the server has lost sight of
 * somebody: it goes on while it works, until another link to the same person takes over.
 */
export class Mesh extends Emitter<MeshEvents> implements PeerContext {
  readonly media = new LocalMedia();
  readonly sealing: Sealing;
  readonly signal: PeerContext['signal'];
  readonly orders: PassedOrders | undefined;
  iceServers: IceServer[] = [];
  /** Whether signaling is up, as the room knows. */
  reachable = false;
  readonly #name: string;
  readonly #stay = randomWord();
  readonly #peers = new Map<string, Peer>();
  readonly #retired = new Set<Peer>();
  readonly #remembered = new Set<string>();
  #self = '';

  constructor({ name, sealing, signal, orders }: MeshOptions) {
    super();
    this.#name = name;
    this.sealing = sealing;
    this.signal = signal;
    this.orders = orders;
  }

  get greeting(): Presence {
    const order = this.orders?.latest;
    return {
      kind: 'presence',
      stay: this.#stay,
      name: this.#name,
      audio: this.media.state('audio'),
      video: this.media.state('video'),
      screen: isScreen(this.media.track('video') ?? null),
      ...(order ? { order } : {}),
    };
  }

  /** A stay in the room begins, under an id of its own. Links of an earlier stay are kept while they work. */
  begin(self: string): void {
    this.#self = self;
    for (const participantId of [...this.#peers.keys()]) this.left(participantId);
  }

  /** Calls somebody who was there before. */
  connect(participantId: string): void {
    this.#peer(participantId).connect();
  }

  /** Somebody came who will call. */
  expect(participantId: string): void {
    this.#peer(participantId);
  }

  receive(from: string, sealed: string): void {
    this.#peer(from).receive(sealed);
  }

  /** Signaling is back: makes up for what was missed meanwhile, on both sides. */
  resync(): void {
    for (const peer of this.#peers.values()) peer.resync();
  }

  /** The server counts somebody out: they left, or have been away for too long. */
  left(participantId: string): void {
    const peer = this.#peers.get(participantId);
    if (!peer) return;
    this.#peers.delete(participantId);
    this.#retired.add(peer);
    peer.retire();
  }

  /** Tells everybody how this page appears now. */
  greet(): void {
    const { greeting } = this;
    for (const peer of this.#all) peer.tell(greeting);
  }

  /** Sends what `media` holds now, and says so. */
  async applyMedia(): Promise<void> {
    this.greet();
    await Promise.all(this.#all.map((peer) => peer.applyMedia()));
  }

  /** Stops sending, or begins again, without taking a link down: it takes no negotiation either way. */
  async hold(held: boolean): Promise<void> {
    this.media.held = held;
    await this.applyMedia();
  }

  /** As `hold`, for the video alone. */
  async holdVideo(held: boolean): Promise<void> {
    this.media.videoHeld = held;
    await this.applyMedia();
  }

  /** Participants to whom no link leads at the moment. */
  get unreached(): string[] {
    return [...this.#peers.values()].filter(({ alive }) => !alive).map(({ participantId }) => participantId);
  }

  /** Statistics of all links. */
  async stats(): Promise<RTCStatsReport[]> {
    const reports = await Promise.all([...this.#peers.values()].map((peer) => peer.stats()));
    return reports.filter((report) => report !== undefined);
  }

  /** Links lead to participants, and to nobody else. */
  readonly strangers: readonly string[] = [];

  say(text: string): void {
    const message = { kind: 'chat', id: randomWord(), text } as const;
    for (const peer of this.#all) peer.tell(message);
  }

  /** Closes all links. Others may be made afterwards. */
  close(): void {
    const all = this.#all;
    this.#peers.clear();
    for (const peer of all) {
      peer.close();
      this.ended(peer);
    }
  }

  heard(peer: Peer, message: ChannelMessage): void {
    const { participantId } = peer;
    if (message.kind === 'presence') {
      if (message.order) this.orders?.hear(message.order);
      this.emit('presence', { participantId, presence: message });
      this.#replaceFormer(peer);
    } else if (!this.#remembered.has(message.id) && peer.chat.take(performance.now())) {
      this.#remember(message.id);
      this.emit('chat', { participantId, text: message.text });
    }
  }

  tracksChanged(peer: Peer): void {
    const { participantId, received } = peer;
    const isPresent = this.#peers.get(participantId) === peer || !this.#peers.has(participantId);
    if (received && isPresent) this.emit('media', { participantId, media: received });
  }

  ended(peer: Peer): void {
    this.#retired.delete(peer);
    const { participantId } = peer;
    // The same id may have a newer link, after a stay of this page's own that was lost.
    if (!this.#peers.has(participantId)) this.emit('gone', { participantId });
  }

  get #all(): Peer[] {
    return [...this.#peers.values(), ...this.#retired];
  }

  #peer(participantId: string): Peer {
    const present = this.#peers.get(participantId);
    if (present) return present;
    const peer = new Peer(this.#self, participantId, this);
    this.#peers.set(participantId, peer);
    return peer;
  }

  /** Somebody came back under another id: the link that had outlived the old one has done its work. */
  #replaceFormer(peer: Peer): void {
    if (this.#retired.has(peer)) return;
    for (const former of this.#retired) {
      if (former.stay === peer.stay) {
        former.close();
        this.ended(former);
      }
    }
  }

  #remember(id: string): void {
    this.#remembered.add(id);
    const [oldest] = this.#remembered;
    if (this.#remembered.size > MOST_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
