import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import type { Entry } from './entry.ts';
import { enterByJanus } from './janus.ts';
import { enterByPlugin } from './plugin.ts';
import { enterByWhep } from './whep.ts';

/** Brings a peer to where it only waits for its connection. @throws Error when it is refused */
export function enter(door: Door, peer: ReceivingPeer): Promise<Entry> {
  switch (door.kind) {
    case 'whep':
      return enterByWhep(door, peer);
    case 'plugin':
      return enterByPlugin(door, peer);
    case 'janus':
      return enterByJanus(door, peer);
  }
}
