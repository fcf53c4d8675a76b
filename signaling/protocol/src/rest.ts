import * as z from 'zod/mini';
import { publishKeySchema, streamIdSchema } from './ids.ts';

/** Where a stream is watched, embedded, and spoken to by WHIP and WHEP. */
export const streamLinksSchema = z.object({
  streamId: streamIdSchema,
  watchUrl: z.string(),
  embedUrl: z.string(),
  whipUrl: z.string(),
  whepUrl: z.string(),
});

/** 201 of `POST /api/streams`. The publish key is shown this once; the server keeps only its hash. */
export const createdStreamSchema = z.extend(streamLinksSchema, { publishKey: publishKeySchema });

export type StreamLinks = z.infer<typeof streamLinksSchema>;
export type CreatedStream = z.infer<typeof createdStreamSchema>;
