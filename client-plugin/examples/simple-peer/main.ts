import SimplePeer from 'simple-peer';
import { io, type Socket } from 'socket.io-client';
import { simplePeerMesh } from '../../src/attach/simple-peer-adapter.ts';
import { attachMesh } from '../../src/index.ts';
import { controlLift } from '../shared/lift-controls.ts';
import { type Leave, RoomPage } from '../shared/room-page.ts';
import { INTRODUCTIONS_PATH, type ToPage, type ToServer } from './introductions.ts';

const page = new RoomPage(join);

/** Meets everybody in the room: whoever comes makes an offer to those who are there. */
async function join(room: string, stream: MediaStream): Promise<Leave> {
  const selfId = crypto.randomUUID();
  const mesh = simplePeerMesh(selfId, stream);
  const peers = new Map<string, SimplePeer.Instance>();
  const lift = attachMesh({ server: page.server, room, mesh });
  controlLift(page, lift);
  window.example = { library: 'simple-peer', mesh, peers, lift };

  const socket: Socket<ToPage, ToServer> = io({ path: INTRODUCTIONS_PATH });
  const meet = (id: string, initiator: boolean) => {
    // The ICE servers that simple-peer names by itself are other people's.
    const peer = mesh.add(id, new SimplePeer({ initiator, stream, config: { iceServers: [] } }));
    peers.set(id, peer);
    peer.on('signal', (data) => socket.emit('signal', id, data));
    peer.on('error', ({ message }) => page.say(message));
    peer.on('close', () => peers.delete(id));
    return peer;
  };
  socket.on('signal', (id, data) => {
    const isOffer = 'type' in data && data.type === 'offer';
    const peer = peers.get(id) ?? (isOffer ? meet(id, false) : undefined);
    peer?.signal(data);
  });
  // After the connection to the server was away, those who came meanwhile are met.
  socket.on('connect', () => {
    socket.emit('enter', room, selfId, (others) => {
      for (const id of others) if (!peers.has(id)) meet(id, true);
    });
  });

  return () => {
    void lift.close();
    socket.disconnect();
    for (const peer of peers.values()) peer.destroy();
  };
}
