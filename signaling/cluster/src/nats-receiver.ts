import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';

interface NatsReceiverOptions {
  /** With the prefix. */
  subject: string;
  /** Each message reaches one of those who name the same queue. */
  queue?: string;
  receive: (message: Msg) => void;
}

/** Something to receive, on whichever connection there is. */
export class NatsReceiver {
  readonly #options: NatsReceiverOptions;
  #subscription: Subscription | undefined;

  constructor(options: NatsReceiverOptions) {
    this.#options = options;
  }

  /** Subscribes on this connection, and on no other any more. */
  open(connection: NatsConnection): void {
    this.close();
    const { subject, queue, receive } = this.#options;
    this.#subscription = connection.subscribe(subject, {
      ...(queue !== undefined && { queue }),
      callback: (error, message) => {
        if (!error) receive(message);
      },
    });
  }

  close(): void {
    this.#subscription?.unsubscribe();
    this.#subscription = undefined;
  }
}
