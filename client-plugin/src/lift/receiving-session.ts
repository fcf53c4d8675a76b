import type { ConsumerOptions, Layers } from '@meshlift/protocol';
import { loadRelay } from '../relay/load-relay.ts';
import type { ReceivedTrack, ReceivePath } from '../relay/receive-path.ts';
import { rememberReceiver } from '../track-receiver.ts';
import { RelaySession, type RelaySessionEvents } from './relay-session.ts';

/** A participant's track as it comes over the relay. */
export interface RelayedTrack {
  participantId: string;
  track: MediaStreamTrack;
}

export interface ReceivingSessionEvents extends RelaySessionEvents {
  track: RelayedTrack;
  trackgone: RelayedTrack;
  /** Another layer of somebody's picture is being forwarded. */
  layers: { participantId: string };
}

/** Tracks that come within this time are taken in one negotiation: in a switch everybody's come at once. */
const GATHER_MS = 60;

/** What is wanted of somebody's picture: nothing while nobody sees it, else enough for the size it is shown in. */
export interface PictureWish {
  visible: boolean;
  /** Pixels of the screen across that it covers. */
  shownWidth: number;
  /** Pixels across of what is being decoded of it now; 0 until there is something. */
  decodedWidth: number;
}

interface Received extends ReceivedTrack {
  layers: Layers | null;
  /** As the relay was last asked. */
  asked: { paused: boolean; spatialLayer: number | undefined };
}

/** This page's way out of its room's relay: everybody else's sound and picture on one transport. */
export class ReceivingSession extends RelaySession<ReceivingSessionEvents> {
  readonly #received = new Map<string, Received>();
  readonly #wishes = new Map<string, PictureWish>();
  #path: ReceivePath | undefined;
  #arriving: ConsumerOptions[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /** Asks for somebody's picture as it is wanted now, those included that come later. */
  wish(participantId: string, wish: PictureWish): void {
    this.#wishes.set(participantId, wish);
    for (const received of this.#received.values()) {
      if (received.sourceId === participantId) void this.#applyWish(received);
    }
  }

  /** With nothing to receive there is nothing to find out. */
  override async connected(): Promise<void> {
    await this.open();
    if (this.#received.size > 0) await this.#path?.connected();
  }

  override async resume(): Promise<void> {
    await this.open();
    const resumed = await this.connection.request('session:resume', { sessionId: this.sessionId });
    if (resumed.kind !== 'receiver') return;
    const current = new Set(resumed.consumers.map(({ id }) => id));
    for (const id of [...this.#received.keys()]) if (!current.has(id)) this.#closeConsumer(id);
    const wanted = [...this.#received.values()].filter(({ asked }) => !asked.paused);
    await this.#path?.resume(wanted.map(({ consumerId }) => consumerId));
    await this.#openConsumers(resumed.consumers);
    this.#path?.check();
  }

  protected override async establish(): Promise<void> {
    const { connection, welcome } = this;
    const relay = await loadRelay(welcome.routerRtpCapabilities);
    const { sessionId, transport, consumers } = await connection.request('room:receive', {
      sessionId: this.participantSession,
      rtpCapabilities: relay.rtpCapabilities,
    });
    const lost = this.adopt(sessionId, {
      'consumer:opened': ({ consumer }) => {
        this.#arriving.push(consumer);
        this.#gathering ??= setTimeout(() => this.#openArriving(), GATHER_MS);
      },
      'consumer:closed': ({ consumerId }) => this.#closeConsumer(consumerId),
      'consumer:layers': ({ consumerId, layers }) => this.#setLayers(consumerId, layers),
    });
    const options = { connection, sessionId, transport };
    this.#path = relay.receive(options, false);
    await Promise.race([this.#openConsumers(consumers), lost]);
  }

  protected override release(): void {
    clearTimeout(this.#gathering);
    this.#path?.close();
    this.#received.clear();
  }

  #openArriving(): void {
    this.#gathering = undefined;
    const arriving = this.#arriving;
    this.#arriving = [];
    this.#openConsumers(arriving).catch((error: unknown) => this.fail(error));
  }

  async #openConsumers(options: readonly ConsumerOptions[]): Promise<void> {
    for (const opened of (await this.#path?.open(options)) ?? []) {
      const asked = { paused: false, spatialLayer: undefined };
      const received: Received = { ...opened, layers: null, asked };
      this.#received.set(received.consumerId, received);
      rememberReceiver(received.track, received.receiver);
      this.emit('track', { participantId: received.sourceId, track: received.track });
      void this.#applyWish(received);
    }
  }

  #closeConsumer(consumerId: string): void {
    const received = this.#received.get(consumerId);
    this.#path?.closeConsumer(consumerId);
    this.#received.delete(consumerId);
    if (received) this.emit('trackgone', { participantId: received.sourceId, track: received.track });
  }

  #setLayers(consumerId: string, layers: Layers | null): void {
    const received = this.#received.get(consumerId);
    if (!received) return;
    received.layers = layers;
    this.emit('layers', { participantId: received.sourceId });
  }

  /** What cannot be asked for now, because signaling is away, is asked for when it is back. */
  async #applyWish(received: Received): Promise<void> {
    const wish = this.#wishes.get(received.sourceId);
    if (!wish || received.kind !== 'video') return;
    const { consumerId, asked } = received;
    try {
      if (asked.paused === wish.visible) {
        asked.paused = !wish.visible;
        await (wish.visible ? this.#path?.resume([consumerId]) : this.#path?.pause([consumerId]));
      }
      const spatialLayer = wish.visible ? layerFor(received, wish) : undefined;
      if (spatialLayer === undefined || spatialLayer === asked.spatialLayer) return;
      asked.spatialLayer = spatialLayer;
      const all = spatialLayer === received.spatialLayers - 1;
      await this.#path?.setLayers(consumerId, all ? null : { spatialLayer });
    } catch {
      asked.spatialLayer = undefined;
    }
  }
}

/** A picture may be drawn this much larger than it is before a larger one is asked for. */
const STRETCH = 1.15;

/**
 * The smallest layer that has as many pixels across as are shown. Each layer is twice as wide as the one
 * below; how wide that is, the one being decoded tells.
 */
function layerFor(
  { layers, spatialLayers }: Received,
  { shownWidth, decodedWidth }: PictureWish,
): number | undefined {
  if (decodedWidth === 0 || !layers || spatialLayers < 2) return undefined;
  const smallest = decodedWidth / 2 ** layers.spatialLayer;
  const layer = Math.ceil(Math.log2(Math.max(shownWidth, 1) / (smallest * STRETCH)));
  return Math.min(Math.max(layer, 0), spatialLayers - 1);
}
