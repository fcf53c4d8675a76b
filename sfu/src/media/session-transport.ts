import { EventEmitter } from 'node:events';
import type {
  DtlsParameters,
  ErrorCode,
  FailedPath,
  IceParameters,
  TransportOptions,
} from '@meshlift/protocol';
import { FIRST_BANDWIDTH_ESTIMATE } from '@meshlift/protocol/bandwidth';
import type { types } from 'mediasoup';
import type { RelayRouter } from '../cascade/relay-router.ts';
import { openOn } from '../workers/open-on.ts';
import { announcedCandidates } from './announced-candidates.ts';
import { PeerWatch, type SilenceTimeout } from './peer-watch.ts';
import { rejectingBadParameters } from './rejection.ts';
import { isWholeHash } from './whole-hash.ts';

/** How long a transport may take to connect before it is freed. */
const CONNECT_WITHIN_MS = 12_000;

/** A transport that is closed this soon was given up by its client, or not needed after all: no path has failed. */
const HASTE_MS = 5_000;

/** How long the peer may be silent (RFC 7675, consent freshness) before the path counts as broken. */
const CONSENT_TIMEOUT_S = 8;

/** How long a broken path may take to come back, by itself or by an ICE restart. */
export const RECOVER_WITHIN_MS = 30_000;

interface SessionTransportEvents {
  /** The transport ended without having been closed from this side. */
  end: [ErrorCode, FailedPath['silent'] | undefined];
  /** It was closed from this side before it had connected, though it had the time to. */
  abandoned: [FailedPath['silent']];
  /** Packets can pass (`true`), or the peer has stopped answering (`false`). */
  flow: [boolean];
}

/** The WebRTC transport of one session, with the deadlines that keep dead ones from piling up. */
export class SessionTransport extends EventEmitter<SessionTransportEvents> {
  readonly #transport: types.WebRtcTransport;
  readonly #announced: () => readonly string[];
  readonly #watch: PeerWatch | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #expectedSince: number | undefined;
  #hasFlowed = false;
  #connectCalled = false;
  #peerIce: IceParameters | undefined;
  #flowing = false;
  #ended = false;

  /**
   * @param silenceTimeout of peers that may never ask for consent: after it they count as gone; of others consent is
   *   expected
   */
  static async create(
    { router, worker }: RelayRouter,
    silenceTimeout?: SilenceTimeout,
  ): Promise<SessionTransport> {
    const opening = router.createWebRtcTransport({
      webRtcServer: worker.webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      iceConsentTimeout: silenceTimeout ? 0 : CONSENT_TIMEOUT_S,
      initialAvailableOutgoingBitrate: FIRST_BANDWIDTH_ESTIMATE,
    });
    const transport = await openOn(router, opening);
    return new SessionTransport(transport, worker.announced, silenceTimeout);
  }

  private constructor(
    transport: types.WebRtcTransport,
    announced: () => readonly string[],
    silenceTimeout: SilenceTimeout | undefined,
  ) {
    super();
    this.#transport = transport;
    this.#announced = announced;
    if (silenceTimeout) this.#watch = new PeerWatch(transport, silenceTimeout, () => this.#followState());
    transport.on('icestatechange', () => this.#followState());
    transport.on('dtlsstatechange', () => this.#followState());
    transport.on('routerclose', () => this.end('MEDIA_FAILED'));
    transport.on('listenserverclose', () => this.end('MEDIA_FAILED'));
  }

  /** What the client needs to build its end. */
  get options(): TransportOptions {
    const { id, iceParameters, iceCandidates, dtlsParameters } = this.#transport;
    const candidates = announcedCandidates(iceCandidates, this.#announced());
    return { id, iceParameters, iceCandidates: candidates, dtlsParameters };
  }

  get closed(): boolean {
    return this.#ended || this.#transport.closed;
  }

  get flowing(): boolean {
    return this.#flowing;
  }

  /** From now on the client has a reason to connect, and only so much time. Repeating it changes nothing. */
  expectConnection(): void {
    if (this.#expectedSince !== undefined || this.#flowing) return;
    this.#expectedSince = Date.now();
    this.#endAfter(CONNECT_WITHIN_MS, 'TRANSPORT_TIMEOUT');
  }

  /**
   * @param peerIce the other end's credentials, where they are known
   * @throws MeshliftError `RTP_REJECTED` for parameters DTLS cannot use, or when connected already
   */
  async connect(dtlsParameters: DtlsParameters, peerIce?: IceParameters): Promise<void> {
    this.expectConnection();
    await this.#guard(() => {
      if (this.#connectCalled) throw new Error('the transport is connected already');
      if (!dtlsParameters.fingerprints.every(isWholeHash)) {
        throw new Error('a fingerprint is not as long as its hash');
      }
      return this.#transport.connect({ dtlsParameters });
    });
    this.#connectCalled = true;
    this.#peerIce = peerIce;
  }

  /**
   * Restarts ICE when the other end has: then it has new credentials (RFC 8445, section 9).
   *
   * @returns what the other end needs to know after a restart, else `undefined`
   */
  async followPeerIce(peerIce: IceParameters): Promise<TransportOptions | undefined> {
    const { usernameFragment, password } = this.#peerIce ?? peerIce;
    this.#peerIce = peerIce;
    if (usernameFragment === peerIce.usernameFragment && password === peerIce.password) return undefined;
    const iceParameters = await this.restartIce();
    return { ...this.options, iceParameters };
  }

  restartIce(): Promise<IceParameters> {
    return this.#guard(() => this.#transport.restartIce());
  }

  produce(options: types.ProducerOptions): Promise<types.Producer> {
    return this.#guard(() => openOn(this, this.#transport.produce(options)));
  }

  consume(options: types.ConsumerOptions): Promise<types.Consumer> {
    return this.#guard(() => openOn(this, this.#transport.consume(options)));
  }

  /** Whether the other end has sent any media so far; `undefined` when that cannot be known any more. */
  async hasReceivedMedia(): Promise<boolean | undefined> {
    const [stats] = this.closed ? [] : await this.#transport.getStats().catch(() => []);
    return stats && stats.rtpBytesReceived > 0;
  }

  /** Closes without an `end` event. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    const waitedMs = Date.now() - (this.#expectedSince ?? Date.now());
    if (!this.#hasFlowed && waitedMs >= HASTE_MS) this.emit('abandoned', this.#silent);
    clearTimeout(this.#deadline);
    this.#watch?.close();
    this.removeAllListeners();
    this.#transport.close();
  }

  #guard<T>(call: () => Promise<T>): Promise<T> {
    return rejectingBadParameters(() => this.closed, call);
  }

  #followState(): void {
    const { iceState, dtlsState } = this.#transport;
    if (dtlsState === 'failed' || dtlsState === 'closed') {
      this.end('MEDIA_FAILED', this.#hasFlowed ? undefined : 'dtls');
      return;
    }
    const connected = dtlsState === 'connected' && (iceState === 'connected' || iceState === 'completed');
    if (connected) this.#watch?.start();
    const flowing = connected && !this.#watch?.silent;
    if (flowing === this.#flowing) return;
    this.#flowing = flowing;
    this.#hasFlowed ||= flowing;
    if (flowing) clearTimeout(this.#deadline);
    else this.#endAfter(RECOVER_WITHIN_MS, 'MEDIA_FAILED');
    this.emit('flow', flowing);
  }

  #endAfter(ms: number, code: ErrorCode): void {
    clearTimeout(this.#deadline);
    // A deadline would keep what has been closed in memory.
    if (this.closed) return;
    this.#deadline = setTimeout(() => this.end(code, this.#hasFlowed ? undefined : this.#silent), ms);
    this.#deadline.unref();
  }

  /** What a path that does not come about still waits for. */
  get #silent(): FailedPath['silent'] {
    if (!this.#connectCalled) return 'signaling';
    return this.#transport.iceState === 'new' ? 'ice' : 'dtls';
  }

  /** Closes with an `end` event. The peer receives a DTLS alert. */
  end(code: ErrorCode, silent?: FailedPath['silent']): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#watch?.close();
    this.emit('end', code, silent);
    this.removeAllListeners();
    this.#transport.close();
  }
}
