import * as z from 'zod/mini';
import { type ErrorBody, errorCodes, MeshliftError } from '../errors.ts';
import {
  clientRequests,
  type EventName,
  type EventPayload,
  type RequestName,
  serverEvents,
} from '../events.ts';
import { sessionIdSchema } from '../ids.ts';

/**
 * What doors ask of each other. A client's connection ends at one of them, and what it asks for may belong to another:
 * its requests are forwarded there, and what that one sends the client comes back in order. Both sides parse what they
 * receive.
 */

/** The subject on which a door answers others. */
export const doorSubject = (process: string): string => `door.${process}`;

/** Topics of what is delivered in order: to the door of a connection, and from it. */
export const TO_CLIENTS = 'door.toClients';
export const FROM_CLIENTS = 'door.fromClients';

const processSchema = z.string().check(z.minLength(8), z.maxLength(64), z.regex(/^[A-Za-z0-9_-]+$/));
const connectionSchema = z.string().check(z.minLength(8), z.maxLength(64));

/** What a client with a socket names its sessions by. */
const tokenKindSchema = z.enum(['session', 'short']);

const requestNameSchema = z.enum(Object.keys(clientRequests) as [RequestName, ...RequestName[]]);

const doorCallSchema = z.discriminatedUnion('call', [
  /** A request of a client that is connected to the asking door. */
  z.object({
    call: z.literal('request'),
    from: processSchema,
    connection: connectionSchema,
    name: requestNameSchema,
    /** Of that request; it is parsed by the request's own schema. */
    payload: z.unknown(),
    /** What links begin with, as this client sees them. */
    baseUrl: z.string().check(z.maxLength(2_048), z.regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/)),
    /** A pseudonym of the client's address, which limits count under. The address itself is not sent. */
    who: z.string().check(z.minLength(1), z.maxLength(64)),
    tokenKind: tokenKindSchema,
  }),
  /** Whether a session can be resumed there. */
  z.object({
    call: z.literal('holds'),
    from: processSchema,
    tokenKind: tokenKindSchema,
    sessionId: sessionIdSchema,
  }),
]);

const errorBodySchema = z.object({
  error: z.object({
    code: z.catch(z.enum(errorCodes), 'INTERNAL'),
    message: z.string(),
    reference: z.optional(z.string()),
    upgrade: z.optional(z.enum(['client', 'server'])),
  }),
});

const count = z.int().check(z.minimum(0));

const answerSchema = z.object({
  /** The number of the last item that was sent to the asking door before this answer: it goes to the client first. */
  after: count,
  answer: z.union([errorBodySchema, z.object({ data: z.unknown() })]),
});

/** What a door sends to a connection at another one. */
const clientItemSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('event'), name: z.string(), payload: z.unknown() }),
  /** A session runs over this connection from now on, or does not any more. */
  z.object({ kind: z.literal('adopted'), sessionId: sessionIdSchema }),
  z.object({ kind: z.literal('forgotten'), sessionId: sessionIdSchema }),
  /** The connection is to be closed: the client comes back, and finds who answers it by then. */
  z.object({ kind: z.literal('drop') }),
]);

const toClientSchema = z.object({ number: count, connection: connectionSchema, item: clientItemSchema });

/** A connection has ended. */
const fromClientSchema = z.object({ ended: connectionSchema });

export type DoorCall = z.infer<typeof doorCallSchema>;
export type ForwardedRequest = Extract<DoorCall, { call: 'request' }>;
export type ForwardedAnswer = { after: number; answer: { data?: unknown } | ErrorBody };
export type ClientItem = z.infer<typeof clientItemSchema>;
export type ToClient = z.infer<typeof toClientSchema>;
export type FromClient = z.infer<typeof fromClientSchema>;

/** An event of the protocol, with the payload that belongs to it. */
export type ClientEvent = { [N in EventName]: { name: N; payload: EventPayload<N> } }[EventName];

/** @throws MeshliftError `BAD_REQUEST` */
export function parseDoorCall(received: unknown): DoorCall {
  const call = doorCallSchema.safeParse(received);
  if (call.success) return call.data;
  throw new MeshliftError('BAD_REQUEST', 'A process of another version has called.');
}

/** @throws MeshliftError `INTERNAL` for what is none */
export function parseForwardedAnswer(received: unknown): ForwardedAnswer {
  const answer = answerSchema.safeParse(received);
  if (answer.success) return answer.data as ForwardedAnswer;
  throw new MeshliftError('INTERNAL', undefined, { cause: answer.error });
}

/** @returns undefined for what is none */
export const parseToClient = (received: unknown): ToClient | undefined =>
  toClientSchema.safeParse(received).data;

/** @returns undefined for what is none */
export const parseFromClient = (received: unknown): FromClient | undefined =>
  fromClientSchema.safeParse(received).data;

/** @returns undefined for an event that this version does not know, or whose payload it cannot read */
export function parseClientEvent(name: string, received: unknown): ClientEvent | undefined {
  if (!Object.hasOwn(serverEvents, name)) return undefined;
  const { success, data } = serverEvents[name as EventName].safeParse(received);
  return success ? ({ name, payload: data } as ClientEvent) : undefined;
}
