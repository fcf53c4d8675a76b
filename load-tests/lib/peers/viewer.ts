import type { Door } from '../relays/relay.ts';
import { enter } from './doors/enter.ts';
import type { Entry } from './doors/entry.ts';
import type { ReceivingPeer } from './receiving-peer.ts';

/** How long the first packet may take once the connection stands, in ms. */
const FIRST_PACKET_WITHIN_MS = 15_000;

/** How a viewer's coming went, in ms since it began; or why it did not come in. */
export type Joined =
  /** `answeredMs`: it was let in; `connectedMs`: ICE and DTLS stand. */
  { answeredMs: number; connectedMs: number; firstPacketMs: number } | { failed: string };

/** Somebody who watches, outside any browser. */
export class Viewer {
  readonly #peer: ReceivingPeer;
  readonly #entry: Entry;

  /** @param peer that of the viewer, whose owner it becomes; what it takes to make one is its own affair */
  static async join(
    door: Door,
    peer: ReceivingPeer,
    { untilConnected = false }: { untilConnected?: boolean } = {},
  ): Promise<{ viewer?: Viewer; joined: Joined }> {
    const startedAt = performance.now();
    const since = () => performance.now() - startedAt;
    let entry: Entry | undefined;
    try {
      entry = await enter(door, peer);
      const answeredMs = since();
      await peer.connected;
      const connectedMs = since();
      if (!untilConnected) await within(FIRST_PACKET_WITHIN_MS, peer.firstPacket);
      return { viewer: new Viewer(peer, entry), joined: { answeredMs, connectedMs, firstPacketMs: since() } };
    } catch (error) {
      await entry?.leave().catch(() => undefined);
      peer.close();
      return { joined: { failed: error instanceof Error ? error.message : String(error) } };
    }
  }

  private constructor(peer: ReceivingPeer, entry: Entry) {
    this.#peer = peer;
    this.#entry = entry;
  }

  take(): ReturnType<ReceivingPeer['take']> {
    return this.#peer.take();
  }

  /** @throws Error when the relay does not hear of it; the viewer is gone all the same */
  async leave(): Promise<void> {
    try {
      await this.#entry.leave();
    } finally {
      this.#peer.close();
    }
  }
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error('no packet came in time')), ms);
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(late);
  }
}
