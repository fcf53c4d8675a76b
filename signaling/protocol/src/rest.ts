import * as z from 'zod/mini';
import { ingestReportSchema } from './findings.ts';
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

/** 200 of `GET /api/streams/:streamId`, for the one who holds its publish key. */
export const streamStatusSchema = z.extend(streamLinksSchema, {
  /** `idle` until somebody has published; `waiting` while who did may come back. */
  state: z.enum(['idle', 'live', 'waiting']),
  viewers: z.int(),
  /** What sends it: an encoder by WHIP, a page of ours, or a participant of a room. `null` when nobody does. */
  source: z.nullable(z.enum(['whip', 'page', 'room'])),
  /** What arrives of an encoder, and what is to be mended in it; empty for everybody else. */
  report: ingestReportSchema,
});

/**
 * Where something is kept: in the memory of the server, in its log, in its metrics, in the visitor's own
 * browser, or with somebody else. What is kept nowhere has no place.
 */
export const privacyPlaceSchema = z.enum(['memory', 'disk', 'log', 'metrics', 'browser', 'others']);

/** One kind of thing that a server handles, or that people may think it does. All texts are for people. */
export const privacyEntrySchema = z.object({
  id: z.string(),
  title: z.string(),
  what: z.string(),
  why: z.string(),
  where: z.array(privacyPlaceSchema),
  howLong: z.string(),
  /** Who can see it. */
  who: z.string(),
  /** What it is made up of, where that can be named: hosts, or keys of the browser's storage. */
  items: z.optional(z.array(z.object({ name: z.string(), about: z.string() }))),
});

/** 200 of `GET /privacy.json`: what a server collects, why, where, for how long, and who runs it. */
export const privacyPolicySchema = z.object({
  /** What the operator has said about themselves. */
  operator: z.object({
    name: z.optional(z.string()),
    /** An e-mail address or an https URL. */
    contact: z.optional(z.string()),
  }),
  sections: z.array(z.object({ id: z.string(), title: z.string(), entries: z.array(privacyEntrySchema) })),
  /** What no server can know of itself, or of those around it. */
  cannotKnow: z.array(z.string()),
});

/** 200 of `GET /embed.json`: the origins whose pages may hold `/embed` in a frame; `*` stands for all of them. */
export const frameRulesSchema = z.object({ frameOrigins: z.array(z.string()) });

export type FrameRules = z.infer<typeof frameRulesSchema>;
export type StreamLinks = z.infer<typeof streamLinksSchema>;
export type CreatedStream = z.infer<typeof createdStreamSchema>;
export type StreamStatus = z.infer<typeof streamStatusSchema>;
export type PrivacyPlace = z.infer<typeof privacyPlaceSchema>;
export type PrivacyEntry = z.infer<typeof privacyEntrySchema>;
export type PrivacyPolicy = z.infer<typeof privacyPolicySchema>;
