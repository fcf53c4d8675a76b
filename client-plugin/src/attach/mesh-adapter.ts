/**
 * What Meshlift needs of an application's own mesh in order to carry its media over a relay and back. The
 * application keeps its peer connections, and makes and closes them as it likes.
 *
 * There are adapters for meshes over PeerJS, over simple-peer and over plain `RTCPeerConnection`s. For another
 * mesh, extend `PeerConnectionMesh`, or implement this.
 */
export interface MeshAdapter {
  /** By what id this page's peers know it. Unique in the room, the same on both sides, and it never changes. */
  readonly selfId: string;
  /** What this page sends to its peers; undefined while it sends nothing. */
  readonly localStream: MediaStream | undefined;
  /**
   * Every connected peer by its id, with what comes from it. A peer's stream is one object for as long as the
   * peer is there: tracks are added to it and taken out. A peer from which nothing comes has an empty one.
   */
  readonly peers: ReadonlyMap<string, MediaStream>;
  /** Calls back whenever something above has changed. @returns a function that ends it */
  onChange(listener: () => void): () => void;
  /**
   * Stops sending `localStream` to all peers, to those as well that come later, or begins again. It takes no
   * connection down and no negotiation. Resolves when it has come into effect.
   */
  hold(held: boolean): Promise<void>;
  /**
   * As `hold`, for the video alone. A page that has not the time to encode for both paths during a switch stops
   * the old one with it; without it such a page encodes for both all the same.
   */
  holdVideo?(held: boolean): Promise<void>;
  /** The receiver of a peer's track, whose statistics tell when it plays smoothly; undefined where it cannot be told. */
  receiverOf?(track: MediaStreamTrack): RTCRtpReceiver | undefined;
  /** Statistics of all connections. Without them the page has no advice for a room whose mode is `auto`. */
  stats?(): Promise<RTCStatsReport[]>;
}
