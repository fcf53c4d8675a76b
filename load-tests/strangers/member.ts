import type { RequestName, RequestPayload, RequestReply } from '@meshlift/protocol';
import { encodeFrame, TEXT, textFrame } from './frames.ts';
import { requestText } from './request-text.ts';
import { CONNECT, DIRECT, upgradeHeaders } from './socket-texts.ts';
import type { Wire } from './wire.ts';

/** For what a session is good. */
export type Part = 'participant' | 'sender' | 'receiver';

/** Which part opens with which request. */
const opens: Partial<Record<RequestName, Part>> = {
  'room:join': 'participant',
  'room:send': 'sender',
  'stream:publish': 'sender',
  'room:receive': 'receiver',
  'stream:watch': 'receiver',
};

/** Whose session a request names; of some any. */
export function partOf(name: RequestName): Part | undefined {
  if (name === 'room:join' || name.startsWith('stream:')) return undefined;
  if (name.startsWith('room:')) return 'participant';
  if (name.startsWith('producer:')) return 'sender';
  return name.startsWith('consumer:') ? 'receiver' : undefined;
}

/** How a request is sent: at once, two times, or in two pieces with something in between. */
export const manners = ['once', 'once', 'once', 'twice', 'in pieces'] as const;
export type Manner = (typeof manners)[number];

/** What was answered: the reply, the code of a refusal, or nothing when the server hung up. */
export type Told<N extends RequestName> = { data: RequestReply<N> } | { code: string } | undefined;

/** What a member needs of its visit. */
interface Visit {
  readonly webSockets: Wire[];
  readonly members: Member[];
  open(): Promise<Wire>;
  answer(wire: Wire): Promise<unknown>;
  follow(wire: Wire, hear: (text: string) => void): void;
  until(wire: Wire, isSo: () => boolean): Promise<void>;
  nextRequest(name: string): number;
  replyTo(id: number, wire: Wire): Promise<unknown>;
}

/** A stranger with a client of their own, who knows what the server has told it. */
export class Member {
  readonly #visit: Visit;
  readonly #wire: Wire;
  readonly sessions: { part: Part; id: string }[] = [];
  readonly producers: string[] = [];
  readonly consumers: string[] = [];
  #isWelcome = false;
  participantId = 'nobody';
  /** Of the room, and of the switch that is under way or was the last. */
  epoch = 0;
  switchEpoch = 1;

  static async enter(visit: Visit): Promise<Member> {
    const wire = await visit.open();
    wire.send(requestText('GET', DIRECT, { headers: upgradeHeaders }));
    await visit.answer(wire);
    const member = new Member(visit, wire);
    visit.webSockets.push(wire);
    visit.members.push(member);
    visit.follow(wire, (text) => member.#hear(text));
    wire.send(textFrame(CONNECT));
    await visit.until(wire, () => member.#isWelcome);
    return member;
  }

  private constructor(visit: Visit, wire: Wire) {
    this.#visit = visit;
    this.#wire = wire;
  }

  get gone(): boolean {
    return this.#wire.closed;
  }

  /** The last session that is good for this; any, where that does not matter. */
  session(part?: Part): string | undefined {
    return this.sessions.findLast((session) => part === undefined || session.part === part)?.id;
  }

  /** Sends a request, in whatever form, and waits for its answer, which must come. */
  async request<N extends RequestName>(name: N, payload: unknown, manner: Manner = 'once'): Promise<Told<N>> {
    const id = this.#visit.nextRequest(name);
    const frame = textFrame(`42${id}${JSON.stringify([name, payload])}`);
    if (manner === 'in pieces') {
      const half = Math.floor(frame.length / 2);
      this.#wire.send(frame.subarray(0, half));
      await new Promise((resolve) => setImmediate(resolve));
      this.#wire.send(frame.subarray(half));
    } else {
      this.#wire.send(frame);
    }
    if (manner === 'twice') {
      const again = this.#visit.nextRequest(name);
      this.#wire.send(textFrame(`42${again}${JSON.stringify([name, payload])}`));
      await this.#visit.replyTo(again, this.#wire);
    }
    const told = (await this.#visit.replyTo(id, this.#wire)) as Told<N>;
    if (told && 'data' in told) this.#learn(name, told.data);
    return told;
  }

  /** A request of which the server knows the form, and that must be accepted. */
  async accepted<N extends RequestName>(name: N, payload: RequestPayload<N>): Promise<RequestReply<N>> {
    const told = await this.request(name, payload);
    if (told && 'data' in told) return told.data;
    throw new Error(`${name} was answered ${told?.code ?? 'by nothing'}`);
  }

  /** Sends part of a message, and never the rest. */
  breakOff(): void {
    this.#wire.send(encodeFrame({ opcode: TEXT, payload: Buffer.from('42["ro'), claimedLength: 90 }));
  }

  vanish(): void {
    this.#wire.destroy();
  }

  #learn(name: RequestName, data: object): void {
    const part = opens[name];
    if (part && 'sessionId' in data) this.sessions.push({ part, id: `${data.sessionId}` });
    if ('participantId' in data) this.participantId = `${data.participantId}`;
    if ('producerId' in data) this.producers.push(`${data.producerId}`);
    const { room, consumers } = data as { room?: { epoch: number }; consumers?: { id: string }[] };
    if (room) this.epoch = room.epoch;
    for (const { id } of consumers ?? []) this.consumers.push(id);
    this.switchEpoch = Math.max(this.switchEpoch, this.epoch + 1);
  }

  #hear(text: string): void {
    this.#isWelcome ||= text.startsWith('42["server:welcome"');
    const opened = /"consumer:opened",.*?"consumer":\{"id":"([^"]+)"/.exec(text);
    if (opened?.[1]) this.consumers.push(opened[1]);
    const switched = /^42\["room:switch",(\{.*\})\]/s.exec(text);
    if (!switched?.[1]) return;
    const { epoch, phase } = JSON.parse(switched[1]) as { epoch: number; phase: string };
    this.switchEpoch = epoch;
    if (phase === 'commit') this.epoch = epoch;
  }
}
