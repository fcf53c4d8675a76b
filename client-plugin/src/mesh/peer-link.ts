import type { IceServer } from '@meshlift/protocol';
import { rememberReceiver } from '../track-receiver.ts';
import { KINDS, type LocalMedia } from './local-media.ts';
import {
  type Candidates,
  type ChannelMessage,
  type Description,
  type Presence,
  parseChannelMessage,
} from './messages.ts';
import { Negotiation } from './negotiation.ts';

/** Whoever holds a link, and what the link tells it. */
export interface LinkOwner {
  readonly media: LocalMedia;
  readonly polite: boolean;
  readonly iceServers: IceServer[];
  /** Whether signals can be sent at the moment, or never again because the server has let go of one side. */
  readonly signaling: 'up' | 'away' | 'over';
  send(signal: Description | Candidates): void;
  /** The channel is open: messages pass from now on. */
  opened(): void;
  heard(message: ChannelMessage): void;
  /** The tracks in `received` have changed. */
  tracksChanged(): void;
  /** The other side has closed its end. */
  closedByPeer(): void;
  /** No path was found in several attempts: only another link may help. */
  broken(): void;
}

/** Candidates that are found within this time travel together, since the server counts signals. */
const BUNDLE_MS = 50;
/** How long a path may take to come about. */
const CONNECT_WITHIN_MS = 15_000;
/** How long each state may last before something is done. Most short losses mend by themselves. */
const PATIENCE_MS = { new: CONNECT_WITHIN_MS, connecting: CONNECT_WITHIN_MS, disconnected: 3_000, failed: 0 };
const MOST_ATTEMPTS = 2;

/** One peer connection to one participant: tracks both ways, and a channel for messages. */
export class PeerLink {
  /** What the other side sends. It stays the same while tracks come and go. */
  readonly received = new MediaStream();
  readonly #owner: LinkOwner;
  readonly #connection: RTCPeerConnection;
  readonly #negotiation: Negotiation;
  #channel: RTCDataChannel | undefined;
  #bundle: RTCIceCandidateInit[] = [];
  #bundling: ReturnType<typeof setTimeout> | undefined;
  #mending: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #announced: Presence | undefined;
  #found = false;

  constructor(owner: LinkOwner) {
    this.#owner = owner;
    const connection = new RTCPeerConnection({ iceServers: owner.iceServers });
    this.#connection = connection;
    this.#negotiation = new Negotiation(connection, {
      polite: owner.polite,
      prepare: () => this.prepare(),
      send: (description) => owner.send(description),
      failed: () => owner.broken(),
    });
    connection.onicecandidate = ({ candidate }) => this.#collect(candidate);
    connection.onsignalingstatechange = () => this.#findTracks();
    connection.onconnectionstatechange = () => this.#watch();
    this.#watch();
  }

  /** Whether media can pass, as far as is known. */
  get alive(): boolean {
    return this.#channel?.readyState === 'open' && this.#connection.connectionState !== 'failed';
  }

  /** What the browser counts of everything that passes here. */
  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Adds channel and tracks. Without an offer of the other side's it makes one. Repeating it changes nothing. */
  async prepare(): Promise<void> {
    if (this.#channel) return;
    const channel = this.#connection.createDataChannel('meshlift', { negotiated: true, id: 0 });
    this.#channel = channel;
    channel.onopen = () => this.#owner.opened();
    channel.onmessage = ({ data }) => {
      const message = parseChannelMessage(data);
      if (!message) return;
      if (message.kind === 'presence') {
        this.#announced = message;
        this.#findTracks();
      }
      this.#owner.heard(message);
    };
    channel.onclose = () => this.#owner.closedByPeer();
    await this.#sendMedia();
  }

  /** Sends what there is to send now. Another track of the same kind takes effect without negotiation. */
  async applyMedia(): Promise<void> {
    if (this.#channel) await this.#sendMedia();
  }

  /** @returns whether the message was taken */
  tell(message: ChannelMessage): boolean {
    if (this.#channel?.readyState !== 'open') return false;
    try {
      this.#channel.send(JSON.stringify(message));
      return true;
    } catch {
      // The channel's buffer is full: the other side does not read.
      return false;
    }
  }

  /** Signals must be handed in one by one. */
  async receive(signal: Description | Candidates): Promise<void> {
    if (signal.kind === 'description') return this.#negotiation.receive(signal);
    for (const candidate of signal.candidates) {
      // A candidate of an offer that was not taken, or one of a kind that is unknown here, is no loss.
      await this.#connection.addIceCandidate(candidate).catch(() => undefined);
    }
  }

  /** Repeats what may be lost, and looks for a path anew if there is none. */
  resync(): void {
    const connection = this.#connection;
    if (this.#negotiation.pending) this.#negotiation.resend();
    else if (connection.connectionState !== 'connected') {
      connection.setConfiguration({ iceServers: this.#owner.iceServers });
      connection.restartIce();
    }
    if (connection.connectionState !== 'connected') this.#mendAfter(CONNECT_WITHIN_MS);
  }

  /** Repeating it changes nothing. */
  close(): void {
    clearTimeout(this.#bundling);
    clearTimeout(this.#mending);
    if (this.#channel) this.#channel.onclose = null;
    this.#connection.onconnectionstatechange = null;
    this.#connection.close();
  }

  async #sendMedia(): Promise<void> {
    const { media } = this.#owner;
    const connection = this.#connection;
    const work = KINDS.map(async (kind) => {
      const track = media.track(kind);
      const transceiver = connection
        .getTransceivers()
        .find(({ receiver, direction }) => receiver.track.kind === kind && direction !== 'stopped');
      if (!transceiver) {
        if (track) await connection.addTrack(track, media.groups[kind]).replaceTrack(media.sent(kind));
        return;
      }
      if (track && !transceiver.direction.includes('send')) {
        transceiver.sender.setStreams(media.groups[kind]);
        transceiver.direction = 'sendrecv';
      }
      await transceiver.sender.replaceTrack(media.sent(kind));
    });
    try {
      await Promise.all(work);
    } catch (error) {
      // A link may be closed at any time, from the other side too.
      if (connection.signalingState !== 'closed') throw error;
    }
  }

  #collect(candidate: RTCIceCandidate | null): void {
    if (!candidate?.candidate) return;
    this.#bundle.push(candidate.toJSON());
    this.#bundling ??= setTimeout(() => {
      this.#owner.send({ kind: 'candidates', candidates: this.#bundle as Candidates['candidates'] });
      this.#bundle = [];
      this.#bundling = undefined;
    }, BUNDLE_MS);
  }

  /**
   * Takes over what the other side sends now, one track of each kind, as it says: a line that was agreed on
   * once stays, and carries nothing while there is nothing. Chromium leaves tracks muted for good when lines
   * are given up and taken up again by both sides at once.
   */
  #findTracks(): void {
    if (this.#connection.signalingState !== 'stable' || !this.#announced) return;
    const sending = this.#connection
      .getTransceivers()
      .filter(({ currentDirection }) => currentDirection === 'sendrecv' || currentDirection === 'recvonly')
      .map(({ receiver }) => {
        rememberReceiver(receiver.track, receiver);
        return receiver.track;
      });
    const announced = KINDS.filter((kind) => (this.#announced?.[kind] ?? 'none') !== 'none');
    const present = new Set(announced.map((kind) => sending.find((track) => track.kind === kind)));
    const { received } = this;
    const before = received.getTracks();
    for (const track of before) if (!present.has(track)) received.removeTrack(track);
    for (const track of present) if (track) received.addTrack(track);
    const after = received.getTracks();
    const changed = after.length !== before.length || after.some((track) => !before.includes(track));
    // A link that replaces another one may bring nothing where that one brought something.
    if (changed || !this.#found) this.#owner.tracksChanged();
    this.#found = true;
  }

  #watch(): void {
    clearTimeout(this.#mending);
    const state = this.#connection.connectionState;
    if (state === 'connected') this.#attempts = 0;
    else if (state !== 'closed') this.#mendAfter(PATIENCE_MS[state]);
  }

  #mendAfter(milliseconds: number): void {
    clearTimeout(this.#mending);
    this.#mending = setTimeout(() => this.#mend(), milliseconds);
  }

  #mend(): void {
    const { signaling } = this.#owner;
    // Without signaling nothing can be agreed on; its return brings a `resync`.
    if (signaling === 'away') return;
    this.#attempts += 1;
    if (signaling === 'over' || this.#attempts > MOST_ATTEMPTS) this.#owner.broken();
    else this.resync();
  }
}
