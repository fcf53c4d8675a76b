import { participantIdSchema, roomModeChoiceSchema } from '@meshlift/protocol';
import * as z from 'zod/mini';

/**
 * What two browsers tell each other: signals through the server, until they have found each other, and
 * messages over the data channel from then on. Both come from strangers, so that every text has a bound and
 * whatever does not fit is dropped.
 */

/** In UTF-16 units, as JavaScript counts. */
export const LONGEST_NAME = 64;
export const LONGEST_TEXT = 4_000;

/** An offer of sound, picture and channel takes about 8,000; sealed, this is as much as the server hands on. */
const LONGEST_SDP = 20_000;
const MOST_CANDIDATES = 64;
/** A message on the channel, as JSON in which every character of the text may be escaped. */
const LONGEST_MESSAGE = 6 * LONGEST_TEXT + 1_000;

const text = (longest: number) => z.string().check(z.maxLength(longest));
const counter = z.int().check(z.minimum(0));

const descriptionShape = {
  kind: z.literal('description'),
  type: z.enum(['offer', 'answer']),
  sdp: text(LONGEST_SDP),
  /** Numbers the offers of one side; an answer repeats the number of the offer it is for. */
  exchange: counter,
};

const candidatesShape = {
  kind: z.literal('candidates'),
  candidates: z
    .array(
      z.object({
        candidate: text(1_024),
        sdpMid: z.optional(z.nullable(text(64))),
        sdpMLineIndex: z.optional(z.nullable(counter)),
        usernameFragment: z.optional(z.nullable(text(256))),
      }),
    )
    .check(z.maxLength(MOST_CANDIDATES)),
};

/** What a host has decided about the relay. See `HostOrders`. */
const hostOrderSchema = z.object({
  /** Of two orders the one with the larger number was given later. */
  number: counter,
  id: text(64),
  mode: roomModeChoiceSchema,
  /** For `sfu`: the epoch in which the room is on the relay. */
  epoch: counter,
  /** Whether it has been done with: the switch was called off, or the room lowered. */
  over: z.boolean(),
});

const linkShape = {
  /** Which link a signal is of, and which of the other side's it is for, as far as that is known. */
  link: counter,
  peer: z.optional(counter),
  /** A random word of the sender's for the time of one stay, and the receiver's own, as far as it is known. */
  challenge: z.optional(text(64)),
  echo: z.optional(text(64)),
  /** The latest order. It counts only if `echo` is right: the server could repeat what was sealed at another time. */
  order: z.optional(hostOrderSchema),
};

const signalSchema = z.discriminatedUnion('kind', [
  z.object({ ...linkShape, ...descriptionShape }),
  z.object({ ...linkShape, ...candidatesShape }),
  /** The sender was away and has missed whatever was sent meanwhile. */
  z.object({ kind: z.literal('back') }),
]);

/** What somebody sends of one kind: something, nothing for the moment, or nothing at all. */
const sendingSchema = z.enum(['sent', 'paused', 'none']);

/** How somebody appears. Sent when a channel opens and whenever it changes. */
const presenceSchema = z.object({
  kind: z.literal('presence'),
  /** A random word for the time of one stay in the page: somebody who gets a new participant id keeps it. */
  stay: text(64),
  name: text(LONGEST_NAME),
  audio: sendingSchema,
  video: sendingSchema,
  /** Whether the picture is that of a screen. */
  screen: z.optional(z.boolean()),
  /** The latest order of a host, in rooms with a password. */
  order: z.optional(hostOrderSchema),
});

const channelSchema = z.discriminatedUnion('kind', [
  presenceSchema,
  /** The id tells a message from its copy that took another way. */
  z.object({ kind: z.literal('chat'), id: participantIdSchema, text: text(LONGEST_TEXT) }),
]);

export type Signal = z.infer<typeof signalSchema>;
export type Description = z.infer<z.ZodMiniObject<typeof descriptionShape>>;
export type Candidates = z.infer<z.ZodMiniObject<typeof candidatesShape>>;
export type HostOrder = z.infer<typeof hostOrderSchema>;
export type Sending = z.infer<typeof sendingSchema>;
export type Presence = z.infer<typeof presenceSchema>;
export type ChannelMessage = z.infer<typeof channelSchema>;

/** Undefined for whatever is no signal. */
export const parseSignal = (json: string): Signal | undefined => parse(signalSchema, json);

/** Undefined for whatever is no message. */
export const parseChannelMessage = (data: unknown): ChannelMessage | undefined =>
  typeof data === 'string' && data.length <= LONGEST_MESSAGE ? parse(channelSchema, data) : undefined;

function parse<S extends typeof signalSchema | typeof channelSchema>(
  schema: S,
  json: string,
): z.infer<S> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? (parsed.data as z.infer<S>) : undefined;
}
