import * as z from 'zod/mini';
import { sessionIdSchema } from '../ids.ts';

/** What doors ask of each other for clients of WHIP and WHEP, whose URLs lead to any of them. */

/** A fragment of SDP; the door that a client comes to has its own, smaller limit. */
const fragment = z.string().check(z.maxLength(256 * 1024));
const etag = z.string().check(z.maxLength(64));
const name = z.string().check(z.maxLength(64));
const process = z.string().check(z.minLength(1), z.maxLength(64));
const sentStateSchema = z.object({ event: z.string().check(z.maxLength(64)), data: z.unknown() });
const asked = {
  /** What the session's URL ends with. */
  token: sessionIdSchema,
  /** What links begin with, as the client sees them. */
  baseUrl: z.string().check(z.maxLength(2_048)),
};

/** What is asked of a session, and what that resolves to. */
export const sdpSessionCalls = {
  /** Whether the session is there, or has been within the last minute. */
  holds: { request: z.object(asked), reply: z.boolean() },
  find: { request: z.object(asked), reply: z.void() },
  exchangeIce: {
    request: z.object({ ...asked, ifMatch: z.optional(z.string().check(z.maxLength(16_384))), fragment }),
    reply: z.nullable(z.object({ etag, fragment })),
  },
  leave: { request: z.object(asked), reply: z.void() },
  /** @param wanted as the client has sent it */
  subscribe: { request: z.object({ ...asked, wanted: z.unknown() }), reply: z.object({ channel: name }) },
  unsubscribe: { request: z.object({ ...asked, channel: name }), reply: z.void() },
  /**
   * Has events sent to a listener at the asking door, see `SDP_EVENTS`, in place of the one before.
   *
   * @returns the current state of what they are about
   */
  listen: {
    request: z.object({ ...asked, channel: name, door: process, listener: name }),
    reply: z.object({ current: z.array(sentStateSchema).check(z.maxLength(16)) }),
  },
  unlisten: { request: z.object({ ...asked, channel: name, listener: name }), reply: z.void() },
  /** @param choice as the client has sent it; `null` leaves the layers to the server */
  chooseLayer: { request: z.object({ ...asked, choice: z.unknown() }), reply: z.void() },
} as const;

export type SdpSessionCall = keyof typeof sdpSessionCalls;
export type SdpSessionRequest<C extends SdpSessionCall> = z.infer<(typeof sdpSessionCalls)[C]['request']>;
export type SdpSessionReply<C extends SdpSessionCall> = z.infer<(typeof sdpSessionCalls)[C]['reply']>;

/** Where a door answers for its sessions of a protocol. */
export const sdpSessionSubject = (process: string, kind: 'whip' | 'whep', call: SdpSessionCall) =>
  `${kind}.${process}.${call}`;

/** The topic of events for listeners at other doors. */
export const SDP_EVENTS = 'sdp-events';

const listenerMessageSchema = z.object({
  listener: name,
  /** What to send; `null` ends it. */
  sent: z.nullable(sentStateSchema),
});

export type ListenerMessage = z.infer<typeof listenerMessageSchema>;

/** @returns undefined for what is none */
export const parseListenerMessage = (received: unknown): ListenerMessage | undefined =>
  listenerMessageSchema.safeParse(received).data;
