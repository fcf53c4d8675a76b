import * as z from 'zod/mini';
import { mediaIdSchema } from '../ids.ts';
import { mediaKindSchema, rtpParametersSchema } from '../media.ts';

/**
 * What media nodes ask of each other to bring a relay from the node that its publishers are on, its *origin*, to others,
 * its *edges*. An edge is fed by the origin or by another edge, over one pipe for all of the relay's tracks.
 */

const processSchema = z.string().check(z.minLength(1), z.maxLength(64));

/** Where one end of a pipe is, and its key (RFC 3711): for the node at the other end alone. */
export const pipeEndpointSchema = z.object({
  ip: z.string().check(z.maxLength(64)),
  port: z.int().check(z.minimum(1), z.maximum(65_535)),
  srtpParameters: z.object({
    cryptoSuite: z.enum([
      'AEAD_AES_256_GCM',
      'AEAD_AES_128_GCM',
      'AES_CM_128_HMAC_SHA1_80',
      'AES_CM_128_HMAC_SHA1_32',
    ]),
    keyBase64: z.string().check(z.maxLength(128)),
  }),
});

/** Asks the origin who is to feed an edge: one that is new, or that has lost the node that fed it. */
const joinSchema = z.object({
  name: z.literal('join'),
  relayId: mediaIdSchema,
  edge: processSchema,
  region: z.string().check(z.maxLength(64)),
  /** Nodes that cannot feed it, as far as it knows. */
  avoid: z.array(processSchema).check(z.maxLength(64)),
});

/** Tells the origin that an edge needs nothing any more. */
const leaveSchema = z.object({ name: z.literal('leave'), relayId: mediaIdSchema, edge: processSchema });

/** Asks a node to feed an edge. The tracks come as messages, in order, then `ready`. */
const openSchema = z.object({
  name: z.literal('open'),
  relayId: mediaIdSchema,
  /** Names the pipe in the messages about it. */
  feedId: mediaIdSchema,
  edge: processSchema,
  endpoint: pipeEndpointSchema,
});

/** Asks whether a node still feeds that pipe. Answered with a boolean. */
const feedsSchema = z.object({ name: z.literal('feeds'), feedId: mediaIdSchema });

export const cascadeRequestSchema = z.discriminatedUnion('name', [
  joinSchema,
  leaveSchema,
  openSchema,
  feedsSchema,
]);
export const joinReplySchema = z.object({ parent: processSchema });
export const openReplySchema = z.object({ endpoint: pipeEndpointSchema });

const trackId = mediaIdSchema;

/** What the feeding node reports of the relay. */
export const feedEventSchema = z.discriminatedUnion('name', [
  z.object({
    name: z.literal('track'),
    /** The same at every node: the producer's at the origin. */
    trackId,
    sourceId: mediaIdSchema,
    kind: mediaKindSchema,
    rtpParameters: rtpParametersSchema,
    paused: z.boolean(),
  }),
  z.object({ name: z.literal('trackClosed'), trackId }),
  z.object({ name: z.literal('trackPaused'), trackId, paused: z.boolean() }),
  z.object({ name: z.literal('flow'), sourceId: mediaIdSchema, flowing: z.boolean() }),
  /** Everything that there is now has been reported. */
  z.object({ name: z.literal('ready') }),
  /** The relay is over (`ended`), or this node cannot feed it any more. */
  z.object({ name: z.literal('closed'), ended: z.boolean() }),
]);

/** What the fed node reports. */
export const demandEventSchema = z.discriminatedUnion('name', [
  /** The highest spatial layer that it may need; -1 for none. */
  z.object({ name: z.literal('wanted'), trackId, spatialLayer: z.int().check(z.minimum(-1), z.maximum(7)) }),
  z.object({ name: z.literal('closed') }),
]);

export const cascadeMessageSchema = z.object({ feedId: mediaIdSchema, event: z.unknown() });

export type PipeEndpoint = z.infer<typeof pipeEndpointSchema>;
export type CascadeRequest = z.infer<typeof cascadeRequestSchema>;
export type FeedEvent = z.infer<typeof feedEventSchema>;
export type DemandEvent = z.infer<typeof demandEventSchema>;

/** What a media node answers other media nodes under, on the bus. */
export const cascadeSubject = (process: string) => `cascade.${process}`;

/** The topics of messages between nodes: from the one that feeds, and from the one that is fed. */
export const FEED_EVENTS = 'feed-events';
export const DEMAND_EVENTS = 'demand-events';
