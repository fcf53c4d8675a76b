import {
  clientRequests,
  MeshliftError,
  type RequestName,
  type RequestPayload,
  type RequestReply,
} from '@meshlift/protocol';
import {
  type DoorCall,
  doorSubject,
  type ForwardedRequest,
  FROM_CLIENTS,
  parseClientEvent,
  parseForwardedAnswer,
  parseToClient,
  TO_CLIENTS,
} from '@meshlift/protocol/cluster';
import { pseudonyms } from '@meshlift/telemetry';
import type { Cluster } from '../cluster/cluster.ts';
import type { SocketTokenKind } from '../sessions/session.ts';
import { ANSWER_WITHIN_MS } from './requests.ts';
import type { SocketConnection } from './socket-connection.ts';

/** A door that is asked for a session has it at hand, or has not. */
const HOLDER_WITHIN_MS = 1_000;

/** Another door, as far as clients of this one have to do with it. */
interface Peer {
  connections: Map<string, SocketConnection>;
  /** The number of the last item that has come from it. */
  seen: number;
  /** Answers that items have to go before. */
  waiting: { after: number; go: () => void }[];
}

/**
 * Takes requests of this door's clients to the doors that they are for, and brings the clients what those send them: an
 * event that was sent before an answer reaches the client before it.
 *
 * When another door has ended, or when messages between the two were lost, the clients that had to do with it are
 * dropped. They come back, and resume their sessions or join again.
 */
export class Forwarder {
  readonly #cluster: Cluster;
  readonly #peers = new Map<string, Peer>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    cluster.delivery.on(TO_CLIENTS, (from, body) => {
      // An answer that arrived before it is handed on in this turn of the event loop.
      setImmediate(() => this.#take(from, body));
    });
    cluster.delivery.onLostTrack((process) => this.#lostTrackOf(process));
  }

  /**
   * Has another process carry out a request.
   *
   * @throws MeshliftError what that process answers; `NODE_UNREACHABLE`, `DIRECTORY_UNAVAILABLE`, `REQUEST_TIMEOUT`,
   *   after which it may have been carried out
   */
  async request<N extends RequestName>(
    process: string,
    connection: SocketConnection,
    name: N,
    payload: RequestPayload<N>,
  ): Promise<RequestReply<N>> {
    if (!connection.connected) throw new MeshliftError('DISCONNECTED');
    const peer = this.#peer(process);
    peer.connections.set(connection.id, connection);
    const request: ForwardedRequest = {
      call: 'request',
      from: this.#cluster.self,
      connection: connection.id,
      name,
      payload,
      baseUrl: connection.baseUrl,
      who: pseudonyms.of('address', connection.address),
      tokenKind: connection.tokenKind,
    };
    const received = await this.#cluster.bus.request(doorSubject(process), request, {
      timeoutMs: ANSWER_WITHIN_MS,
    });
    const { after, answer } = parseForwardedAnswer(received);
    if (peer.seen < after) await new Promise<void>((go) => peer.waiting.push({ after, go }));
    if ('error' in answer) throw MeshliftError.of(answer.error);
    const reply = clientRequests[name].reply.safeParse(answer.data);
    if (!reply.success) throw new MeshliftError('INTERNAL', undefined, { cause: reply.error });
    return reply.data as RequestReply<N>;
  }

  /**
   * The process that holds a session of any client, among the others that can be reached.
   *
   * @param options.issuer the process that has issued the token, as far as it says so: it is asked first
   */
  async holderOf(
    sessionId: string,
    { tokenKind, issuer }: { tokenKind: SocketTokenKind; issuer: string | undefined },
  ): Promise<string | undefined> {
    const { self, bus, directory } = this.#cluster;
    const ask = async (id: string) => {
      const call: DoorCall = { call: 'holds', from: self, tokenKind, sessionId };
      const holds = await bus.request(doorSubject(id), call, { timeoutMs: HOLDER_WITHIN_MS });
      if (holds !== true) throw new MeshliftError('SESSION_NOT_FOUND');
      return id;
    };
    const others = directory.nodes
      .filter(({ id, role, unusable }) => id !== self && role !== 'sfu' && !unusable)
      .map(({ id }) => id);
    if (issuer !== undefined && others.includes(issuer)) {
      const holder = await ask(issuer).catch(() => undefined);
      if (holder !== undefined) return holder;
    }
    return Promise.any(others.filter((id) => id !== issuer).map(ask)).catch(() => undefined);
  }

  /** A client's connection to this door has ended: the others let its sessions wait for it. */
  ended(connection: SocketConnection): void {
    for (const [process, { connections }] of this.#peers) {
      if (connections.delete(connection.id)) {
        this.#cluster.delivery.send(process, FROM_CLIENTS, { ended: connection.id });
      }
    }
  }

  /** A process has ended: those whose sessions it had begin anew. Others may have found the next owner already. */
  gone(process: string): void {
    const peer = this.#peers.get(process);
    // First, so that it is told nothing any more.
    this.#peers.delete(process);
    if (!peer) return;
    const clients = [...peer.connections.values()];
    this.#drop(
      peer,
      clients.filter((connection) => connection.hasSessionsOf(process)),
    );
  }

  /** What a process sent its clients here, or was told of them, was lost: they begin anew. */
  #lostTrackOf(process: string): void {
    const peer = this.#peers.get(process);
    if (peer) this.#drop(peer, [...peer.connections.values()]);
  }

  #drop(peer: Peer, clients: readonly SocketConnection[]): void {
    for (const connection of clients) connection.drop();
    for (const { go } of peer.waiting.splice(0)) go();
  }

  #take(from: string, body: unknown): void {
    const peer = this.#peers.get(from);
    const received = parseToClient(body);
    if (!peer || !received) return;
    const { number, item } = received;
    const connection = peer.connections.get(received.connection);
    if (connection?.connected) {
      if (item.kind === 'adopted') connection.adoptedBy(from, item.sessionId);
      else if (item.kind === 'forgotten') connection.forgottenBy(from, item.sessionId);
      else if (item.kind === 'drop') connection.drop();
      else this.#hand(connection, from, item);
    }
    peer.seen = number;
    peer.waiting = peer.waiting.filter(({ after, go }) => {
      if (after > number) return true;
      go();
      return false;
    });
  }

  /** Events are of sessions, and only of those that the process answers for. */
  #hand(connection: SocketConnection, from: string, item: { name: string; payload?: unknown }): void {
    const event = parseClientEvent(item.name, item.payload);
    if (!event || !('sessionId' in event.payload)) return;
    if (connection.ownerOf(event.payload.sessionId) === from) connection.send(event.name, event.payload);
  }

  #peer(process: string): Peer {
    const known = this.#peers.get(process);
    if (known) return known;
    const peer: Peer = { connections: new Map(), seen: 0, waiting: [] };
    this.#peers.set(process, peer);
    return peer;
  }
}
