import type { DemandEvent, FeedEvent, PipeEndpoint } from '@meshlift/protocol/cluster';
import type { types } from 'mediasoup';
import { PipeEnd, type PipeEndOptions } from './pipe-end.ts';
import type { Track } from './track.ts';

export interface BranchOptions extends PipeEndOptions {
  /** The fed node's end of the pipe. */
  endpoint: PipeEndpoint;
  /** Reports to the fed node, in order. */
  send: (event: FeedEvent) => void;
  /** What the fed node needs has changed. */
  demandChanged: () => void;
  /** The pipe is gone: it has been closed, or its worker has died. */
  closed: (branch: Branch) => void;
}

/** A node that this one feeds: a viewer of all tracks, whose transport is a pipe. */
export class Branch {
  readonly #pipe: PipeEnd;
  readonly #send: BranchOptions['send'];
  readonly #demandChanged: () => void;
  readonly #consumers = new Map<types.Producer, Promise<types.Consumer | undefined>>();
  /** Layers that the node needs of each track; of others it has not said so yet. */
  readonly #wanted = new Map<string, number>();

  /** @throws MeshliftError `SERVER_FULL` when no port is left for the pipe, `MEDIA_FAILED` */
  static async open(options: BranchOptions): Promise<Branch> {
    const pipe = await PipeEnd.open(options);
    try {
      await pipe.connect(options.endpoint);
    } catch (error) {
      pipe.close();
      throw error;
    }
    return new Branch(pipe, options);
  }

  private constructor(pipe: PipeEnd, { send, demandChanged, closed }: BranchOptions) {
    this.#pipe = pipe;
    this.#send = send;
    this.#demandChanged = demandChanged;
    pipe.onClose(() => closed(this));
  }

  /** This node's end of the pipe. */
  get endpoint(): PipeEndpoint {
    return this.#pipe.endpoint;
  }

  /** Feeds those of the tracks that are not fed yet. Those whose producers close are reported as closed. */
  async sync(tracks: readonly Track[]): Promise<void> {
    const opening = tracks.map((track) => {
      const known = this.#consumers.get(track.producer);
      if (known) return known;
      const consuming = this.#feed(track);
      this.#consumers.set(track.producer, consuming);
      return consuming;
    });
    await Promise.all(opening);
  }

  /**
   * The highest spatial layer of a track that is needed below: -1 for none, `Infinity` for a track that the node has
   * not said anything of yet.
   */
  highestLayer(trackId: string): number {
    return this.#wanted.get(trackId) ?? Number.POSITIVE_INFINITY;
  }

  /** Takes in what the fed node reports. */
  receive(event: DemandEvent): void {
    if (event.name === 'closed') {
      this.close();
      return;
    }
    this.#wanted.set(event.trackId, event.spatialLayer);
    this.#demandChanged();
  }

  reportFlow(sourceId: string, flowing: boolean): void {
    this.#send({ name: 'flow', sourceId, flowing });
  }

  /** @param ended whether the relay is over, rather than this node's part of it */
  end(ended: boolean): void {
    this.#send({ name: 'closed', ended });
    this.close();
  }

  close(): void {
    this.#pipe.close();
  }

  async #feed({ id: trackId, sourceId, producer }: Track): Promise<types.Consumer | undefined> {
    let consumer: types.Consumer;
    try {
      consumer = await this.#pipe.feed(producer);
    } catch {
      // The track has ended meanwhile; or the pipe has, which is reported by itself.
      this.#consumers.delete(producer);
      return undefined;
    }
    if (consumer.closed) {
      this.#consumers.delete(producer);
      return undefined;
    }
    const { kind, rtpParameters, producerPaused: paused } = consumer;
    consumer.on('producerpause', () => this.#send({ name: 'trackPaused', trackId, paused: true }));
    consumer.on('producerresume', () => this.#send({ name: 'trackPaused', trackId, paused: false }));
    consumer.on('producerclose', () => {
      this.#consumers.delete(producer);
      this.#wanted.delete(trackId);
      this.#send({ name: 'trackClosed', trackId });
    });
    const parameters = rtpParameters as (FeedEvent & { name: 'track' })['rtpParameters'];
    this.#send({ name: 'track', trackId, sourceId, kind, rtpParameters: parameters, paused });
    return consumer;
  }
}
