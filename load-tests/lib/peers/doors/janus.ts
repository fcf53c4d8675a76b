import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import type { Entry } from './enter.ts';

export async function enterByJanus(_door: Door & { kind: 'janus' }, _peer: ReceivingPeer): Promise<Entry> {
  throw new Error('not yet');
}
