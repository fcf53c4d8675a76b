import * as z from 'zod/mini';
import { mediaIdSchema } from '../ids.ts';

/**
 * How a door *follows* a stream that another door owns, so that its viewers know what the owner's know. The stream goes
 * by the name that it has in the directory.
 */

const processSchema = z.string().check(z.minLength(1), z.maxLength(64));
const nameSchema = z.string().check(z.minLength(1), z.maxLength(64));
const countSchema = z.int().check(z.minimum(0));

/** What the viewers of one door amount to. */
const demandSchema = z.object({
  /** Numbers what a door says: what is older than something that has arrived is dropped. */
  turn: countSchema,
  watching: countSchema,
  /** Whether anybody watches there or is about to. */
  wanted: z.boolean(),
  /** Whether it follows no longer. */
  ends: z.boolean(),
});

export const followRequestSchema = z.object({
  stream: nameSchema,
  from: processSchema,
  demand: demandSchema,
  /** Whether the relay has to be there when this is answered: somebody is about to watch. */
  open: z.boolean(),
});

/** All that a follower knows of a stream. The higher generation is right, then the higher version. */
export const followedStateSchema = z.object({
  generation: countSchema,
  version: countSchema,
  relayId: mediaIdSchema,
  sourceId: mediaIdSchema,
  /** The process whose media node has the relay's ingests; none while the relay is not open. */
  origin: z.optional(processSchema),
  flow: z.enum(['live', 'waiting']),
  /** Whether a room sends it, and whoever owns the room goes on with it. */
  offered: z.boolean(),
  viewers: countSchema,
  /** How many of those the follower has reported itself. */
  yours: countSchema,
});

/** What the owner reports to those who follow. */
export const followedEventSchema = z.object({
  stream: nameSchema,
  event: z.discriminatedUnion('name', [
    z.object({ name: z.literal('state'), state: followedStateSchema }),
    /** Nobody can watch it any more, under this name. */
    z.object({
      name: z.literal('over'),
      generation: countSchema,
      code: z.enum(['STREAM_NOT_FOUND', 'MEDIA_FAILED']),
    }),
  ]),
});

/** What a follower reports to the owner. */
export const followerMessageSchema = z.object({ stream: nameSchema, demand: demandSchema });

export type Demand = z.infer<typeof demandSchema>;
export type FollowRequest = z.infer<typeof followRequestSchema>;
export type FollowedState = z.infer<typeof followedStateSchema>;
export type FollowedEvent = z.infer<typeof followedEventSchema>['event'];

/** Where a door answers other doors about the streams that it owns. */
export const streamsSubject = (process: string) => `streams.${process}`;

/** The topics of messages between doors: from the owner, and from those who follow. */
export const FOLLOWED_EVENTS = 'followed-streams';
export const FOLLOWER_MESSAGES = 'stream-followers';
