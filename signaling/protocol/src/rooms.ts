import * as z from 'zod/mini';
import { participantIdSchema } from './ids.ts';

/** One person in a room, as the others see them: an id for the time of their stay, and nothing else. */
export const participantSchema = z.object({
  participantId: participantIdSchema,
  /** Whether this one may change the room. */
  host: z.boolean(),
});

/** How a room stands. Sent to those who join or come back. */
export const roomStateSchema = z.object({
  locked: z.boolean(),
  /** Everybody else who is there, in the order they came. */
  participants: z.array(participantSchema),
  /** Whether the one who is told may change the room. */
  host: z.boolean(),
});

export type RoomParticipant = z.infer<typeof participantSchema>;
export type RoomState = z.infer<typeof roomStateSchema>;
