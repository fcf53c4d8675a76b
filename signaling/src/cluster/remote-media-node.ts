import { EventEmitter } from 'node:events';
import type { Bus } from '@meshlift/cluster';
import {
  type IngestOpened,
  type IngestRequest,
  type IngestTerms,
  type MediaNode,
  type MediaNodeAdoption,
  MeshliftError,
  type RtpCapabilities,
  type ViewerOpened,
  type ViewerRequest,
  type ViewerTerms,
} from '@meshlift/protocol';
import {
  type MediaNodeArgs,
  type MediaNodeCall,
  type MediaNodeEvent,
  type MediaNodeReply,
  mediaNodeSubject,
  parseMediaNodeReply,
} from '@meshlift/protocol/cluster';
import { RelaySessions } from './relay-sessions.ts';

/** A media node answers within milliseconds; a client that waits for it is to hear of it within two seconds. */
const CALL_TIMEOUT_MS = 1_500;

export interface RemoteMediaNodeOptions {
  bus: Bus;
  /** The process that the node is in. */
  process: string;
  /** The name of this process. */
  self: string;
  routerRtpCapabilities: RtpCapabilities;
}

/**
 * The media node of another process. What it rejects with that process, or the bus, has thrown: beside the errors of a
 * local node `NODE_UNREACHABLE`, `REQUEST_TIMEOUT` and `DIRECTORY_UNAVAILABLE`.
 */
export class RemoteMediaNode implements MediaNode, MediaNodeAdoption {
  readonly routerRtpCapabilities: RtpCapabilities;
  readonly process: string;
  readonly #bus: Bus;
  readonly #self: string;
  readonly #events = new EventEmitter();
  /** Those that this process has open there, or is opening. */
  readonly #sessions = new RelaySessions();
  /** The relays that this process has opened there. */
  readonly #opened = new Set<string>();

  constructor({ bus, process, self, routerRtpCapabilities }: RemoteMediaNodeOptions) {
    this.#bus = bus;
    this.process = process;
    this.#self = self;
    this.routerRtpCapabilities = routerRtpCapabilities;
  }

  openRelay: MediaNode['openRelay'] = async (relayId, owner) => {
    this.#opened.add(relayId);
    try {
      await this.#call('openRelay', relayId, ...given(owner));
    } catch (error) {
      this.#forgetRelay(relayId);
      throw error;
    }
  };

  closeRelay: MediaNode['closeRelay'] = async (relayId, owner) => {
    this.#forgetRelay(relayId);
    await this.#call('closeRelay', relayId, ...given(owner));
  };

  // Which of the two replies it is follows from the terms.
  openIngest = <T extends IngestTerms>(request: IngestRequest<T>): Promise<IngestOpened<T>> =>
    this.#open(
      request,
      () => this.#call('openIngest', request) as Promise<unknown> as Promise<IngestOpened<T>>,
    );

  openViewer = <T extends ViewerTerms>(request: ViewerRequest<T>): Promise<ViewerOpened<T>> =>
    this.#open(
      request,
      () => this.#call('openViewer', request) as Promise<unknown> as Promise<ViewerOpened<T>>,
    );

  closeSession: MediaNode['closeSession'] = async (sessionId) => {
    this.#sessions.remove(sessionId);
    await this.#call('closeSession', sessionId);
  };

  exchangeIce: MediaNode['exchangeIce'] = (...args) => this.#call('exchangeIce', ...args);
  describeSession: MediaNode['describeSession'] = (...args) => this.#call('describeSession', ...args);
  connectTransport: MediaNode['connectTransport'] = (...args) => this.#call('connectTransport', ...args);
  restartIce: MediaNode['restartIce'] = (...args) => this.#call('restartIce', ...args);
  openProducer: MediaNode['openProducer'] = (...args) => this.#call('openProducer', ...args);
  setProducerPaused: MediaNode['setProducerPaused'] = (...args) => this.#call('setProducerPaused', ...args);
  closeProducer: MediaNode['closeProducer'] = (...args) => this.#call('closeProducer', ...args);
  inspectIngest: MediaNode['inspectIngest'] = (...args) => this.#call('inspectIngest', ...args);
  listWantedLayers: MediaNode['listWantedLayers'] = (...args) => this.#call('listWantedLayers', ...args);
  listConsumers: MediaNode['listConsumers'] = (...args) => this.#call('listConsumers', ...args);
  resumeConsumers: MediaNode['resumeConsumers'] = (...args) => this.#call('resumeConsumers', ...args);
  pauseConsumers: MediaNode['pauseConsumers'] = (...args) => this.#call('pauseConsumers', ...args);
  setConsumerLayers: MediaNode['setConsumerLayers'] = (...args) => this.#call('setConsumerLayers', ...args);

  adopt: MediaNodeAdoption['adopt'] = async (sessionId) => {
    const adoption = await this.#call('adopt', sessionId);
    if ('adopted' in adoption) this.#sessions.add(sessionId, adoption.adopted.relayId);
    return adoption;
  };

  adoptRelay: MediaNodeAdoption['adoptRelay'] = async (relayId, owner) => {
    const adoption = await this.#call('adoptRelay', relayId, ...given(owner));
    if ('heldBy' in adoption) return adoption;
    this.#opened.add(relayId);
    for (const { sessionId } of adoption.adopted.ingests) this.#sessions.add(sessionId, relayId);
    return adoption;
  };

  /** Lets another process adopt a session of this one. @throws MeshliftError `SESSION_NOT_FOUND` */
  offer(sessionId: string, process: string): Promise<void> {
    return this.#call('offer', sessionId, process);
  }

  on: MediaNode['on'] = (name, listener) => {
    this.#events.on(name, listener);
  };

  /**
   * Takes in what the node reports. Listeners hear of it in the next turn of the event loop: the answer to a call
   * arrives before what the node has reported after it, and whoever waits for that answer has to be first.
   */
  receive(event: MediaNodeEvent): void {
    setImmediate(() => this.#emit(event));
  }

  /** The process has ended, or cannot report any more what has happened: everything on it is gone. */
  lose(): void {
    for (const relayId of [...this.#opened]) this.#emit({ name: 'relayLost', event: { relayId } });
    for (const sessionId of this.#sessions.all) {
      this.#emit({ name: 'sessionClosed', event: { sessionId, code: 'MEDIA_FAILED' } });
    }
  }

  /** Forgets the node. What this process has opened on it is for its openers to close. */
  async close(): Promise<void> {
    this.#events.removeAllListeners();
    this.#sessions.clear();
    this.#opened.clear();
  }

  async #open<T>(
    { relayId, sessionId }: { relayId: string; sessionId: string },
    open: () => Promise<T>,
  ): Promise<T> {
    this.#sessions.add(sessionId, relayId);
    try {
      const opened = await open();
      if (!this.#sessions.has(sessionId)) throw new MeshliftError('SESSION_NOT_FOUND');
      return opened;
    } catch (error) {
      this.#sessions.remove(sessionId);
      throw error;
    }
  }

  async #call<C extends MediaNodeCall>(call: C, ...args: MediaNodeArgs<C>): Promise<MediaNodeReply<C>> {
    const request = { from: this.#self, call, args };
    const reply = await this.#bus.request(mediaNodeSubject(this.process), request, {
      timeoutMs: CALL_TIMEOUT_MS,
    });
    return parseMediaNodeReply(call, reply);
  }

  #emit({ name, event }: MediaNodeEvent): void {
    if (name === 'sessionClosed') this.#sessions.remove(event.sessionId);
    if (name === 'relayLost') this.#forgetRelay(event.relayId);
    this.#events.emit(name, event);
  }

  #forgetRelay(relayId: string): void {
    this.#opened.delete(relayId);
    this.#sessions.removeRelay(relayId);
  }
}

/** JSON has no `undefined`. */
const given = <T>(argument: T | undefined): [] | [T] => (argument === undefined ? [] : [argument]);
