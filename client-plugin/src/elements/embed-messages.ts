import * as z from 'zod/mini';
import { type ErrorCode, MeshliftError } from '../index.ts';

/** What `meshlift` says in every message between `/embed` and the page that holds it in a frame. */
export const EMBED_VERSION = 1;

const whole = (least: number, most: number) => z.int().check(z.minimum(least), z.maximum(most));
const share = z.number().check(z.minimum(0), z.maximum(1));

/** A number is a spatial layer, 0 the smallest picture. */
export const playerQualitySchema = z.union([z.enum(['auto', 'low', 'medium', 'high']), whole(0, 7)]);

/** The id of a command comes back in the one event that answers it. */
const message = { meshlift: z.literal(EMBED_VERSION), id: z.optional(whole(0, Number.MAX_SAFE_INTEGER)) };

const command = <N extends string, S extends z.core.$ZodLooseShape>(name: N, shape: S) =>
  z.object({ ...message, command: z.literal(name), ...shape });

/** What a page may say to the player in its frame. */
const commandSchema = z.discriminatedUnion('command', [
  command('mute', {}),
  command('unmute', {}),
  command('volume', { volume: share }),
  command('quality', { quality: playerQualitySchema }),
  command('getState', {}),
  command('getStats', {}),
]);

const commandNames = new Set<unknown>(['mute', 'unmute', 'volume', 'quality', 'getState', 'getStats']);

const errorShape = {
  // Both ends come from one server, so that the codes of one are those of the other.
  code: z.custom<ErrorCode>((code) => typeof code === 'string' && code.length <= 64),
  message: z.string().check(z.maxLength(1_000)),
};
const volumeShape = { muted: z.boolean(), volume: share };
const modeSchema = z.nullable(z.literal('sfu'));
const layersSchema = z.object({
  /** How many there are to choose from; 1 where there is no choice. */
  spatial: whole(1, 8),
  temporal: whole(1, 8),
  /** The one that is received. */
  current: z.nullable(z.object({ spatialLayer: whole(0, 7), temporalLayer: z.optional(whole(0, 7)) })),
});

/** Figures since the stream was joined, but for the rate of frames and the size of the picture, which are of now. */
export const playerStatsSchema = z.object({
  width: z.number(),
  height: z.number(),
  framesPerSecond: z.number(),
  framesDecoded: z.number(),
  framesDropped: z.number(),
  bytesReceived: z.number(),
  packetsReceived: z.number(),
  packetsLost: z.number(),
  /** Of sound and picture, whichever is worse, in milliseconds (RFC 3550, section 6.4.1). */
  jitterMs: z.number(),
});

const event = <N extends string, S extends z.core.$ZodLooseShape>(name: N, shape: S) =>
  z.object({ ...message, event: z.literal(name), ...shape });

/** What the player in a frame says to the page around it. */
const eventSchema = z.discriminatedUnion('event', [
  event('ready', {}),
  event('state', {
    state: z.enum(['connecting', 'live', 'waiting', 'reconnecting', 'ended']),
    error: z.optional(z.object(errorShape)),
    ...volumeShape,
    quality: playerQualitySchema,
    mode: modeSchema,
    viewers: whole(0, Number.MAX_SAFE_INTEGER),
    layers: layersSchema,
  }),
  event('volume', volumeShape),
  event('quality', { quality: playerQualitySchema }),
  event('mode', { mode: modeSchema }),
  event('viewers', { viewers: whole(0, Number.MAX_SAFE_INTEGER) }),
  event('layers', { layers: layersSchema }),
  event('stats', { stats: playerStatsSchema }),
  event('error', errorShape),
]);

export type PlayerQuality = z.infer<typeof playerQualitySchema>;
export type PlayerStats = z.infer<typeof playerStatsSchema>;
export type PlayerLayers = z.infer<typeof layersSchema>;
export type EmbedCommand = z.infer<typeof commandSchema>;
export type EmbedEvent = z.infer<typeof eventSchema>;

/** A union loses its names with a plain `Omit`. */
type Unmarked<T> = T extends unknown ? Omit<T, 'meshlift' | 'id'> : never;
export type EmbedCommandBody = Unmarked<EmbedCommand>;
export type EmbedEventBody = Unmarked<EmbedEvent>;

/** Whether it is meant for us at all: others post messages to the same windows. */
export function isMarked(data: unknown): data is { meshlift: unknown } {
  return typeof data === 'object' && data !== null && 'meshlift' in data;
}

/** The id that an answer to this message carries, if it has one. */
export function idOf(data: unknown): number | undefined {
  const parsed = z.object({ id: message.id }).safeParse(data);
  return parsed.success ? parsed.data.id : undefined;
}

/**
 * Reads what a page says to the player in its frame.
 *
 * @throws MeshliftError `PROTOCOL_VERSION`, `UNKNOWN_REQUEST`, `BAD_REQUEST`
 */
export function readCommand(data: unknown): EmbedCommand {
  if (!isMarked(data)) throw new MeshliftError('BAD_REQUEST');
  if (data.meshlift !== EMBED_VERSION) {
    throw new MeshliftError('PROTOCOL_VERSION', `This player speaks version ${EMBED_VERSION}.`);
  }
  const parsed = commandSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  const name = 'command' in data ? data.command : undefined;
  if (typeof name === 'string' && !commandNames.has(name)) {
    throw new MeshliftError('UNKNOWN_REQUEST', 'The player knows no command of that name.');
  }
  throw new MeshliftError('BAD_REQUEST', 'The command does not have the form the player expects.');
}

/** Reads what the player in a frame says; undefined for anything else. */
export function readEvent(data: unknown): EmbedEvent | undefined {
  const parsed = eventSchema.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
