import type { Subscription } from '@meshlift/cluster';
import { type ErrorBody, MeshliftError } from '@meshlift/protocol';
import {
  type DoorCall,
  doorSubject,
  type ForwardedAnswer,
  type ForwardedRequest,
  FROM_CLIENTS,
  parseDoorCall,
  parseFromClient,
  TO_CLIENTS,
} from '@meshlift/protocol/cluster';
import type { Logger } from '@meshlift/telemetry';
import { expiring } from '../access/expiring.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Connection } from './connection.ts';
import type { RequestHandlers } from './handler.ts';
import { RemoteConnection } from './remote-connection.ts';
import { ANSWER_WITHIN_MS, parsePayload, withinTime } from './requests.ts';

/** A request that arrives after its connection has ended is not carried out. No request is under way for longer. */
const ENDED_REMEMBERED_MS = 2 * ANSWER_WITHIN_MS;
const MOST_ENDED = 10_000;

export interface DoorServerOptions {
  cluster: Cluster;
  /** Those of the clients that are connected here. */
  handlers: RequestHandlers;
  sessions: SessionRegistry;
  logger: Logger;
}

interface Known {
  connection: RemoteConnection;
  /** The number of the last item that it was sent. */
  sent: number;
}

/**
 * Carries out the requests of clients that are connected to other doors, as if they were connected here. A session
 * belongs to the connection that opened or resumed it, and no other reaches it. When a door has ended, or when messages
 * were lost, the sessions of its clients wait to be resumed.
 */
export class DoorServer {
  readonly #cluster: Cluster;
  readonly #handlers: RequestHandlers;
  readonly #sessions: SessionRegistry;
  readonly #logger: Logger;
  readonly #serving: Subscription;
  /** By door and connection. */
  readonly #doors = new Map<string, Map<string, Known>>();
  readonly #ended = expiring<true>({ max: MOST_ENDED, ttl: ENDED_REMEMBERED_MS });
  /** Items are numbered over all connections. */
  #sent = 0;

  constructor({ cluster, handlers, sessions, logger }: DoorServerOptions) {
    this.#cluster = cluster;
    this.#handlers = handlers;
    this.#sessions = sessions;
    this.#logger = logger;
    const { bus, delivery, directory, self } = cluster;
    this.#serving = bus.serve(
      doorSubject(self),
      directory.guard((payload) => this.#answer(parseDoorCall(payload))),
    );
    delivery.on(FROM_CLIENTS, (from, body) => {
      const ended = parseFromClient(body)?.ended;
      if (ended !== undefined) this.#end(from, ended);
    });
    delivery.onLostTrack((process) => this.#lostTrackOf(process));
  }

  /** A door has ended. */
  gone(process: string): void {
    for (const connection of [...(this.#doors.get(process)?.keys() ?? [])]) this.#end(process, connection);
  }

  /** Takes no more calls. */
  close(): void {
    this.#serving.close();
  }

  async #answer(call: DoorCall): Promise<ForwardedAnswer | boolean> {
    if (call.call === 'holds') return this.#sessions.has(call.tokenKind, call.sessionId);
    if (this.#ended.has(keyOf(call.from, call.connection))) throw new MeshliftError('SESSION_NOT_FOUND');
    const known = this.#connectionOf(call);
    // What it was sent while it was asked goes before the answer, also before a refusal.
    const answer = await this.#carryOut(known.connection, call);
    return { after: known.sent, answer };
  }

  async #carryOut(
    connection: RemoteConnection,
    { name, payload }: ForwardedRequest,
  ): Promise<{ data: unknown } | ErrorBody> {
    try {
      const handler = this.#handlers[name] as (connection: Connection, payload: unknown) => Promise<unknown>;
      return { data: await withinTime(handler(connection, parsePayload(name, payload))) };
    } catch (thrown) {
      const error = MeshliftError.from(thrown);
      if (error.code === 'INTERNAL') this.#logger.error({ err: thrown, request: name }, 'request failed');
      return error.toBody();
    }
  }

  #connectionOf({ from, connection: id, baseUrl, who, tokenKind }: ForwardedRequest): Known {
    const ofDoor = this.#doors.get(from) ?? new Map<string, Known>();
    this.#doors.set(from, ofDoor);
    const before = ofDoor.get(id);
    if (before) return before;
    const connection = new RemoteConnection({
      baseUrl,
      address: who,
      tokenKind,
      send: (item) => {
        this.#sent += 1;
        known.sent = this.#sent;
        this.#cluster.delivery.send(from, TO_CLIENTS, { number: this.#sent, connection: id, item });
      },
    });
    const known: Known = { connection, sent: 0 };
    ofDoor.set(id, known);
    return known;
  }

  /** The door may not know of it yet, and its clients must not wait for what is not sent any more. */
  #lostTrackOf(process: string): void {
    for (const { connection } of this.#doors.get(process)?.values() ?? []) connection.drop();
    this.gone(process);
  }

  #end(from: string, id: string): void {
    this.#ended.set(keyOf(from, id), true);
    const ofDoor = this.#doors.get(from);
    const known = ofDoor?.get(id);
    ofDoor?.delete(id);
    if (ofDoor?.size === 0) this.#doors.delete(from);
    known?.connection.dropped();
  }
}

const keyOf = (process: string, connection: string): string => `${process} ${connection}`;
