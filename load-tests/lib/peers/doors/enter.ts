import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import { enterByJanus } from './janus.ts';
import { enterByPlugin } from './plugin.ts';
import { enterByWhep } from './whep.ts';

/** What a viewer that was let in can do about it. */
export interface Entry {
  /** Says goodbye; the peer is closed by its owner. */
  leave(): Promise<void>;
}

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
