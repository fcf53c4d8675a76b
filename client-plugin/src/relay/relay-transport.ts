import type { RequestName, RequestPayload, RequestReply, TransportOptions } from '@meshlift/protocol';
import type { types } from 'mediasoup-client';
import type { SignalingConnection } from '../signaling/signaling-connection.ts';
import { SilenceWatch } from './silence-watch.ts';

/** A path whose checks fail this long is given a new ICE generation; most short losses mend by themselves. */
const RESTART_AFTER_MS = 2_000;

type SessionRequest = {
  [N in RequestName]: RequestPayload<N> extends { sessionId: string } ? N : never;
}[RequestName];

export interface PathOptions {
  connection: SignalingConnection;
  sessionId: string;
  transport: TransportOptions;
}

/** What sending and receiving over the relay have in common: one transport, its certificate and its mending. */
export class RelayTransport {
  readonly transport: types.Transport;
  readonly #connection: SignalingConnection;
  readonly #sessionId: string;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #silence: SilenceWatch | undefined;

  constructor(transport: types.Transport, { connection, sessionId }: PathOptions) {
    this.transport = transport;
    this.#connection = connection;
    this.#sessionId = sessionId;
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.request('transport:connect', { dtlsParameters }).then(() => done(), failed);
    });
    transport.on('connectionstatechange', (state) => this.#mend(state));
  }

  /** A request about this path's session. */
  request<N extends SessionRequest>(
    name: N,
    payload: Omit<RequestPayload<N>, 'sessionId'>,
  ): Promise<RequestReply<N>> {
    const withSession = { sessionId: this.#sessionId, ...payload };
    return this.#connection.request(name, withSession as unknown as RequestPayload<N>);
  }

  /** Resolves when media can flow. Does not resolve if it never can: the server closes the session then. */
  connected(): Promise<void> {
    if (this.transport.connectionState === 'connected') return Promise.resolve();
    return new Promise((resolve) => {
      this.transport.on('connectionstatechange', (state) => {
        if (state === 'connected') resolve();
      });
    });
  }

  /**
   * Has the server asked whether it still has this path when nothing arrives on it; it closes the session if not.
   *
   * @param read statistics of a track on it, as soon as there is one
   */
  watchSilence(read: () => Promise<RTCStatsReport> | undefined, afterMs: number): void {
    this.#silence = new SilenceWatch(read, afterMs, () => {
      if (this.transport.connectionState === 'new') return;
      // What is wrong arrives as the end of the session; and an older server does not know the question.
      this.request('transport:check', {}).catch(() => undefined);
    });
  }

  /** Looks again whether the path needs mending; for when signaling is back. */
  check(): void {
    this.#mend(this.transport.connectionState);
  }

  close(): void {
    clearTimeout(this.#restart);
    this.#silence?.close();
    this.transport.close();
  }

  #mend(state: types.ConnectionState): void {
    clearTimeout(this.#restart);
    if (state !== 'disconnected' && state !== 'failed') return;
    this.#restart = setTimeout(() => void this.#restartIce(), state === 'failed' ? 0 : RESTART_AFTER_MS);
  }

  async #restartIce(): Promise<void> {
    try {
      const { iceParameters } = await this.request('transport:restartIce', {});
      if (this.transport.closed) return;
      await this.transport.updateIceServers({ iceServers: this.#connection.iceServers });
      await this.transport.restartIce({ iceParameters });
    } catch {
      // Signaling is away, or the session has ended: in the first case `check` comes when it is back,
      // in the second the session's owner opens a new one.
    }
  }
}
