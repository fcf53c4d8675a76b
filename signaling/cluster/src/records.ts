import { hostHashSchema, roomModeChoiceSchema, roomModeSchema } from '@meshlift/protocol';
import * as z from 'zod';

/*
 * Everything that the cluster stores, field by field. Whoever can read the engine can read this, so it holds ids of
 * processes, HMACs and states, and nothing of a person; the objects are strict, so that nothing else gets in.
 */

const nodeId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/);
const digest = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);
const subject = z.string().regex(/^[A-Za-z0-9_.-]{1,200}$/);

/** What a node says of itself, once a second. */
export const nodeRecordSchema = z.strictObject({
  /** Random, new with each start. */
  id: nodeId,
  /** What it does: both, people and keys alone, or media alone. */
  role: z.enum(['all', 'signaling', 'sfu']),
  /** Where it is, as its operator calls it; empty if nobody said. */
  region: z.string().regex(/^[A-Za-z0-9_-]{0,32}$/),
  /** Version of what nodes say to each other. */
  protocol: z.int().min(0),
  /** `draining`: it takes no new work. */
  state: z.enum(['up', 'draining']),
  /** Share of its capacity in use, 0 to 1. */
  load: z.number().min(0).max(1),
  /** Where its media node answers on the bus, if it has one. */
  subject: subject.optional(),
  /** Fingerprints of its cluster keys, the one that seals first. */
  keys: z.array(digest.or(z.string().regex(/^[A-Za-z0-9_-]{8,16}$/))).max(2),
});

/** The secret behind names, under one of the cluster's keys. */
export const namesRecordSchema = z.strictObject({ sealed: z.string().regex(/^[A-Za-z0-9_-]{1,400}$/) });

const ownership = {
  /** The node that answers for it. */
  owner: nodeId,
  /** Grows with each owner. */
  generation: z.int().min(1),
  /** False once the owner has let it go. What is left keeps the generation from beginning again. */
  held: z.boolean(),
};

export const recordSchemas = {
  streams: z.strictObject({
    ...ownership,
    /** The media node that the publisher is on. */
    mediaNode: nodeId.optional(),
    /** The relay there, for an owner that comes after this one. Absent for what a room sends. */
    relay: digest.optional(),
    /** `idle`: nobody can watch it now. */
    state: z.enum(['idle', 'live', 'waiting']).optional(),
    /** Once nobody owns it: whether it is kept for the key that it had, or nobody's for good. */
    past: z.enum(['ended', 'revoked']).optional(),
    /** HMAC of the publish key. */
    keyHash: digest.optional(),
  }),
  rooms: z.strictObject({
    ...ownership,
    mode: z.optional(roomModeSchema),
    choice: z.optional(roomModeChoiceSchema),
    epoch: z.int().min(0).optional(),
    locked: z.boolean().optional(),
    /** SHA-256 of the host key, which everybody in the room knows. */
    hostHash: z.optional(hostHashSchema),
  }),
} as const;

/** What can be owned. */
export type Kind = keyof typeof recordSchemas;

export const kinds = Object.keys(recordSchemas) as Kind[];

export type NodeRecord = z.infer<typeof nodeRecordSchema>;
export type ClaimRecord<K extends Kind = Kind> = z.infer<(typeof recordSchemas)[K]>;

/** What an owner may say of what it owns. */
export type Details<K extends Kind> = Omit<ClaimRecord<K>, keyof typeof ownership>;
