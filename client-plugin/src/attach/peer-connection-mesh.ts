import type { MeshAdapter } from './mesh-adapter.ts';
import { MeshConnection } from './mesh-connection.ts';

/**
 * The adapter for a mesh of `RTCPeerConnection`s, which most libraries give access to. The application tells of
 * each connection it makes or takes; that one has ended is seen by itself, unless it is told.
 */
export class PeerConnectionMesh implements MeshAdapter {
  readonly selfId: string;
  readonly #peers = new Map<string, MediaStream>();
  readonly #connections = new Map<RTCPeerConnection, MeshConnection>();
  readonly #listeners = new Set<() => void>();
  #localStream: MediaStream | undefined;
  #held = false;
  #videoHeld = false;

  /** @param localStream what the application sends; nothing as yet, unless it is given */
  constructor(selfId: string, localStream?: MediaStream) {
    this.selfId = selfId;
    this.#localStream = localStream;
  }

  get localStream(): MediaStream | undefined {
    return this.#localStream;
  }

  get peers(): ReadonlyMap<string, MediaStream> {
    return this.#peers;
  }

  /** Whether nothing of `localStream` is sent at the moment, as `hold` said. */
  get held(): boolean {
    return this.#held;
  }

  /** Whether none of the video is sent at the moment, as `holdVideo` said. */
  get videoHeld(): boolean {
    return this.#videoHeld;
  }

  onChange(listener: () => void): () => void {
    // Of the same function given twice, each call ends its own.
    const entry = () => listener();
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  async hold(held: boolean): Promise<void> {
    this.#held = held;
    await this.#apply();
  }

  async holdVideo(held: boolean): Promise<void> {
    this.#videoHeld = held;
    await this.#apply();
  }

  /**
   * Says what the application sends from now on. Where a connection sends a track of the same kind already, it
   * sends the new one instead, without negotiation. A kind it did not send before is the application's to add;
   * it may do so before or after. To be called as well when tracks were added to the stream or taken out.
   */
  async send(localStream: MediaStream | undefined): Promise<void> {
    this.#localStream = localStream;
    this.#tell();
    await this.#apply();
  }

  receiverOf(track: MediaStreamTrack): RTCRtpReceiver | undefined {
    for (const connection of this.#connections.values()) {
      const receiver = connection.receiverOf(track);
      if (receiver) return receiver;
    }
    return undefined;
  }

  async stats(): Promise<RTCStatsReport[]> {
    return Promise.all([...this.#connections.values()].map((connection) => connection.stats()));
  }

  /**
   * A connection leads to the peer of that id. Of several to the same peer the one that was added last counts, as
   * soon as it is established. Repeating it changes nothing.
   */
  addConnection(peerId: string, connection: RTCPeerConnection): void {
    if (this.#connections.has(connection)) return;
    this.#connections.set(connection, new MeshConnection(peerId, connection, this, () => this.#look()));
    this.#look();
  }

  /** The application has closed the connection, or uses it for something else. Repeating it changes nothing. */
  removeConnection(connection: RTCPeerConnection): void {
    this.#connections.get(connection)?.release();
    this.#connections.delete(connection);
    this.#look();
  }

  async #apply(): Promise<void> {
    await Promise.all([...this.#connections.values()].map((connection) => connection.apply()));
  }

  /** Brings `peers` up to date, and tells if that changed anything. */
  #look(): void {
    const leading = new Map<string, MeshConnection>();
    for (const [connection, known] of this.#connections) {
      if (known.over) {
        known.release();
        this.#connections.delete(connection);
      } else if (known.established) leading.set(known.peerId, known);
    }
    let changed = false;
    for (const peerId of [...this.#peers.keys()]) {
      if (leading.has(peerId)) continue;
      this.#peers.delete(peerId);
      changed = true;
    }
    for (const [peerId, connection] of leading) {
      const present = this.#peers.get(peerId);
      const stream = present ?? new MediaStream();
      this.#peers.set(peerId, stream);
      if (takeOver(stream, connection.tracks) || !present) changed = true;
    }
    if (changed) this.#tell();
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Puts just these tracks into a stream. @returns whether they were others before */
function takeOver(stream: MediaStream, tracks: readonly MediaStreamTrack[]): boolean {
  const before = stream.getTracks();
  const gone = before.filter((track) => !tracks.includes(track));
  const added = tracks.filter((track) => !before.includes(track));
  for (const track of gone) stream.removeTrack(track);
  for (const track of added) stream.addTrack(track);
  return gone.length > 0 || added.length > 0;
}
