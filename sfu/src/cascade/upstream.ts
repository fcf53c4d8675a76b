import type { DemandEvent, FeedEvent, PipeEndpoint } from '@meshlift/protocol/cluster';
import type { types } from 'mediasoup';
import pLimit from 'p-limit';
import { PipeEnd, type PipeEndOptions } from './pipe-end.ts';
import type { Track } from './track.ts';

export interface UpstreamListener {
  /** A track can be consumed. */
  trackOpened(track: Track): void;
  flow(sourceId: string, flowing: boolean): void;
  /** Nothing more comes. @param ended whether the relay is over, rather than this way to it */
  closed(ended: boolean, upstream: Upstream): void;
}

export interface UpstreamOptions extends PipeEndOptions {
  /** Reports to the feeding node, in order. */
  send: (event: DemandEvent) => void;
  listener: UpstreamListener;
}

/** The node that feeds this one: an ingest of all tracks, whose transport is a pipe. */
export class Upstream {
  readonly #pipe: PipeEnd;
  readonly #send: UpstreamOptions['send'];
  readonly #listener: UpstreamListener;
  readonly #tracks = new Map<string, Track>();
  readonly #flowing = new Set<string>();
  /** Tracks take a moment to open; what is reported of them after that has to wait. */
  readonly #inOrder = pLimit(1);
  #bytes = 0;
  readonly #ready = Promise.withResolvers<void>();
  #closed = false;

  /** @throws MeshliftError `SERVER_FULL` when no port is left for the pipe, `MEDIA_FAILED` */
  static async open(options: UpstreamOptions): Promise<Upstream> {
    return new Upstream(await PipeEnd.open(options), options);
  }

  private constructor(pipe: PipeEnd, { send, listener }: UpstreamOptions) {
    this.#pipe = pipe;
    this.#send = send;
    this.#listener = listener;
    pipe.onClose(() => this.#end(false));
  }

  /** This node's end of the pipe. */
  get endpoint(): PipeEndpoint {
    return this.#pipe.endpoint;
  }

  get tracks(): Track[] {
    return [...this.#tracks.values()];
  }

  /** The sources that media flows from. */
  get flowing(): string[] {
    return [...this.#flowing];
  }

  /** Resolves when the tracks that there are have been opened, or when there is nothing to wait for any more. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** @param endpoint the feeding node's end of the pipe. @throws MeshliftError `MEDIA_FAILED` */
  connect(endpoint: PipeEndpoint): Promise<void> {
    return this.#pipe.connect(endpoint);
  }

  /** Says which layers of a track are needed here and below: the highest one, -1 for none. */
  want(trackId: string, spatialLayer: number): void {
    if (!this.#closed) this.#send({ name: 'wanted', trackId, spatialLayer });
  }

  /** Whether anything has arrived since this was last asked. */
  async hasReceived(): Promise<boolean> {
    const bytes = await this.#pipe.bytesReceived().catch(() => 0);
    const more = bytes > this.#bytes;
    this.#bytes = bytes;
    return more;
  }

  /** Takes in what the feeding node reports. */
  receive(event: FeedEvent): void {
    if (event.name === 'closed') this.#end(event.ended);
    else void this.#inOrder(() => this.#apply(event));
  }

  /** It is of no use any more, and the listener is to find another one. */
  fail(): void {
    this.#end(false);
  }

  close(): void {
    if (this.#closed) return;
    this.#send({ name: 'closed' });
    this.#closed = true;
    this.#release();
  }

  async #apply(event: Exclude<FeedEvent, { name: 'closed' }>): Promise<void> {
    if (this.#closed) return;
    switch (event.name) {
      case 'track':
        return this.#open(event);
      case 'trackClosed':
        this.#tracks.get(event.trackId)?.producer.close();
        return;
      case 'trackPaused': {
        const producer = this.#tracks.get(event.trackId)?.producer;
        // One that has been closed meanwhile has nothing to pause.
        await (event.paused ? producer?.pause() : producer?.resume())?.catch(() => undefined);
        return;
      }
      case 'flow':
        if (event.flowing) this.#flowing.add(event.sourceId);
        else this.#flowing.delete(event.sourceId);
        this.#listener.flow(event.sourceId, event.flowing);
        return;
      case 'ready':
        this.#ready.resolve();
    }
  }

  async #open({
    trackId,
    sourceId,
    kind,
    rtpParameters,
    paused,
  }: FeedEvent & { name: 'track' }): Promise<void> {
    const fed = { kind, rtpParameters: rtpParameters as types.RtpParameters, paused };
    let producer: types.Producer;
    try {
      producer = await this.#pipe.receive(fed);
    } catch {
      // A pipe that carries less than all tracks is of no use: another one is opened.
      this.#end(false);
      return;
    }
    const track: Track = { id: trackId, sourceId, producer };
    this.#tracks.set(trackId, track);
    producer.observer.once('close', () => {
      if (this.#tracks.get(trackId) === track) this.#tracks.delete(trackId);
    });
    this.#listener.trackOpened(track);
  }

  #end(ended: boolean): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#release();
    this.#listener.closed(ended, this);
  }

  #release(): void {
    this.#ready.resolve();
    this.#pipe.close();
  }
}
