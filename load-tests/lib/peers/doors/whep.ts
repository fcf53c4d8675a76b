import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import type { Entry } from './entry.ts';

/** By draft-ietf-wish-whep: one request, one answer. */
export async function enterByWhep(door: Door & { kind: 'whep' }, peer: ReceivingPeer): Promise<Entry> {
  const body = await peer.offer();
  const response = await fetch(door.url, {
    method: 'POST',
    headers: { 'content-type': 'application/sdp' },
    body,
  });
  const answer = await response.text();
  const location = response.headers.get('location');
  if (response.status !== 201 || !location) throw new Error(`refused with ${response.status}: ${answer}`);
  peer.accept(answer);
  return {
    leave: async () => {
      const { ok, status } = await fetch(new URL(location, door.url), { method: 'DELETE' });
      if (!ok) throw new Error(`leaving was refused with ${status}`);
    },
  };
}
