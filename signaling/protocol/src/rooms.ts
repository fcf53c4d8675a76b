import * as z from 'zod/mini';
import { hostHashSchema, hostKeySchema, participantIdSchema } from './ids.ts';
import { mediaKindSchema } from './media.ts';
import { streamLinksSchema } from './rest.ts';

/** One person in a room, as the others see them: an id for the time of their stay, and nothing else. */
export const participantSchema = z.object({
  participantId: participantIdSchema,
  /** Whether this one may change the room. */
  host: z.boolean(),
});

/** How the media of a room travels: from browser to browser, or through the relay. */
export const roomModeSchema = z.enum(['mesh', 'sfu']);

/** What a host can ask for: a mode, or that the room follows what its participants measure. */
export const roomModeChoiceSchema = z.enum(['mesh', 'sfu', 'auto']);

/**
 * What a page makes of its own measurements: the mesh asks more of it than it has (`lift`), a mesh would be
 * easy for it (`lower`), or all is well as it is (`stay`).
 */
export const adviceSchema = z.enum(['lift', 'lower', 'stay']);

/** The audience outside the room of what one participant sends. */
export const audienceSchema = z.object({
  links: streamLinksSchema,
  /** Whether anybody may watch by the stream ID. */
  allowed: z.boolean(),
  /** Whether somebody watches or wants to: the participant then sends to the relay, whatever the room's mode. */
  wanted: z.boolean(),
  viewers: z.int(),
});

/**
 * - `preflight`: everybody connects the new path, and moves nothing yet.
 * - `move`: everybody goes over, stream by stream, while the old path still runs.
 * - `commit`: everybody is over; the old path is closed.
 * - `abort`: somebody could not follow; everybody goes back to the old path, and the new one is closed.
 */
export const switchPhaseSchema = z.enum(['preflight', 'move', 'commit', 'abort']);

/** Somebody who could not follow a switch, and why. */
export const switchFailureSchema = z.object({
  participantId: participantIdSchema,
  reason: z.string().check(z.maxLength(200)),
});

/** What one viewer saw of one stream's switch. */
export const switchGapSchema = z.object({
  participantId: participantIdSchema,
  kind: mediaKindSchema,
  /** Milliseconds without a new frame or with silence; negative where old and new were heard at once. */
  gapMs: z.number(),
  /**
   * Why there had to be a gap: `single-encode`: the sender had not the time to encode for both paths at once, and
   * ended the old one as it began the new one.
   */
  reason: z.optional(z.enum(['single-encode'])),
});

/** By which keys people are host, for those in the room: hashes, which prove nothing. */
export const hostHashesSchema = z.object({
  /** Of the room's own key. */
  hostHash: hostHashSchema,
  /** Of the key of who acts as host while nobody has the room's own. */
  actingHash: z.optional(hostHashSchema),
});

/** What somebody who was in a room knows of it, and brings it back with when the server has forgotten it. */
export const roomMemorySchema = z.extend(hostHashesSchema, { locked: z.boolean() });

/** A switch, as everybody is told of it. `epoch` is the one the room has once it is committed. */
export const switchShape = {
  epoch: z.int(),
  mode: roomModeSchema,
  phase: switchPhaseSchema,
  /** From `move` on: participants who send by one path at a time, because they cannot encode for two. */
  singleEncode: z.optional(z.array(participantIdSchema)),
};

/** How a room stands. Sent to those who join or come back. */
export const roomStateSchema = z.object({
  locked: z.boolean(),
  mode: roomModeSchema,
  /** Whether the mode follows what the participants measure. */
  auto: z.boolean(),
  /** Grows with every switch that was committed. Who holds an older one has missed something. */
  epoch: z.int(),
  /** The switch that is under way, if one is. */
  switching: z.optional(z.object(switchShape)),
  /** Everybody else who is there, in the order they came. */
  participants: z.array(participantSchema),
  /** Whether the one who is told may change the room. */
  host: z.boolean(),
  /** To one who was made host while away: the key that goes with it. */
  hostKey: z.optional(hostKeySchema),
  ...hostHashesSchema.shape,
  /** To the first host who comes back to a room that others have brought back: its mode is for this one to bring. */
  restored: z.optional(z.boolean()),
  /** The audience of the one who is told, if it offers a stream. */
  audience: z.optional(audienceSchema),
});

export type RoomParticipant = z.infer<typeof participantSchema>;
export type RoomMode = z.infer<typeof roomModeSchema>;
export type RoomModeChoice = z.infer<typeof roomModeChoiceSchema>;
export type Advice = z.infer<typeof adviceSchema>;
export type Audience = z.infer<typeof audienceSchema>;
export type SwitchPhase = z.infer<typeof switchPhaseSchema>;
export type SwitchFailure = z.infer<typeof switchFailureSchema>;
export type SwitchGap = z.infer<typeof switchGapSchema>;
export type HostHashes = z.infer<typeof hostHashesSchema>;
export type RoomMemory = z.infer<typeof roomMemorySchema>;
export type RoomState = z.infer<typeof roomStateSchema>;
