import type { MediaNode, RequestReply, RtpCapabilities } from '@meshlift/protocol';
import { newSessionId } from '../privacy/capabilities.ts';
import { type Client, Session, type SessionOwner } from '../sessions/session.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';

/** What a participant holds of the room's relay: a way in and a way out, each with a session of its own. */
type Way = 'send' | 'receive';

/** A room's part of the media node: one relay in which each participant is a source and watches all others. */
export class RoomMedia {
  readonly relayId = newSessionId();
  readonly #node: MediaNode;
  readonly #sessions: SessionRegistry;
  readonly #owner: SessionOwner;
  readonly #ways = new Map<string, Partial<Record<Way, Session>>>();
  #open = false;

  constructor(node: MediaNode, sessions: SessionRegistry, owner: SessionOwner) {
    this.#node = node;
    this.#sessions = sessions;
    this.#owner = owner;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** @throws MeshliftError `SERVER_FULL` */
  async open(): Promise<void> {
    await this.#node.openRelay(this.relayId);
    this.#open = true;
  }

  /** Closes the relay with everybody's sessions in it: nothing of the room is left in the media node. */
  async close(): Promise<void> {
    this.#open = false;
    for (const participantId of [...this.#ways.keys()]) this.#forget(participantId);
    await this.#node.closeRelay(this.relayId);
  }

  async openSend(participantId: string, client: Client): Promise<RequestReply<'room:send'>> {
    const session = new Session(newSessionId(), 'publisher', this.#owner, client);
    const transport = await this.#node.openIngest(this.relayId, session.id, participantId);
    await this.#adopt(participantId, 'send', session);
    return { sessionId: session.id, transport };
  }

  async openReceive(
    participantId: string,
    client: Client,
    rtpCapabilities: RtpCapabilities,
  ): Promise<RequestReply<'room:receive'>> {
    const session = new Session(newSessionId(), 'viewer', this.#owner, client);
    const others = { except: [participantId] };
    const opened = await this.#node.openViewer(this.relayId, session.id, rtpCapabilities, others);
    await this.#adopt(participantId, 'receive', session);
    return { sessionId: session.id, ...opened };
  }

  /** Whether the session is one of these, and not a participant's own. */
  holds(session: Session): boolean {
    return this.#find(session) !== undefined;
  }

  /** Frees what a participant holds. */
  async leave(participantId: string): Promise<void> {
    const sessions = Object.values(this.#ways.get(participantId) ?? {});
    this.#forget(participantId);
    await Promise.all(sessions.map(({ id }) => this.#node.closeSession(id)));
  }

  /** The media node has closed one of these sessions, or its client has. */
  async drop(session: Session): Promise<void> {
    const found = this.#find(session);
    if (!found) return;
    delete this.#ways.get(found.participantId)?.[found.way];
    this.#sessions.remove(session);
    await this.#node.closeSession(session.id);
  }

  /** How things stand for a client that comes back to one of these sessions. */
  async state(session: Session): Promise<RequestReply<'session:resume'>> {
    if (session.role === 'viewer') {
      return { kind: 'receiver', consumers: await this.#node.listConsumers(session.id) };
    }
    return { kind: 'sender', wantedLayers: await this.#node.listWantedLayers(session.id) };
  }

  /** A participant has one session each way: one that takes its place ends the one before. */
  async #adopt(participantId: string, way: Way, session: Session): Promise<void> {
    const ways = this.#ways.get(participantId) ?? {};
    const before = ways[way];
    this.#ways.set(participantId, { ...ways, [way]: session });
    this.#sessions.add(session);
    if (!before) return;
    this.#sessions.remove(before);
    await this.#node.closeSession(before.id);
  }

  #forget(participantId: string): void {
    for (const session of Object.values(this.#ways.get(participantId) ?? {})) this.#sessions.remove(session);
    this.#ways.delete(participantId);
  }

  #find(session: Session): { participantId: string; way: Way } | undefined {
    for (const [participantId, ways] of this.#ways) {
      for (const way of ['send', 'receive'] as const)
        if (ways[way] === session) return { participantId, way };
    }
    return undefined;
  }
}
