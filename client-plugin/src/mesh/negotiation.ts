import type { Description } from './messages.ts';

export interface NegotiationOptions {
  /** The polite side takes its own offer back when both offer at once. */
  polite: boolean;
  /** Adds what this side has to send, so that an answer carries it at once. */
  prepare(): Promise<void>;
  send(description: Description): void;
  /** The two sides no longer understand each other: only a new connection helps. */
  failed(): void;
}

/**
 * Perfect negotiation (WebRTC, section 10.7), on a way that may lose descriptions: each offer has a number
 * that its answer repeats, and an offer can be sent again. Descriptions must be handed in one by one.
 */
export class Negotiation {
  readonly #connection: RTCPeerConnection;
  readonly #options: NegotiationOptions;
  #offering = false;
  /** The number of this side's last offer. */
  #exchange = 0;
  /** The number of the other side's last offer that was answered. */
  #answered: number | undefined;

  constructor(connection: RTCPeerConnection, options: NegotiationOptions) {
    this.#connection = connection;
    this.#options = options;
    connection.onnegotiationneeded = () => void this.#offer();
  }

  /** An offer is on its way, or lost. */
  get pending(): boolean {
    return this.#connection.signalingState === 'have-local-offer';
  }

  /** Sends the offer again that has not been answered. */
  resend(): void {
    if (this.pending) this.#send(this.#exchange);
  }

  async receive(description: Description): Promise<void> {
    try {
      if (description.type === 'offer') await this.#answer(description);
      else if (this.pending && description.exchange === this.#exchange) {
        await this.#connection.setRemoteDescription(toInit(description));
      }
    } catch {
      this.#fail();
    }
  }

  async #offer(): Promise<void> {
    try {
      this.#offering = true;
      await this.#connection.setLocalDescription();
      this.#exchange += 1;
      this.resend();
    } catch {
      this.#fail();
    } finally {
      this.#offering = false;
    }
  }

  async #answer(offer: Description): Promise<void> {
    const connection = this.#connection;
    const stable = connection.signalingState === 'stable' && !this.#offering;
    if (stable && offer.exchange === this.#answered) {
      // The same offer once more: the answer was lost, unless the two have agreed on something newer since.
      if (connection.localDescription?.type === 'answer') this.#send(offer.exchange);
      return;
    }
    if (!stable && !this.#options.polite) return;
    await connection.setRemoteDescription(toInit(offer));
    await this.#options.prepare();
    await connection.setLocalDescription();
    this.#answered = offer.exchange;
    this.#send(offer.exchange);
  }

  #send(exchange: number): void {
    const { type, sdp } = this.#connection.localDescription ?? {};
    if (type === 'offer' || type === 'answer') {
      this.#options.send({ kind: 'description', type, sdp: sdp ?? '', exchange });
    }
  }

  #fail(): void {
    if (this.#connection.signalingState !== 'closed') this.#options.failed();
  }
}

const toInit = ({ type, sdp }: Description): RTCSessionDescriptionInit => ({ type, sdp });
