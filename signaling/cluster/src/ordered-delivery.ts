import { randomUUID } from 'node:crypto';
import { MeshliftError } from '@meshlift/protocol';
import * as z from 'zod';
import type { Bus, Subscription } from './bus.ts';
import { type Clock, systemClock } from './clock.ts';

/** What has not been acknowledged within this time is sent again; the time doubles with each attempt. */
const RESEND_AFTER_MS = 500;
const RESEND_AT_MOST_MS = 4_000;

/** An acknowledgement waits this long for more messages, unless some are missing. */
const ACKNOWLEDGE_WITHIN_MS = 100;

/** Messages on their way at once: the others wait until these have arrived. */
const WINDOW = 256;

/** Messages in one publication, which has to stay below the engine's limit. */
const BATCH = 32;

/** Messages that may wait for one process. Past it the process learns that it has missed some. */
export const MAX_WAITING = 20_000;

const messageSchema = z.object({ topic: z.string(), body: z.unknown() });

const batchSchema = z.object({
  from: z.string(),
  /** Names the sequence. Its messages are numbered from 1. */
  sequence: z.string(),
  /** All messages up to this one have been acknowledged. */
  acknowledged: z.int().min(0),
  /** The number of the first of these messages. */
  first: z.int().min(1),
  messages: z.array(messageSchema).max(BATCH),
});

const acknowledgementSchema = z.object({
  from: z.string(),
  sequence: z.string(),
  /** The last message that has arrived with all before it; `null` when the receiver does not know the sequence. */
  arrived: z.int().min(0).nullable(),
  /** Whether later ones have arrived and some before them have not. */
  gap: z.boolean(),
});

type Message = z.infer<typeof messageSchema>;
type Batch = z.infer<typeof batchSchema>;
type Acknowledgement = z.infer<typeof acknowledgementSchema>;

export interface OrderedDeliveryOptions {
  bus: Bus;
  /** The name of this process: letters, digits, `-` and `_`. No two processes have ever had the same. */
  self: string;
  /** @default this process's clock */
  clock?: Clock;
}

/**
 * Messages from process to process that arrive once and in order, over a bus that loses some and is away at times.
 *
 * When messages cannot be delivered, because too many wait or because one of the two has forgotten the other, the
 * sender and then the receiver learn that they have lost track: what they know of each other is out of date. Messages
 * sent after that arrive again.
 */
export class OrderedDelivery {
  readonly #bus: Bus;
  readonly #self: string;
  readonly #clock: Clock;
  readonly #senders = new Map<string, Sender>();
  readonly #receivers = new Map<string, Receiver>();
  readonly #topics = new Map<string, (from: string, body: unknown) => void>();
  readonly #lostTrack = new Set<(process: string) => void>();
  readonly #subscriptions: Subscription[];
  #closed = false;

  constructor({ bus, self, clock = systemClock }: OrderedDeliveryOptions) {
    this.#bus = bus;
    this.#self = self;
    this.#clock = clock;
    this.#subscriptions = [
      bus.subscribe(subjects.messages(self), (payload) => {
        const batch = batchSchema.safeParse(payload);
        if (batch.success) this.#receive(batch.data);
      }),
      bus.subscribe(subjects.acknowledgements(self), (payload) => {
        const acknowledgement = acknowledgementSchema.safeParse(payload);
        if (acknowledgement.success) this.#acknowledged(acknowledgement.data);
      }),
      bus.onConnection((connected) => {
        if (connected) for (const sender of this.#senders.values()) sender.sendAgain();
      }),
    ];
  }

  /** Sends a message now or, while the bus is away, later. Those of one turn of the event loop travel together. */
  send(to: string, topic: string, body: unknown): void {
    if (this.#closed) return;
    const sender = this.#senderTo(to);
    if (!sender.add({ topic, body })) this.#loseTrack(to);
  }

  /** Sets the listener of a topic. Messages of topics without one are dropped. */
  on(topic: string, listener: (from: string, body: unknown) => void): void {
    this.#topics.set(topic, listener);
  }

  /** Called when messages to or from a process have been lost. */
  onLostTrack(listener: (process: string) => void): void {
    this.#lostTrack.add(listener);
  }

  /** Drops what waits for a process that has ended. */
  forget(process: string): void {
    this.#senders.get(process)?.close();
    this.#senders.delete(process);
    this.#receivers.get(process)?.close();
    this.#receivers.delete(process);
  }

  close(): void {
    this.#closed = true;
    for (const subscription of this.#subscriptions) subscription.close();
    for (const process of [...this.#senders.keys(), ...this.#receivers.keys()]) this.forget(process);
  }

  #senderTo(process: string): Sender {
    const known = this.#senders.get(process);
    if (known) return known;
    const sender = new Sender({
      publish: (batch) => this.#publish(subjects.messages(process), { from: this.#self, ...batch }),
      onTooLarge: () => this.#loseTrack(process),
      clock: this.#clock,
    });
    this.#senders.set(process, sender);
    return sender;
  }

  #acknowledged({ from, sequence, arrived, gap }: Acknowledgement): void {
    const sender = this.#senders.get(from);
    if (sender?.sequence !== sequence) return;
    if (arrived === null) this.#loseTrack(from);
    else sender.acknowledged(arrived, gap);
  }

  #receive({ from, sequence, acknowledged, first, messages }: Batch): void {
    const receiver = this.#receiverOf(from, { sequence, begins: acknowledged === 0 });
    if (!receiver) {
      // Of a sequence that has been replaced nothing more is to come.
      if (this.#receivers.get(from)?.replaced === sequence) return;
      this.#publish(subjects.acknowledgements(from), {
        from: this.#self,
        sequence,
        arrived: null,
        gap: false,
      });
      return;
    }
    for (const { topic, body } of receiver.next(first, messages)) {
      this.#topics.get(topic)?.(from, body);
      // The listener may have closed this, or have forgotten that process.
      if (this.#receivers.get(from) !== receiver) return;
    }
  }

  /** @returns `undefined` for the middle of a sequence whose beginning this process does not know */
  #receiverOf(
    from: string,
    { sequence, begins }: { sequence: string; begins: boolean },
  ): Receiver | undefined {
    const known = this.#receivers.get(from);
    if (known?.sequence === sequence) return known;
    if (!begins || known?.replaced === sequence) return undefined;
    const acknowledge = (acknowledgement: Omit<Acknowledgement, 'from'>) =>
      this.#publish(subjects.acknowledgements(from), { from: this.#self, ...acknowledgement });
    known?.close();
    const receiver = new Receiver(acknowledge, sequence, known?.sequence, this.#clock);
    this.#receivers.set(from, receiver);
    if (known) this.#reportLostTrack(from);
    return this.#receivers.get(from) === receiver ? receiver : undefined;
  }

  #loseTrack(process: string): void {
    this.#senders.get(process)?.close();
    this.#senders.delete(process);
    this.#reportLostTrack(process);
  }

  #reportLostTrack(process: string): void {
    for (const listener of [...this.#lostTrack]) listener(process);
  }

  /** On a bus that has been closed it sends nothing: it is called by timers, where nobody could take an error. */
  #publish(subject: string, payload: unknown): void {
    if (this.#closed) return;
    try {
      this.#bus.publish(subject, payload);
    } catch (error) {
      if (!(error instanceof MeshliftError) || error.code !== 'SERVER_CLOSING') throw error;
    }
  }
}

const subjects = {
  messages: (process: string) => `messages.${process}`,
  acknowledgements: (process: string) => `acknowledgements.${process}`,
};

interface SenderOptions {
  /** @throws MeshliftError `TOO_LARGE` */
  publish: (batch: Omit<Batch, 'from'>) => void;
  /** A message is larger than the bus carries. */
  onTooLarge: () => void;
  clock: Clock;
}

/** What is on its way to one process. */
class Sender {
  readonly sequence = randomUUID();
  readonly #options: SenderOptions;
  readonly #clock: Clock;
  #waiting: Message[] = [];
  /** The number of the first that waits. */
  #first = 1;
  /** How many of those that wait have been sent. */
  #sent = 0;
  #flushing = false;
  #resendAfterMs = RESEND_AFTER_MS;
  #cancelResend: (() => void) | undefined;
  #sentAgainAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** @returns false when too many wait */
  add(message: Message): boolean {
    if (this.#waiting.length >= MAX_WAITING) return false;
    this.#waiting.push(message);
    if (this.#flushing) return true;
    this.#flushing = true;
    this.#clock.soon(() => {
      this.#flushing = false;
      this.#sendWindow();
    });
    return true;
  }

  /** @param gap whether messages after that one have arrived */
  acknowledged(arrived: number, gap: boolean): void {
    const count = Math.min(arrived + 1 - this.#first, this.#waiting.length);
    if (count > 0) {
      this.#waiting.splice(0, count);
      this.#first += count;
      this.#sent = Math.max(0, this.#sent - count);
      this.#resendAfterMs = RESEND_AFTER_MS;
      this.#stopWaiting();
    }
    // Each batch after a gap asks for the same messages.
    const isAsked = gap && this.#clock.now() - this.#sentAgainAt >= ACKNOWLEDGE_WITHIN_MS;
    if (isAsked) this.sendAgain();
    else this.#sendWindow();
  }

  sendAgain(): void {
    this.#sentAgainAt = this.#clock.now();
    this.#sent = 0;
    this.#sendWindow();
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#stopWaiting();
  }

  #sendWindow(): void {
    if (this.#closed) return;
    const end = Math.min(this.#waiting.length, WINDOW);
    while (this.#sent < end) {
      const count = Math.min(BATCH, end - this.#sent);
      if (!this.#sendBatch(this.#sent, count)) return;
      this.#sent += count;
    }
    if (this.#waiting.length === 0 || this.#cancelResend) return;
    this.#cancelResend = this.#clock.after(this.#resendAfterMs, () => {
      this.#cancelResend = undefined;
      this.#resendAfterMs = Math.min(this.#resendAfterMs * 2, RESEND_AT_MOST_MS);
      this.sendAgain();
    });
  }

  /** Sends `count` of those that wait. @returns false when one of them cannot be sent at all */
  #sendBatch(start: number, count: number): boolean {
    const { publish, onTooLarge } = this.#options;
    try {
      const messages = this.#waiting.slice(start, start + count);
      publish({
        sequence: this.sequence,
        acknowledged: this.#first - 1,
        first: this.#first + start,
        messages,
      });
      return true;
    } catch (error) {
      if (!(error instanceof MeshliftError) || error.code !== 'TOO_LARGE') throw error;
      if (count === 1) {
        onTooLarge();
        return false;
      }
      const half = Math.floor(count / 2);
      return this.#sendBatch(start, half) && this.#sendBatch(start + half, count - half);
    }
  }

  #stopWaiting(): void {
    this.#cancelResend?.();
    this.#cancelResend = undefined;
  }
}

/** What has arrived from one process. */
class Receiver {
  readonly sequence: string;
  /** The sequence before this one. */
  readonly replaced: string | undefined;
  readonly #acknowledge: (acknowledgement: Omit<Acknowledgement, 'from'>) => void;
  readonly #clock: Clock;
  #arrived = 0;
  #cancelAcknowledgement: (() => void) | undefined;

  constructor(
    acknowledge: (acknowledgement: Omit<Acknowledgement, 'from'>) => void,
    sequence: string,
    replaced: string | undefined,
    clock: Clock,
  ) {
    this.#acknowledge = acknowledge;
    this.sequence = sequence;
    this.replaced = replaced;
    this.#clock = clock;
  }

  /** Those of these messages whose turn it is, one by one, and acknowledges what has arrived. */
  *next(first: number, messages: readonly Message[]): Generator<Message> {
    const gap = first > this.#arrived + 1;
    this.#acknowledgeWithin(gap ? 0 : ACKNOWLEDGE_WITHIN_MS, gap);
    for (const [index, message] of messages.entries()) {
      if (first + index !== this.#arrived + 1) continue;
      this.#arrived += 1;
      yield message;
    }
  }

  close(): void {
    this.#cancelAcknowledgement?.();
    this.#cancelAcknowledgement = undefined;
  }

  #acknowledgeWithin(ms: number, gap: boolean): void {
    if (ms > 0 && this.#cancelAcknowledgement) return;
    this.close();
    const send = () => {
      this.#cancelAcknowledgement = undefined;
      this.#acknowledge({ sequence: this.sequence, arrived: this.#arrived, gap });
    };
    if (ms > 0) this.#cancelAcknowledgement = this.#clock.after(ms, send);
    else send();
  }
}
