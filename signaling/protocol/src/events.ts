import * as z from 'zod/mini';
import { errorCodes } from './errors.ts';
import {
  hostKeySchema,
  mediaIdSchema,
  participantIdSchema,
  publishKeySchema,
  roomIdSchema,
  sessionIdSchema,
  streamIdSchema,
} from './ids.ts';
import {
  consumerOptionsSchema,
  dtlsParametersSchema,
  iceParametersSchema,
  iceServerSchema,
  layersSchema,
  mediaKindSchema,
  rtpCapabilitiesSchema,
  rtpParametersSchema,
  transportOptionsSchema,
} from './media.ts';
import { streamLinksSchema } from './rest.ts';
import {
  adviceSchema,
  audienceSchema,
  hostHashesSchema,
  participantSchema,
  roomMemorySchema,
  roomModeChoiceSchema,
  roomStateSchema,
  switchFailureSchema,
  switchGapSchema,
  switchShape,
} from './rooms.ts';

/**
 * The socket's messages, one map per direction. A request is answered by an acknowledgement that carries
 * either `{ data }` with the reply, or the error body; see PROTOCOL.md for the sequences.
 */

/** Raised whenever one side could misread the other. The client sends it when it connects. */
export const PROTOCOL_VERSION = 2;

/** Servers serve clients of the present version and of the one before, and no others. */
export const OLDEST_PROTOCOL_VERSION = PROTOCOL_VERSION - 1;

/** Whether a stream's publisher is there (`live`) or awaited (`waiting`: it dropped and may come back). */
export const streamStateSchema = z.enum(['live', 'waiting']);

const nothing = z.object({});
const ofSession = { sessionId: sessionIdSchema };
const ofProducer = { ...ofSession, producerId: mediaIdSchema };
const ofConsumer = { ...ofSession, consumerId: mediaIdSchema };

/** Spatial layers that the relay wants a producer to send; empty when nobody watches. */
const wantedLayersSchema = z.array(z.int().check(z.minimum(0), z.maximum(7))).check(z.maxLength(8));

const sessionErrorSchema = z.object({
  /** A code that is newer than the receiver is `INTERNAL` to it, and the session ends all the same. */
  code: z.catch(z.enum(errorCodes), 'INTERNAL'),
  message: z.string(),
  reference: z.optional(z.string()),
});

/** Sound and picture of everybody in a full room. */
const consumerIdsSchema = z.array(mediaIdSchema).check(z.maxLength(256));

const wantedOfProducerSchema = z.object({ producerId: mediaIdSchema, spatialLayers: wantedLayersSchema });

/**
 * What one participant tells another, which the server hands on unread: text that only the two understand,
 * sealed where the room has a password. An offer with all its candidates fits many times over.
 */
const signalSchema = z.string().check(z.minLength(1), z.maxLength(32_768));

/** Client to server: each request with its payload and its reply. */
export const clientRequests = {
  /**
   * Publishes under a stream ID, and claims it if nobody has it: a page brings its stream back that way after a
   * restart of the server. A publisher that is already there is replaced: the key says it is the same person.
   */
  'stream:publish': {
    payload: z.object({ streamId: streamIdSchema, publishKey: publishKeySchema }),
    reply: z.object({
      ...ofSession,
      transport: transportOptionsSchema,
      links: streamLinksSchema,
      viewers: z.int(),
    }),
  },
  /** Watches a stream by its ID. */
  'stream:watch': {
    payload: z.object({ streamId: streamIdSchema, rtpCapabilities: rtpCapabilitiesSchema }),
    reply: z.object({
      ...ofSession,
      state: streamStateSchema,
      transport: transportOptionsSchema,
      consumers: z.array(consumerOptionsSchema),
      viewers: z.int(),
    }),
  },
  /** Takes a session over to this connection after the one it was on dropped; its media was never interrupted. */
  'session:resume': {
    payload: z.object(ofSession),
    reply: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('publisher'),
        links: streamLinksSchema,
        viewers: z.int(),
        wantedLayers: z.array(wantedOfProducerSchema),
      }),
      z.object({
        kind: z.literal('viewer'),
        state: streamStateSchema,
        consumers: z.array(consumerOptionsSchema),
        viewers: z.int(),
      }),
      z.object({ kind: z.literal('participant'), room: roomStateSchema }),
      z.object({ kind: z.literal('sender'), wantedLayers: z.array(wantedOfProducerSchema) }),
      z.object({ kind: z.literal('receiver'), consumers: z.array(consumerOptionsSchema) }),
    ]),
  },
  /**
   * Joins a room, which begins with its first participant. That one becomes its host and gets the host key,
   * unless it brought one of its own; later a host shows the key to be one again. Who was in the room before brings
   * along what it knows of it (`memory`), in case that the server was restarted and knows less.
   */
  'room:join': {
    payload: z.object({
      roomId: roomIdSchema,
      hostKey: z.optional(hostKeySchema),
      memory: z.optional(roomMemorySchema),
    }),
    reply: z.object({
      ...ofSession,
      participantId: participantIdSchema,
      room: roomStateSchema,
      hostKey: z.optional(hostKeySchema),
    }),
  },
  /** Hands a signal to one participant, and to nobody else. `delivered` is false while that one is away. */
  'room:signal': {
    payload: z.object({ ...ofSession, to: participantIdSchema, signal: signalSchema }),
    reply: z.object({ delivered: z.boolean() }),
  },
  /** Host only: a locked room lets nobody in but those who have the host key. */
  'room:setLocked': { payload: z.object({ ...ofSession, locked: z.boolean() }), reply: nothing },
  /**
   * Host only: begins a switch of the room as it stands in this epoch. Answered at once; how it goes is told by
   * `room:switch`. With `auto` nothing moves yet: from then on the room follows what its participants measure,
   * until a host names a mode again.
   */
  'room:setMode': {
    payload: z.object({ ...ofSession, mode: roomModeChoiceSchema, epoch: z.int() }),
    reply: nothing,
  },
  /** What a participant's page measures of the room in this epoch. Counts in a room that is on `auto`. */
  'room:advise': {
    payload: z.object({ ...ofSession, epoch: z.int(), advice: adviceSchema }),
    reply: nothing,
  },
  /**
   * Lets an audience watch what a participant sends, by a stream ID and while the room is a mesh, too. With an
   * ID and its key a participant who has come back offers the same stream again.
   */
  'room:publish': {
    payload: z.object({
      ...ofSession,
      streamId: z.optional(streamIdSchema),
      publishKey: z.optional(publishKeySchema),
      /** Whether anybody may watch from the beginning; yes, unless it is said. */
      allowed: z.optional(z.boolean()),
    }),
    reply: z.object({ publishKey: publishKeySchema, audience: audienceSchema }),
  },
  /** Refuses the audience, which is dropped, or lets it in again. The stream keeps its ID. */
  'room:setAudience': { payload: z.object({ ...ofSession, allowed: z.boolean() }), reply: nothing },
  /** A participant's report within a switch: its new path is connected, it has gone over, or it cannot. */
  'room:switchStep': {
    payload: z.object({
      ...ofSession,
      epoch: z.int(),
      step: z.discriminatedUnion('name', [
        /** `singleEncode`: this one has not the time to encode for both paths at once. */
        z.object({ name: z.literal('ready'), singleEncode: z.optional(z.boolean()) }),
        z.object({ name: z.literal('over'), gaps: z.array(switchGapSchema).check(z.maxLength(128)) }),
        z.object({ name: z.literal('failed'), reason: z.string().check(z.maxLength(200)) }),
      ]),
    }),
    reply: nothing,
  },
  /** Host only: goes on without those who are stuck, or puts the room back. */
  'room:decideSwitch': {
    payload: z.object({ ...ofSession, epoch: z.int(), leaveOut: z.boolean() }),
    reply: nothing,
  },
  /** A participant's way into the room's relay. Its source there is its participant id. */
  'room:send': {
    payload: z.object(ofSession),
    reply: z.object({ ...ofSession, transport: transportOptionsSchema }),
  },
  /** A participant's way out of the room's relay: everybody else's media on one transport. */
  'room:receive': {
    payload: z.object({ ...ofSession, rtpCapabilities: rtpCapabilitiesSchema }),
    reply: z.object({
      ...ofSession,
      transport: transportOptionsSchema,
      consumers: z.array(consumerOptionsSchema),
    }),
  },
  /** Host only: makes somebody else what this one is. The key changes; the old one opens nothing any more. */
  'room:handOver': { payload: z.object({ ...ofSession, to: participantIdSchema }), reply: nothing },
  /** Ends a session and frees its transport. */
  'session:close': { payload: z.object(ofSession), reply: nothing },
  /** The client's end of DTLS. A transport that is not connected in time is freed (`TRANSPORT_TIMEOUT`). */
  'transport:connect': {
    payload: z.object({ ...ofSession, dtlsParameters: dtlsParametersSchema }),
    reply: nothing,
  },
  /**
   * Asks whether the server still has this path, where nothing has arrived on it for a second or more. If it has not,
   * the session ends with `session:closed`. Servers before this request answer `UNKNOWN_REQUEST`.
   */
  'transport:check': { payload: z.object(ofSession), reply: nothing },
  'transport:restartIce': {
    payload: z.object(ofSession),
    reply: z.object({ iceParameters: iceParametersSchema }),
  },
  'producer:open': {
    payload: z.object({
      ...ofSession,
      kind: mediaKindSchema,
      rtpParameters: rtpParametersSchema,
      paused: z.boolean(),
    }),
    reply: z.object({ producerId: mediaIdSchema, spatialLayers: wantedLayersSchema }),
  },
  'producer:setPaused': { payload: z.object({ ...ofProducer, paused: z.boolean() }), reply: nothing },
  'producer:close': { payload: z.object(ofProducer), reply: nothing },
  /** Lets consumers flow, once the client is ready to decode them, or again after `consumer:pause`. */
  'consumer:resume': {
    payload: z.object({ ...ofSession, consumerIds: consumerIdsSchema }),
    reply: nothing,
  },
  /** Sends nothing of these for now: nobody sees them. What nobody else wants is not encoded either. */
  'consumer:pause': {
    payload: z.object({ ...ofSession, consumerIds: consumerIdsSchema }),
    reply: nothing,
  },
  /** Asks for at most these layers; `null` leaves the choice to the relay's bandwidth estimate. */
  'consumer:setLayers': {
    payload: z.object({ ...ofConsumer, layers: z.nullable(layersSchema) }),
    reply: nothing,
  },
} as const;

/** Server to client: events, each for one session but the first three. */
export const serverEvents = {
  /** The first message on a connection, which is in the version that the client named. */
  'server:welcome': z.object({
    protocol: z.literal(PROTOCOL_VERSION),
    /** The versions that this server serves. */
    serves: z.optional(z.object({ oldest: z.int(), newest: z.int() })),
    routerRtpCapabilities: rtpCapabilitiesSchema,
    iceServers: z.array(iceServerSchema),
  }),
  /** In place of those of the welcome, whose credentials run out: for every path that is looked for from now on. */
  'server:iceServers': z.object({ iceServers: z.array(iceServerSchema) }),
  /** The server is about to close the connection because it stops. */
  'server:closing': nothing,
  /** To viewers: the publisher dropped, or is back. */
  'stream:state': z.object({ ...ofSession, state: streamStateSchema }),
  /** To publisher and viewers, at most once a second: how many are watching. */
  'stream:viewers': z.object({ ...ofSession, viewers: z.int() }),
  /** To the publisher: the stream has a new ID; everyone who held the old one is dropped. */
  'stream:rotated': z.object({ ...ofSession, links: streamLinksSchema }),
  /** The session is over, and why. */
  'session:closed': z.object({ ...ofSession, error: sessionErrorSchema }),
  /**
   * The session is connected, but media that is expected does not get through: see `error`. Without one: it does
   * now, or none is expected any more. The session goes on.
   */
  'session:media': z.object({ ...ofSession, error: z.optional(sessionErrorSchema) }),
  /** To the others in a room: somebody came, or went for good. */
  'room:joined': z.object({ ...ofSession, participant: participantSchema }),
  'room:left': z.object({ ...ofSession, participantId: participantIdSchema }),
  /** To one participant: what another one tells it. */
  'room:signal': z.object({ ...ofSession, from: participantIdSchema, signal: signalSchema }),
  'room:locked': z.object({ ...ofSession, locked: z.boolean() }),
  /**
   * To everybody in a room: a switch to `mode` has come to this phase. `epoch` is the one the room has once it
   * is committed. `failures` say who could not follow, with `abort`, or whom a host has left out, with `move` and
   * `commit`: nobody need wait for what those send.
   */
  'room:switch': z.object({ ...ofSession, ...switchShape, failures: z.array(switchFailureSchema) }),
  /**
   * To hosts: the switch waits for `waitingFor`, and `failures` cannot follow; `room:decideSwitch` goes on without
   * all of these or puts the room back. Without a decision in time the room is put back.
   */
  'room:switchStuck': z.object({
    ...ofSession,
    epoch: z.int(),
    waitingFor: z.array(participantIdSchema),
    failures: z.array(switchFailureSchema),
    decideWithinMs: z.int(),
  }),
  /**
   * To everybody in a room: these are its hosts now, and nobody else. None is while the room waits for its host.
   * Only the one who has just become host is told the key.
   */
  'room:host': z.object({
    ...ofSession,
    hosts: z.array(participantIdSchema),
    ...hostHashesSchema.shape,
    hostKey: z.optional(hostKeySchema),
  }),
  /** To everybody in a room: it follows what is measured, or does not any more. */
  'room:auto': z.object({ ...ofSession, auto: z.boolean() }),
  /** To a participant: somebody outside has begun to watch what it offers, or nobody does any more. */
  'room:audience': z.object({ ...ofSession, audience: audienceSchema }),
  /** To the publisher: the layers that somebody wants have changed. */
  'producer:wanted': z.object({ ...ofProducer, spatialLayers: wantedLayersSchema }),
  /** To a viewer: a track has been added. */
  'consumer:opened': z.object({ ...ofSession, consumer: consumerOptionsSchema }),
  'consumer:closed': z.object(ofConsumer),
  /** To a viewer: the publisher paused or resumed this track. */
  'consumer:paused': z.object({ ...ofConsumer, paused: z.boolean() }),
  /** To a viewer: the layers that are being forwarded now; `null` when none is. */
  'consumer:layers': z.object({ ...ofConsumer, layers: z.nullable(layersSchema) }),
} as const;

export type RequestName = keyof typeof clientRequests;
export type RequestPayload<N extends RequestName> = z.infer<(typeof clientRequests)[N]['payload']>;
export type RequestReply<N extends RequestName> = z.infer<(typeof clientRequests)[N]['reply']>;

export type EventName = keyof typeof serverEvents;
export type EventPayload<N extends EventName> = z.infer<(typeof serverEvents)[N]>;

export type StreamState = z.infer<typeof streamStateSchema>;
