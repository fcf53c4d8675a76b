import { PROTOCOL_VERSION } from '@meshlift/protocol';
import type { Answer } from './answer.ts';
import { textFrame } from './frames.ts';
import { requestText } from './request-text.ts';
import { Wire } from './wire.ts';

/** Between the packets of one payload of long polling. */
export const SEPARATOR = '\x1e';

/** What lets a client in. */
export const CONNECT = `40{"protocol":${PROTOCOL_VERSION}}`;

export const HANDSHAKE = '/socket.io/?EIO=4&transport=polling';

/** The key of those who have none of their own. */
export const WRONG_KEY = 'wrong';

/** An error of ours, which no stranger may be able to cause. */
const ERROR_OF_OURS = 500;
const SERVER_FULL = 503;

export interface StreamKeys {
  streamId: string;
  publishKey: string;
}

/** Counts over all visits. */
export interface Tally {
  steps: number;
  /** Answers by their status. */
  answers: Map<number, number>;
  /** Connections that the server ended in place of an answer. */
  hungUp: number;
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
  /** Paths of WHIP and WHEP sessions. The first is nobody's. */
  readonly sessions: string[] = ['/whep/sessions/AAAAAAAAAAAAAAAAAAAAAA'];

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
    for (const wire of this.webSockets) this.#listen(wire.messages().join());
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
    const ask = async (method: string, target: string, headers: string[] = [], body = '') => {
      wire.send(requestText(method, target, { headers, body }));
      return (await this.answer(wire, method))?.status;
    };
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
      for (const path of this.sessions) await ask('DELETE', path);
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

  #listen(text: string): void {
    this.#heard = (this.#heard + text).slice(-200_000);
  }
}
