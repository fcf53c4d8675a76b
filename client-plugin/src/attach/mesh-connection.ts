/** What all connections of a mesh are to send at the moment. */
export interface Sending {
  readonly localStream: MediaStream | undefined;
  readonly held: boolean;
  readonly videoHeld: boolean;
}

/** What a sender was last seen or made to carry. */
interface Carried {
  /** The track, or what it would be if it were not held. */
  track: MediaStreamTrack;
  now: MediaStreamTrack | null;
}

/**
 * One of the application's peer connections. It is never negotiated, closed or given senders from here:
 * senders that carry a track of the local stream are given another one, or none while they are held. What else
 * the application sends, such as a screen in a stream of its own, is left alone.
 */
export class MeshConnection {
  readonly peerId: string;
  readonly #connection: RTCPeerConnection;
  readonly #sending: Sending;
  readonly #carried = new Map<RTCRtpSender, Carried>();
  readonly #listening = new AbortController();
  #work: Promise<void> = Promise.resolve();

  /** @param changed called when `established`, `over` or `tracks` may have changed */
  constructor(peerId: string, connection: RTCPeerConnection, sending: Sending, changed: () => void) {
    this.peerId = peerId;
    this.#connection = connection;
    this.#sending = sending;
    const { signal } = this.#listening;
    for (const event of ['track', 'connectionstatechange']) {
      connection.addEventListener(event, changed, { signal });
    }
    const negotiated = () => {
      this.#applyUnasked();
      changed();
    };
    connection.addEventListener('signalingstatechange', negotiated, { signal });
    this.#applyUnasked();
  }

  /** Whether media has a path. A loss that may yet mend does not count. */
  get established(): boolean {
    const { connectionState } = this.#connection;
    return connectionState === 'connected' || connectionState === 'disconnected';
  }

  get over(): boolean {
    return this.#connection.signalingState === 'closed';
  }

  /** What the other side sends, as agreed on last. */
  get tracks(): MediaStreamTrack[] {
    return this.#connection
      .getTransceivers()
      .filter(({ currentDirection }) => currentDirection === 'sendrecv' || currentDirection === 'recvonly')
      .map(({ receiver }) => receiver.track);
  }

  receiverOf(track: MediaStreamTrack): RTCRtpReceiver | undefined {
    return this.#connection.getReceivers().find((receiver) => receiver.track === track);
  }

  stats(): Promise<RTCStatsReport> {
    return this.#connection.getStats();
  }

  /** Sends what is to be sent by now. Calls are worked off one by one, since `RTCRtpSender.track` lags behind. */
  apply(): Promise<void> {
    const done = this.#work.then(() => this.#apply());
    this.#work = done.catch(() => undefined);
    return done;
  }

  /** Looks no further. The connection itself is the application's to close. */
  release(): void {
    this.#listening.abort();
  }

  #applyUnasked(): void {
    // Whoever asks next is told what stands in the way.
    this.apply().catch(() => undefined);
  }

  async #apply(): Promise<void> {
    // Before a line has been negotiated nothing is sent on it, and libraries look at its track to see what to negotiate.
    const senders = this.#connection
      .getTransceivers()
      .filter(({ mid }) => mid !== null)
      .map(({ sender }) => sender);
    try {
      await Promise.all(senders.map((sender) => this.#give(sender)));
    } catch (error) {
      // A connection may be closed at any time, from the other side too.
      if (!this.over) throw error;
    }
  }

  async #give(sender: RTCRtpSender): Promise<void> {
    const { localStream, held, videoHeld } = this.#sending;
    const local = localStream?.getTracks() ?? [];
    const { track } = sender;
    const former = this.#carried.get(sender);
    let carried: MediaStreamTrack | undefined;
    if (track && local.includes(track)) carried = track;
    // A sender that holds something else than it was given has been given that by the application.
    else if (former && former.now === track) {
      const { kind } = former.track;
      carried = local.includes(former.track)
        ? former.track
        : local.find((candidate) => candidate.kind === kind);
    } else {
      this.#carried.delete(sender);
      return;
    }
    const now = held || (videoHeld && carried?.kind === 'video') ? null : (carried ?? null);
    const remembered = carried ?? former?.track;
    if (remembered) this.#carried.set(sender, { track: remembered, now });
    if (now !== track) await sender.replaceTrack(now);
  }
}
