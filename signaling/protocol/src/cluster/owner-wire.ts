import * as z from 'zod/mini';
import { publishKeySchema, streamIdSchema } from '../ids.ts';
import { streamStatusSchema } from '../rest.ts';

/**
 * What the holder of a stream's key asks for over HTTP, as it is forwarded to the door that owns the stream. The bus seals
 * it: nobody but that door reads the ID and the key.
 */

const stream = {
  streamId: streamIdSchema,
  publishKey: publishKeySchema,
  /** What links begin with, as this client sees them. */
  baseUrl: z.string().check(z.maxLength(2_048), z.regex(/^https?:\/\/[^\s/?#]+(\/[^\s?#]*)?$/)),
  /** A pseudonym of the client's address, which limits count under. */
  who: z.string().check(z.minLength(1), z.maxLength(64)),
};
const sdp = z.string().check(z.maxLength(256 * 1024));

/** The calls, with what each takes and what it is answered. */
export const ownerCalls = {
  /** An encoder's offer (RFC 9725). */
  publish: {
    request: z.object({ ...stream, offer: sdp }),
    reply: z.object({ streamId: streamIdSchema, token: z.string(), etag: z.string(), answer: sdp }),
  },
  status: { request: z.object(stream), reply: streamStatusSchema },
  /** Answered with the new ID. */
  rotate: { request: z.object(stream), reply: z.object({ streamId: streamIdSchema }) },
  revoke: { request: z.object(stream), reply: z.object({}) },
} as const;

export type OwnerCall = keyof typeof ownerCalls;
export type OwnerRequest<C extends OwnerCall> = z.infer<(typeof ownerCalls)[C]['request']>;
export type OwnerReply<C extends OwnerCall> = z.infer<(typeof ownerCalls)[C]['reply']>;

/** Where a door answers them, a subject for each call. */
export const ownerSubject = (process: string, call: OwnerCall) => `owner.${call}.${process}`;
