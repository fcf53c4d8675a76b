import { type MediaConnection, Peer } from 'peerjs';
import { peerJsMesh } from '../../src/attach/peerjs-adapter.ts';
import { attachMesh } from '../../src/index.ts';
import { controlLift } from '../shared/lift-controls.ts';
import { type Leave, RoomPage } from '../shared/room-page.ts';

const RECONNECT_AFTER_MS = 1_000;

const page = new RoomPage(join);

/** Meets everybody in the room: whoever comes calls those who are there, and is called by those who come later. */
async function join(room: string, stream: MediaStream): Promise<Leave> {
  const peer = new Peer(`${room}-${crypto.randomUUID()}`, {
    host: location.hostname,
    port: Number(location.port) || (location.protocol === 'https:' ? 443 : 80),
    secure: location.protocol === 'https:',
    path: '/peer-server',
    // Those that PeerJS names by itself are other people's.
    config: { iceServers: [] },
  });
  await opened(peer);

  const mesh = peerJsMesh(peer, stream);
  const lift = attachMesh({ server: page.server, room, mesh });
  controlLift(page, lift);
  window.example = { library: 'PeerJS', mesh, peer, lift };

  const calls = new Map<string, MediaConnection>();
  const meet = (call: MediaConnection) => {
    calls.set(call.peer, call);
    call.on('close', () => {
      // The peer may have called anew meanwhile.
      if (calls.get(call.peer) !== call) return;
      calls.delete(call.peer);
    });
  };
  const callEverybody = () => {
    peer.listAllPeers((ids: string[]) => {
      // PeerServer lists peers in the order they came in: of any two just the later one calls.
      for (const id of ids.slice(0, ids.indexOf(mesh.selfId))) {
        if (id.startsWith(`${room}-`) && !calls.has(id)) meet(mesh.add(peer.call(id, stream)));
      }
    });
  };
  peer.on('call', (call) => {
    meet(call);
    call.answer(stream);
  });
  // PeerServer may be away for a while: calls go on meanwhile, and whoever came is called afterwards.
  peer.on('disconnected', () => {
    setTimeout(() => peer.disconnected && !peer.destroyed && peer.reconnect(), RECONNECT_AFTER_MS);
  });
  peer.on('open', callEverybody);
  peer.on('error', ({ message }) => page.say(message));
  callEverybody();

  return () => {
    void lift.close();
    peer.destroy();
  };
}

/** Waits until PeerServer has let the peer in. */
function opened(peer: Peer): Promise<void> {
  return new Promise((resolve, reject) => {
    peer.once('open', () => resolve());
    peer.once('error', reject);
  });
}
