import { MeshliftError } from '@meshlift/protocol';
import { errors, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { answerWith, errorAnswer, readAnswer } from './answers.ts';
import {
  assertSubject,
  type Bus,
  type Handler,
  type Listener,
  type RequestOptions,
  type Subscription,
} from './bus.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { NatsLink } from './nats-link.ts';
import { NatsReceiver } from './nats-receiver.ts';
import { PendingRequests } from './pending-requests.ts';
import { ReplayGuard } from './replay-guard.ts';
import type { Opened, Origin, Seal } from './seal.ts';
import { StrangerLog } from './stranger-log.ts';
import { Listeners, subscription } from './subscriptions.ts';

const PREFIX = 'meshlift.';
/** Those who serve one subject share its requests. */
const QUEUE = 'meshlift';
/** The first byte of a notice; what is sealed begins with another. */
const NOTICE = 0;
const PURPOSE = { request: 'bus request', reply: 'bus reply', publish: 'bus publish' } as const;

export interface NatsBusOptions {
  link: NatsLink;
  seal: Seal;
  log: ClusterLog;
}

/** What was received and not used, since the start. */
export interface Dropped {
  /** Sealed under a cluster key that this process does not have. */
  foreignKey: number;
  /** Not sealed by this cluster, or changed on the way. */
  altered: number;
  /** Sent a second time. */
  replayed: number;
}

/**
 * The bus over NATS. Everything it sends is sealed with the cluster key and bound to its subject; an answer is bound to
 * its request as well. What does not open is dropped and counted.
 */
export class NatsBus implements Bus {
  readonly dropped: Dropped = { foreignKey: 0, altered: 0, replayed: 0 };
  readonly #link: NatsLink;
  readonly #seal: Seal;
  readonly #log: ClusterLog;
  readonly #strangers: StrangerLog;
  readonly #guard = new ReplayGuard();
  readonly #handlers = new Map<string, NatsReceiver>();
  readonly #subscribers = new Map<string, { receiver: NatsReceiver; listeners: Listeners<unknown> }>();
  readonly #connection: Listeners<boolean>;
  readonly #pending = new PendingRequests<Msg>();
  readonly #watching: Subscription;
  #closed = false;

  /** The link stays its creator's; `close()` leaves it open. */
  constructor({ link, seal, log }: NatsBusOptions) {
    this.#link = link;
    this.#seal = seal;
    this.#log = log;
    this.#strangers = new StrangerLog(seal.fingerprints, log);
    this.#connection = new Listeners(this.#reportThrown);
    this.#watching = link.onConnection((connection) => {
      if (connection) for (const receiver of this.#receivers()) receiver.open(connection);
      else this.#pending.failAll(new MeshliftError(link.closed ? 'SERVER_CLOSING' : 'DIRECTORY_UNAVAILABLE'));
      this.#connection.notify(connection !== undefined);
    });
  }

  get connected(): boolean {
    return !this.#closed && this.#link.connection !== undefined;
  }

  async request(subject: string, payload: unknown, { timeoutMs }: RequestOptions): Promise<unknown> {
    assertSubject(subject);
    this.#assertOpen();
    const connection = this.#link.require();
    const { sealed, origin } = this.#seal.sealBytes(PURPOSE.request, encode({ payload }), subject);
    assertSize(sealed, connection);
    const { promise, resolve, reject } = this.#pending.add();
    connection
      .request(PREFIX + subject, sealed, { timeout: timeoutMs })
      .then(resolve, (error) => reject(this.#requestError(error)));
    const { data } = await promise;
    return this.#readReply(data, replyContext(subject, origin));
  }

  serve(subject: string, handler: Handler): Subscription {
    assertSubject(subject);
    this.#assertOpen();
    if (this.#handlers.has(subject)) throw new TypeError(`"${subject}" is served already`);
    const receiver = new NatsReceiver({
      subject: PREFIX + subject,
      queue: QUEUE,
      receive: (message) => void this.#answer(subject, handler, message).catch(this.#reportThrown),
    });
    this.#handlers.set(subject, receiver);
    if (this.#link.connection) receiver.open(this.#link.connection);
    return subscription(() => {
      receiver.close();
      if (this.#handlers.get(subject) === receiver) this.#handlers.delete(subject);
    });
  }

  publish(subject: string, payload: unknown): void {
    assertSubject(subject);
    this.#assertOpen();
    const connection = this.#link.connection;
    if (!connection) return;
    const { sealed } = this.#seal.sealBytes(PURPOSE.publish, encode({ payload }), subject);
    assertSize(sealed, connection);
    connection.publish(PREFIX + subject, sealed);
  }

  subscribe(subject: string, listener: Listener): Subscription {
    assertSubject(subject);
    this.#assertOpen();
    const subscriber = this.#subscribers.get(subject) ?? this.#listenTo(subject);
    const entry = subscriber.listeners.add(listener);
    return subscription(() => {
      entry.close();
      if (subscriber.listeners.size > 0) return;
      subscriber.receiver.close();
      if (this.#subscribers.get(subject) === subscriber) this.#subscribers.delete(subject);
    });
  }

  async flush(): Promise<void> {
    this.#assertOpen();
    await this.#link.flush();
  }

  onConnection(listener: (connected: boolean) => void): Subscription {
    return this.#connection.add(listener);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watching.close();
    for (const receiver of this.#receivers()) receiver.close();
    this.#handlers.clear();
    this.#subscribers.clear();
    this.#pending.failAll(new MeshliftError('SERVER_CLOSING'));
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  #receivers(): NatsReceiver[] {
    return [...this.#handlers.values(), ...[...this.#subscribers.values()].map(({ receiver }) => receiver)];
  }

  #listenTo(subject: string) {
    const listeners = new Listeners<unknown>(this.#reportThrown);
    const receive = ({ data }: Msg) => {
      const opened = this.#open(PURPOSE.publish, data, subject);
      // Each listener gets a copy of its own.
      if (opened.ok) listeners.notifyEach(() => payloadOf(opened.data));
    };
    const subscriber = { listeners, receiver: new NatsReceiver({ subject: PREFIX + subject, receive }) };
    this.#subscribers.set(subject, subscriber);
    if (this.#link.connection) subscriber.receiver.open(this.#link.connection);
    return subscriber;
  }

  async #answer(subject: string, handler: Handler, message: Msg): Promise<void> {
    const connection = this.#link.connection;
    const opened = this.#open(PURPOSE.request, message.data, subject);
    if (!opened.ok) {
      if (opened.why === 'foreign key') message.respond(noticeOf(this.#seal.fingerprint));
      return;
    }
    const answer = await answerWith(handler, payloadOf(opened.data), this.#log);
    // An answer on another connection would reach nobody.
    if (this.#closed || !connection || this.#link.connection !== connection) return;
    const seal = (value: unknown) => {
      const context = replyContext(subject, opened.origin);
      const { sealed } = this.#seal.sealBytes(PURPOSE.reply, encode(value), context);
      assertSize(sealed, connection);
      return sealed;
    };
    let sealed: Buffer;
    try {
      sealed = seal(answer);
    } catch (error) {
      sealed = seal(errorAnswer(MeshliftError.from(error)));
    }
    message.respond(sealed);
  }

  #readReply(data: Uint8Array, context: string): unknown {
    const foreign = readNotice(data);
    if (foreign !== undefined) {
      this.dropped.foreignKey += 1;
      this.#strangers.report(foreign);
      throw new MeshliftError('NODE_UNREACHABLE');
    }
    const opened = this.#open(PURPOSE.reply, data, context);
    if (!opened.ok) throw new MeshliftError('NODE_UNREACHABLE');
    return readAnswer(JSON.parse(opened.data.toString()));
  }

  /** Opens what was received, once; counts and reports what it drops. */
  #open(purpose: string, bytes: Uint8Array, context: string): Opened {
    const opened = this.#seal.openBytes(purpose, bytes, context);
    if (opened.ok) {
      if (this.#guard.admit(opened.origin)) return opened;
      this.dropped.replayed += 1;
      return { ok: false, why: 'altered' };
    }
    this.dropped[opened.why === 'foreign key' ? 'foreignKey' : 'altered'] += 1;
    if (opened.fingerprint !== undefined) this.#strangers.report(opened.fingerprint);
    return opened;
  }

  #requestError(error: unknown): MeshliftError {
    if (error instanceof errors.TimeoutError) return new MeshliftError('REQUEST_TIMEOUT');
    if (error instanceof errors.RequestError && error.isNoResponders()) {
      return new MeshliftError('NODE_UNREACHABLE');
    }
    return new MeshliftError('DIRECTORY_UNAVAILABLE', undefined, { cause: error });
  }

  #assertOpen(): void {
    if (this.#closed) throw new MeshliftError('SERVER_CLOSING');
  }
}

function encode(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function payloadOf(data: Buffer): unknown {
  return (JSON.parse(data.toString()) as { payload?: unknown }).payload;
}

/** @throws MeshliftError `TOO_LARGE` for what the server would end the connection for */
function assertSize(sealed: Buffer, { info }: NatsConnection): void {
  if (info && sealed.length > info.max_payload) throw new MeshliftError('TOO_LARGE');
}

/** An answer opens for the request it answers, and for no other. */
function replyContext(subject: string, { sender, counter }: Origin): string {
  return `${subject} ${sender} ${counter}`;
}

/** What a request under a foreign key gets, unsealed: whoever sent it has to know why nobody answers. */
function noticeOf(fingerprint: string): Buffer {
  return Buffer.concat([Buffer.from([NOTICE]), Buffer.from(fingerprint)]);
}

/** @returns the fingerprint of the key that the other side has */
function readNotice(data: Uint8Array): string | undefined {
  const [first, ...rest] = data;
  const fingerprint = Buffer.from(rest).toString('latin1');
  return first === NOTICE && /^[\w-]{1,20}$/.test(fingerprint) ? fingerprint : undefined;
}
