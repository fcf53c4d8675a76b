import type { Answer } from './answer.ts';
import { type Coverage, doorOf } from './coverage.ts';
import { textFrame } from './frames.ts';
import type { Member } from './member.ts';
import { requestText } from './request-text.ts';
import { CONNECT, HANDSHAKE, SEPARATOR } from './socket-texts.ts';
import { Wire } from './wire.ts';

/** Of our own: other numbers are in messages that have been made up. */
const FIRST_REQUEST = 1_000;

/** The key of those who have none of their own. */
export const WRONG_KEY = 'wrong';

/** An error of ours, which no stranger may be able to cause. */
const ERROR_OF_OURS = 500;
const SERVER_FULL = 503;

export interface StreamKeys {
  streamId: string;
  publishKey: string;
}

/** A session of WHIP or WHEP. */
export interface SdpSession {
  path: string;
  etag: string;
}

type Reply = { data: object } | { code: string };

/** Counts over all visits. */
export interface Tally {
  steps: number;
  /** Answers by their status. */
  answers: Map<number, number>;
  /** Connections that the server ended in place of an answer. */
  hungUp: number;
  coverage: Coverage;
}

/** What the strangers of one run have opened, and may go on to use. */
export class Visit {
  readonly #port: number;
  readonly #tally: Tally;
  readonly #wires: Wire[] = [];
  readonly #pending = new Set<Promise<void>>();
  #failure: unknown;
  #heard = '';
  /** The address that everybody of this visit comes from. */
  readonly from: string;
  /** Session IDs of engine.io. The first is nobody's. */
  readonly pollers: string[] = ['AAAAAAAAAAAAAAAAAAAA'];
  /** Connections that became WebSockets. */
  readonly webSockets: Wire[] = [];
  /** The first is nobody's, until somebody claims it. */
  readonly streams: StreamKeys[];
  /** Of WHIP and WHEP. The first is nobody's. */
  readonly sessions: SdpSession[] = [{ path: '/whep/sessions/AAAAAAAAAAAAAAAAAAAAAA', etag: '"none"' }];
  /** Those with a client that remembers what it has been told. */
  readonly members: Member[] = [];
  readonly #followers = new Map<Wire, (text: string) => void>();
  /** What was sent under each number, and what has been answered. */
  readonly #asked = new Map<number, string>();
  readonly #replies = new Map<number, Reply>();

  constructor({ port, number, tally }: { port: number; number: number; tally: Tally }) {
    this.#port = port;
    this.#tally = tally;
    // Limits count by address: each visit has its own, so that the visits before it do not use them up.
    this.from = `127.${1 + ((number >> 14) & 0x7f)}.${(number >> 7) & 0x7f}.${1 + (number & 0x7f)}`;
    this.streams = [{ streamId: `nobodys${number}`, publishKey: `key${number}` }];
  }

  countStep(): void {
    this.#tally.steps += 1;
  }

  /** A new connection. */
  async open(): Promise<Wire> {
    const wire = await Wire.open({ port: this.#port, from: this.from });
    this.#wires.push(wire);
    return wire;
  }

  /**
   * The next answer on a connection, which must not be an error of the server's own.
   *
   * @returns undefined when the server hung up instead
   */
  async answer(wire: Wire, method = 'GET'): Promise<Answer | undefined> {
    const answer = await wire.answer(method);
    if (!answer) {
      this.#tally.hungUp += 1;
      return undefined;
    }
    const { status, body } = answer;
    this.#tally.answers.set(status, (this.#tally.answers.get(status) ?? 0) + 1);
    if (status >= ERROR_OF_OURS && status !== SERVER_FULL) throw new Error(`answered ${status}: ${body}`);
    this.#listen(body);
    this.#keep(body);
    return answer;
  }

  /** A request on a connection of its own. @returns undefined when the server hung up instead */
  async ask(
    method: string,
    target: string,
    options: { headers?: readonly string[]; body?: string } = {},
  ): Promise<Answer | undefined> {
    const wire = await this.open();
    return this.askOn(wire, method, target, options);
  }

  async askOn(
    wire: Wire,
    method: string,
    target: string,
    options: { headers?: readonly string[]; body?: string } = {},
  ): Promise<Answer | undefined> {
    const { coverage } = this.#tally;
    const door = doorOf(method, target);
    if (door) coverage.sent(door);
    wire.send(requestText(method, target, options));
    const answer = await saying(`${method} ${target}`, this.answer(wire, method));
    if (door && answer) {
      const code = /"code":"([A-Z_]+)"/.exec(answer.body)?.[1] ?? `${answer.status}`;
      coverage.answered(door, answer.status < 400 ? undefined : code);
    }
    return answer;
  }

  /** Opens a session of WHIP or WHEP, as far as the server lets it. */
  async offer(target: string, headers: readonly string[], body: string): Promise<SdpSession | undefined> {
    const answer = await this.ask('POST', target, { headers, body });
    const location = answer?.headers.get('location');
    if (!location) return undefined;
    const { pathname: path } = new URL(location, 'http://localhost');
    const session = { path, etag: answer?.headers.get('etag') ?? '' };
    this.sessions.push(session);
    return session;
  }

  /** An answer that goes on for as long as the connection: its beginning has come when this resolves. */
  async listen(target: string): Promise<void> {
    const wire = await this.open();
    const { coverage } = this.#tally;
    const door = doorOf('GET', target);
    if (door) coverage.sent(door);
    wire.send(requestText('GET', target));
    await wire.heard();
    if (door && !wire.closed) coverage.answered(door, wire.status === 200 ? undefined : `${wire.status}`);
  }

  /** The number under which a request of that name is sent next. */
  nextRequest(name: string): number {
    const id = FIRST_REQUEST + this.#asked.size;
    this.#asked.set(id, name);
    this.#tally.coverage.sent(name);
    return id;
  }

  /** The answer to a request over a WebSocket; undefined when the connection ended first. */
  async replyTo(id: number, wire: Wire): Promise<Reply | undefined> {
    await saying(
      `${this.#asked.get(id)}`,
      this.until(wire, () => this.#replies.has(id)),
    );
    return this.#replies.get(id);
  }

  /** Reads what comes on a WebSocket until something is so, or the connection has ended. */
  async until(wire: Wire, isSo: () => boolean): Promise<void> {
    for (;;) {
      this.#read(wire);
      if (isSo() || wire.closed) return;
      await wire.heard();
    }
  }

  /** Has somebody hear every message that comes on a WebSocket. */
  follow(wire: Wire, hear: (text: string) => void): void {
    this.#followers.set(wire, hear);
  }

  /** Goes on while something is under way. A failure of it ends the visit. */
  meanwhile(work: Promise<unknown>): void {
    const done = work
      .then(
        () => undefined,
        (error: unknown) => {
          this.#failure ??= error;
        },
      )
      .finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  /** @throws what has failed meanwhile */
  assertUnfailed(): void {
    if (this.#failure) throw this.#failure;
  }

  /** Begins a session of long polling and connects it. @returns its ID */
  async handshake(): Promise<string> {
    const wire = await this.open();
    wire.send(requestText('GET', HANDSHAKE));
    await this.answer(wire);
    const sid = this.pollers.at(-1) ?? '';
    wire.send(requestText('POST', `${HANDSHAKE}&sid=${sid}`, { body: CONNECT }));
    await this.answer(wire, 'POST');
    return sid;
  }

  /** Holds one poll. */
  async poll(sid: string): Promise<void> {
    const wire = await this.open();
    wire.send(requestText('GET', `${HANDSHAKE}&sid=${sid}`));
    await this.answer(wire);
  }

  /** The values that answers and messages gave that name, each once, the last one last. */
  heard(name: string): string[] {
    for (const wire of this.webSockets) this.#read(wire);
    const found = [...this.#heard.matchAll(new RegExp(`"${name}":"([^"]+)"`, 'g'))].map(
      ([, value = '']) => value,
    );
    return [...new Set(found)];
  }

  /**
   * Everybody goes, and streams are given back, which would last for an hour.
   *
   * @param manners whether they close their sessions first; the server finds out by itself about the others
   */
  async leave({ manners }: { manners: boolean }): Promise<void> {
    if (!manners) this.vanish();
    const wire = await this.open();
    const ask = async (method: string, target: string, headers: string[] = [], body = '') =>
      (await this.askOn(wire, method, target, { headers, body }))?.status;
    const remove = (streamId: string, key: string) =>
      ask('DELETE', `/api/streams/${streamId}`, [`Authorization: Bearer ${key}`]);
    if (manners) {
      const goodbyes = this.heard('sessionId').map(
        (sessionId, index) => `42${index}${JSON.stringify(['session:close', { sessionId }])}`,
      );
      for (const webSocket of this.webSockets) {
        for (const goodbye of goodbyes) webSocket.send(textFrame(goodbye));
      }
      for (const sid of this.pollers) {
        const target = `${HANDSHAKE}&sid=${sid}`;
        if (goodbyes.length > 0) await ask('POST', target, [], goodbyes.join(SEPARATOR));
        await ask('POST', target, [], '1');
      }
      for (const { path } of this.sessions) await ask('DELETE', path);
    }
    for (const { streamId, publishKey } of this.streams) {
      // Whoever came first with the wrong key has claimed it with that.
      if ((await remove(streamId, publishKey)) !== 204) await remove(streamId, WRONG_KEY);
    }
    this.vanish();
    await Promise.all(this.#pending);
    this.assertUnfailed();
  }

  /** All connections end, whatever is under way on them. */
  vanish(): void {
    for (const wire of this.#wires) wire.destroy();
  }

  /** Whoever asked for it, what was opened has to be given back. */
  #keep(body: string): void {
    const sid = /^0\{"sid":"([^"]+)"/.exec(body)?.[1];
    if (sid) this.pollers.push(sid);
    const streamId = /"streamId":"([^"]+)"/.exec(body)?.[1];
    const publishKey = /"publishKey":"([^"]+)"/.exec(body)?.[1];
    if (streamId && publishKey) this.streams.push({ streamId, publishKey });
  }

  #read(wire: Wire): void {
    for (const text of wire.messages()) {
      this.#listen(text);
      this.#followers.get(wire)?.(text);
    }
  }

  #listen(text: string): void {
    this.#heard = (this.#heard + text).slice(-200_000);
    for (const packet of text.split(SEPARATOR)) this.#count(packet);
  }

  /** The answer to a request of ours. */
  #count(packet: string): void {
    const [, number, body] = /^43(\d{4,9})\[(.*)\]$/s.exec(packet) ?? [];
    const id = Number(number);
    const name = this.#asked.get(id);
    if (name === undefined || body === undefined || this.#replies.has(id)) return;
    const told = JSON.parse(body) as { data: object } | { error: { code: string } };
    const reply = 'error' in told ? { code: told.error.code } : { data: told.data };
    this.#replies.set(id, reply);
    this.#tally.coverage.answered(name, 'code' in reply ? reply.code : undefined);
    if ('code' in reply && reply.code === 'INTERNAL') throw new Error(`${name} was answered INTERNAL`);
    if (body.includes('"publishKey":')) this.#keep(body);
  }
}

/** Has a failure say what was waited for. */
async function saying<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`);
  }
}
