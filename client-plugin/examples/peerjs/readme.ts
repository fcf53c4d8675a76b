/** What README.md shows of PeerJS, so that it is held to the types. A test compares the two. */
import type { Peer } from 'peerjs';
import { peerJsMesh } from '../../src/attach/peerjs-adapter.ts';
import { attachMesh } from '../../src/index.ts';

export async function example(
  peer: Peer,
  localStream: MediaStream,
  idsOfThoseWhoAreThere: string[],
  videoElementFor: (peerId: string) => HTMLVideoElement,
  server: string,
): Promise<void> {
  // README
  const mesh = peerJsMesh(peer, localStream); // after the Peer's event "open"
  peer.on('call', (call) => call.answer(localStream)); // calls that come in the mesh sees by itself
  for (const id of idsOfThoseWhoAreThere) mesh.add(peer.call(id, localStream)); // each call that you make
  const lift = attachMesh({ server, room: 'kitchen', mesh });
  lift.on('stream', ({ peerId, stream }) => stream.attach(videoElementFor(peerId)));
  await lift.setMode('sfu');
  // /README
}
