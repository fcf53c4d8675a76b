import * as z from 'zod/mini';
import { errorCodes, MeshliftError } from '../errors.ts';
import { ingestReportSchema } from '../findings.ts';
import { mediaIdSchema } from '../ids.ts';
import {
  consumerOptionsSchema,
  dtlsParametersSchema,
  iceParametersSchema,
  layersSchema,
  mediaKindSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  transportOptionsSchema,
} from '../media.ts';
import type { MediaNodeEvents } from '../media-node.ts';

/**
 * How a `MediaNode` is called, and what it reports, between processes. Both sides parse what they receive: a node of
 * another version, or one that has been taken over, cannot make this one do what its own callers could not.
 */
const processSchema = z.string().check(z.minLength(1), z.maxLength(64));
const relayId = mediaIdSchema;
const sessionId = mediaIdSchema;
const sourceId = mediaIdSchema;
const consumerIds = z.array(mediaIdSchema).check(z.maxLength(256));
const sourceIds = z.array(sourceId).check(z.maxLength(256));
/** An SDP offer, an answer, or a fragment of SDP; the doors have their own, smaller limit. */
const sdp = z.string().check(z.maxLength(256 * 1024));
const nothing = z.void();
const ownerSchema = z.object({ owner: processSchema, generation: z.int().check(z.minimum(0)) });

const subscriptionSchema = z.union([z.object({ only: sourceIds }), z.object({ except: sourceIds })]);
const wantedLayersSchema = z.object({
  producerId: mediaIdSchema,
  spatialLayers: z.array(z.int()).check(z.maxLength(8)),
});
const consumersSchema = z.array(consumerOptionsSchema).check(z.maxLength(1_024));
const byOffer = z.object({ offer: sdp });
const noOffer = z.optional(z.undefined());

const described = { relayId, iceUsername: z.string().check(z.maxLength(256)) };
const descriptionSchema = z.discriminatedUnion('role', [
  z.object({
    ...described,
    role: z.literal('publisher'),
    sourceId,
    wantedLayers: z.array(wantedLayersSchema).check(z.maxLength(64)),
  }),
  z.object({ ...described, role: z.literal('viewer'), consumers: consumersSchema }),
]);
const heldBySchema = z.object({ heldBy: processSchema });
const adoptedRelaySchema = z.object({
  ingests: z
    .array(z.object({ sessionId, sourceId, byOffer: z.boolean(), flowing: z.boolean() }))
    .check(z.maxLength(1_024)),
});

/** The arguments of each method, in order, and what it resolves to. */
export const mediaNodeCalls = {
  openRelay: { args: z.tuple([relayId, z.optional(ownerSchema)]), reply: nothing },
  closeRelay: { args: z.tuple([relayId, z.optional(ownerSchema)]), reply: nothing },
  openIngest: {
    args: z.tuple([
      z.object({
        relayId,
        sessionId,
        sourceId,
        owner: z.optional(ownerSchema),
        terms: z.union([byOffer, z.object({ offer: noOffer })]),
      }),
    ]),
    reply: z.union([z.object({ answer: sdp }), z.object({ transport: transportOptionsSchema })]),
  },
  openViewer: {
    args: z.tuple([
      z.object({
        relayId,
        sessionId,
        origin: z.optional(processSchema),
        subscription: subscriptionSchema,
        terms: z.union([byOffer, z.object({ offer: noOffer, rtpCapabilities: rtpCapabilitiesSchema })]),
      }),
    ]),
    reply: z.union([
      z.object({ answer: sdp, consumers: consumersSchema }),
      z.object({ transport: transportOptionsSchema, consumers: consumersSchema }),
    ]),
  },
  exchangeIce: { args: z.tuple([sessionId, sdp]), reply: z.nullable(sdp) },
  describeSession: { args: z.tuple([sessionId]), reply: descriptionSchema },
  connectTransport: { args: z.tuple([sessionId, dtlsParametersSchema]), reply: nothing },
  restartIce: { args: z.tuple([sessionId]), reply: iceParametersSchema },
  closeSession: { args: z.tuple([sessionId]), reply: nothing },
  openProducer: {
    args: z.tuple([
      sessionId,
      z.object({ kind: mediaKindSchema, rtpParameters: rtpParametersSchema, paused: z.boolean() }),
    ]),
    reply: wantedLayersSchema,
  },
  setProducerPaused: { args: z.tuple([sessionId, mediaIdSchema, z.boolean()]), reply: nothing },
  closeProducer: { args: z.tuple([sessionId, mediaIdSchema]), reply: nothing },
  inspectIngest: { args: z.tuple([sessionId]), reply: ingestReportSchema },
  listWantedLayers: { args: z.tuple([sessionId]), reply: z.array(wantedLayersSchema) },
  listConsumers: { args: z.tuple([sessionId]), reply: consumersSchema },
  resumeConsumers: { args: z.tuple([sessionId, consumerIds]), reply: nothing },
  pauseConsumers: { args: z.tuple([sessionId, consumerIds]), reply: nothing },
  setConsumerLayers: {
    args: z.tuple([sessionId, mediaIdSchema, z.nullable(layersSchema)]),
    reply: nothing,
  },
  adopt: {
    args: z.tuple([sessionId]),
    reply: z.union([z.object({ adopted: descriptionSchema }), heldBySchema]),
  },
  adoptRelay: {
    args: z.tuple([relayId, z.optional(ownerSchema)]),
    reply: z.union([z.object({ adopted: adoptedRelaySchema }), heldBySchema]),
  },
  /** Lets a process adopt a session of the caller's. */
  offer: { args: z.tuple([sessionId, processSchema]), reply: nothing },
} as const;

const failedPathSchema = z.object({
  role: z.enum(['publisher', 'viewer']),
  silent: z.enum(['signaling', 'ice', 'dtls', 'media']),
});
const codeSchema = z.enum(errorCodes);

/** What a media node reports, by name. */
export const mediaNodeEvents = {
  ingestFlow: z.object({ relayId, sourceId, flowing: z.boolean() }),
  sessionClosed: z.object({ sessionId, code: codeSchema, failedPath: z.optional(failedPathSchema) }),
  pathAbandoned: z.object({ sessionId, failedPath: failedPathSchema }),
  mediaMissing: z.object({ sessionId, failedPath: failedPathSchema }),
  mediaPasses: z.object({ sessionId }),
  relayLost: z.object({ relayId }),
  layersWanted: z.object({ sessionId, ...wantedLayersSchema.shape }),
  consumerOpened: z.object({ sessionId, consumer: consumerOptionsSchema }),
  consumerClosed: z.object({ sessionId, consumerId: mediaIdSchema }),
  consumerPaused: z.object({ sessionId, consumerId: mediaIdSchema, paused: z.boolean() }),
  consumerLayers: z.object({ sessionId, consumerId: mediaIdSchema, layers: z.nullable(layersSchema) }),
} as const satisfies { [N in keyof MediaNodeEvents]: z.ZodMiniType<MediaNodeEvents[N]> };

export type MediaNodeCall = keyof typeof mediaNodeCalls;

/** The arguments of a call, in order. */
export type MediaNodeArgs<C extends MediaNodeCall> = z.infer<(typeof mediaNodeCalls)[C]['args']>;

/** What a call resolves to. */
export type MediaNodeReply<C extends MediaNodeCall> = z.infer<(typeof mediaNodeCalls)[C]['reply']>;

/** A call of one process to a media node in another. */
export type MediaNodeRequest = {
  [C in MediaNodeCall]: {
    /** The process that calls. What happens to the sessions that it opens is reported to it. */
    from: string;
    call: C;
    args: MediaNodeArgs<C>;
  };
}[MediaNodeCall];

const requestSchema = z.object({
  from: processSchema,
  call: z.enum(Object.keys(mediaNodeCalls) as [MediaNodeCall, ...MediaNodeCall[]]),
  args: z.unknown(),
});

/** @throws MeshliftError `BAD_REQUEST` */
export function parseMediaNodeRequest(payload: unknown): MediaNodeRequest {
  const request = requestSchema.safeParse(payload);
  const args = request.data && mediaNodeCalls[request.data.call].args.safeParse(request.data.args);
  if (!args?.success) throw new MeshliftError('BAD_REQUEST', 'A process of another version has called.');
  return { ...request.data, args: args.data } as MediaNodeRequest;
}

/** @throws MeshliftError `INTERNAL` for what the method does not resolve to */
export function parseMediaNodeReply<C extends MediaNodeCall>(call: C, payload: unknown): MediaNodeReply<C> {
  const reply = mediaNodeCalls[call].reply.safeParse(payload);
  if (reply.success) return reply.data as MediaNodeReply<C>;
  throw new MeshliftError('INTERNAL', undefined, { cause: reply.error });
}

const eventNames = Object.keys(mediaNodeEvents) as [keyof MediaNodeEvents, ...(keyof MediaNodeEvents)[]];
const eventSchema = z.object({ name: z.enum(eventNames), event: z.unknown() });

/** An event of a media node, and its name. */
export type MediaNodeEvent = {
  [N in keyof MediaNodeEvents]: { name: N; event: MediaNodeEvents[N] };
}[keyof MediaNodeEvents];

/** @returns `undefined` for what is no event of a media node */
export function parseMediaNodeEvent(payload: unknown): MediaNodeEvent | undefined {
  const named = eventSchema.safeParse(payload);
  if (!named.success) return undefined;
  const { name } = named.data;
  const event = mediaNodeEvents[name].safeParse(named.data.event);
  return event.success ? ({ name, event: event.data } as MediaNodeEvent) : undefined;
}

/** What a media node answers calls under, on the bus. */
export const mediaNodeSubject = (processId: string) => `media.${processId}`;

/** The topic of what media nodes report. */
export const MEDIA_NODE_EVENTS = 'media-node-events';
