import * as z from 'zod/mini';
import { mediaIdSchema } from './ids.ts';

/**
 * The shapes of media negotiation as they cross the wire. Names and meanings are mediasoup's
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/); the bounds on
 * sizes are ours, so that no message can make a worker do unbounded work.
 */
const text = (longest: number) => z.string().check(z.maxLength(longest));
const list = <T extends z.core.$ZodType>(item: T, most: number) => z.array(item).check(z.maxLength(most));
const whole = (least: number, most: number) => z.int().check(z.minimum(least), z.maximum(most));

const ssrc = whole(0, 0xffff_ffff);
const payloadType = whole(0, 127);
const parameterMap = z.record(text(64), z.union([text(512), z.number(), z.null()]));

export const mediaKindSchema = z.enum(['audio', 'video']);

const rtcpFeedbackSchema = z.object({ type: text(32), parameter: z.optional(text(32)) });

const codecCapabilitySchema = z.object({
  kind: mediaKindSchema,
  mimeType: text(64),
  preferredPayloadType: payloadType,
  clockRate: whole(1, 384_000),
  channels: z.optional(whole(1, 255)),
  parameters: z.optional(parameterMap),
  rtcpFeedback: z.optional(list(rtcpFeedbackSchema, 32)),
});

const headerExtensionCapabilitySchema = z.object({
  kind: mediaKindSchema,
  uri: text(256),
  preferredId: whole(1, 255),
  preferredEncrypt: z.optional(z.boolean()),
  direction: z.optional(z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive'])),
});

export const rtpCapabilitiesSchema = z.object({
  codecs: list(codecCapabilitySchema, 128),
  headerExtensions: list(headerExtensionCapabilitySchema, 64),
});

const codecParametersSchema = z.object({
  mimeType: text(64),
  payloadType,
  clockRate: whole(1, 384_000),
  channels: z.optional(whole(1, 255)),
  parameters: z.optional(parameterMap),
  rtcpFeedback: z.optional(list(rtcpFeedbackSchema, 32)),
});

const encodingSchema = z.object({
  ssrc: z.optional(ssrc),
  rid: z.optional(text(16)),
  codecPayloadType: z.optional(payloadType),
  rtx: z.optional(z.object({ ssrc })),
  dtx: z.optional(z.boolean()),
  scalabilityMode: z.optional(text(16)),
  maxBitrate: z.optional(z.number()),
});

export const rtpParametersSchema = z.object({
  mid: z.optional(text(255)),
  msid: z.optional(text(256)),
  codecs: list(codecParametersSchema, 32),
  headerExtensions: z.optional(
    list(
      z.object({
        uri: text(256),
        id: whole(1, 255),
        encrypt: z.optional(z.boolean()),
        parameters: z.optional(parameterMap),
      }),
      64,
    ),
  ),
  encodings: list(encodingSchema, 8),
  rtcp: z.optional(z.object({ cname: z.optional(text(256)), reducedSize: z.optional(z.boolean()) })),
});

/** RFC 5245 (section 15.4): the user fragment and password that protect ICE checks. */
export const iceParametersSchema = z.object({
  usernameFragment: text(256),
  password: text(256),
  iceLite: z.optional(z.boolean()),
});

const iceCandidateSchema = z.object({
  foundation: text(64),
  priority: z.number(),
  ip: text(256),
  address: text(256),
  protocol: z.enum(['udp', 'tcp']),
  port: whole(0, 65_535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.optional(z.enum(['active', 'passive', 'so'])),
});

/** RFC 8122: the role in the DTLS handshake and the fingerprints of the certificate. */
export const dtlsParametersSchema = z.object({
  role: z.optional(z.enum(['auto', 'client', 'server'])),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().check(z.maxLength(256), z.regex(/^[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2})+$/)),
      }),
    )
    .check(z.minLength(1), z.maxLength(8)),
});

/** What a client needs to build its end of a WebRTC transport. */
export const transportOptionsSchema = z.object({
  id: mediaIdSchema,
  iceParameters: iceParametersSchema,
  iceCandidates: list(iceCandidateSchema, 64),
  dtlsParameters: dtlsParametersSchema,
});

/** A spatial layer (0 is the smallest picture) and, where it matters, a temporal one (0 is the lowest rate). */
export const layersSchema = z.object({
  spatialLayer: whole(0, 7),
  temporalLayer: z.optional(whole(0, 7)),
});

/** What a client needs to receive one track. Consumers start paused and flow once the client resumes them. */
export const consumerOptionsSchema = z.object({
  id: mediaIdSchema,
  producerId: mediaIdSchema,
  /** Whose track it is: in a room the participant's id. */
  sourceId: mediaIdSchema,
  kind: mediaKindSchema,
  rtpParameters: rtpParametersSchema,
  /** Whether the publisher has paused this track (a muted microphone, a camera switched off). */
  producerPaused: z.boolean(),
  /** How many spatial and temporal layers a viewer can choose from; 1 where there is no choice. */
  spatialLayers: whole(1, 8),
  temporalLayers: whole(1, 8),
});

export const iceServerSchema = z.object({
  urls: z.union([text(512), list(text(512), 8)]),
  username: z.optional(text(512)),
  credential: z.optional(text(512)),
});

export type MediaKind = z.infer<typeof mediaKindSchema>;
export type RtpCapabilities = z.infer<typeof rtpCapabilitiesSchema>;
export type RtpParameters = z.infer<typeof rtpParametersSchema>;
export type IceParameters = z.infer<typeof iceParametersSchema>;
export type DtlsParameters = z.infer<typeof dtlsParametersSchema>;
export type TransportOptions = z.infer<typeof transportOptionsSchema>;
export type Layers = z.infer<typeof layersSchema>;
export type ConsumerOptions = z.infer<typeof consumerOptionsSchema>;
export type IceServer = z.infer<typeof iceServerSchema>;
