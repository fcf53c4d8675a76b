import { MeshliftError } from '@meshlift/protocol';
import { PeerConnectionMesh } from './peer-connection-mesh.ts';

/** What is used of PeerJS's `Peer`. */
interface PeerJsPeer {
  readonly id: string;
  on(event: 'call', listener: (call: PeerJsCall) => void): unknown;
}

/** What is used of PeerJS's `MediaConnection`. All of it is public. */
interface PeerJsCall {
  /** The id of the peer at the other end. */
  readonly peer: string;
  /** There is none before a call that came in is answered, nor after one has ended. */
  readonly peerConnection: RTCPeerConnection | null | undefined;
  on(event: 'stream' | 'iceStateChanged' | 'close', listener: () => void): unknown;
}

/** A mesh over PeerJS. */
export class PeerJsMesh extends PeerConnectionMesh {
  constructor(peer: PeerJsPeer, localStream?: MediaStream) {
    if (!peer.id)
      throw new MeshliftError('WRONG_STATE', 'The Peer has no id yet. Wait for its event "open".');
    super(peer.id, localStream);
    peer.on('call', (call) => this.add(call));
  }

  /** Tells of a call that the application makes. Of those it takes the mesh knows. @returns the same call */
  add<C extends PeerJsCall>(call: C): C {
    let connection: RTCPeerConnection | undefined;
    const look = () => {
      connection ??= call.peerConnection ?? undefined;
      if (connection) this.addConnection(call.peer, connection);
    };
    look();
    // An answered call has its connection by the time something comes of it, which is before media can go out.
    call.on('stream', look);
    call.on('iceStateChanged', look);
    call.on('close', () => {
      if (connection) this.removeConnection(connection);
      connection = undefined;
    });
    return call;
  }
}

/**
 * Adapts a mesh over PeerJS. The loss of the PeerServer changes nothing: calls go on, and so does this.
 *
 * @param peer the application's `Peer`, which has its id already
 * @param localStream what the application calls and answers with
 * @throws MeshliftError `WRONG_STATE` if the `Peer` has no id yet
 */
export function peerJsMesh(peer: PeerJsPeer, localStream?: MediaStream): PeerJsMesh {
  return new PeerJsMesh(peer, localStream);
}
