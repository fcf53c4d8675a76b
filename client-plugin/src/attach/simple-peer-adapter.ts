import { PeerConnectionMesh } from './peer-connection-mesh.ts';

/** What is used of simple-peer's `Peer`. */
interface SimplePeerInstance {
  /**
   * Not public, yet the same in all versions since the first: simple-peer has no other way to tell which track a
   * sender carries, when another one has taken effect, or what a receiver has received.
   */
  readonly _pc?: RTCPeerConnection | null;
  on(event: 'close', listener: () => void): unknown;
}

/** A mesh over simple-peer. */
export class SimplePeerMesh extends PeerConnectionMesh {
  /** Tells of a peer that the application has made, on either side. @returns the same peer */
  add<P extends SimplePeerInstance>(peerId: string, peer: P): P {
    const { _pc: connection } = peer as SimplePeerInstance;
    if (connection) {
      this.addConnection(peerId, connection);
      peer.on('close', () => this.removeConnection(connection));
    }
    return peer;
  }
}

/**
 * Adapts a mesh over simple-peer.
 *
 * @param selfId by what id the other pages know this one; simple-peer itself has none
 * @param localStream what the application gives to each peer
 */
export function simplePeerMesh(selfId: string, localStream?: MediaStream): SimplePeerMesh {
  return new SimplePeerMesh(selfId, localStream);
}
