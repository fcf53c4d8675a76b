import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import type { Entry } from './enter.ts';

export async function enterByPlugin(_door: Door & { kind: 'plugin' }, _peer: ReceivingPeer): Promise<Entry> {
  throw new Error('not yet');
}
