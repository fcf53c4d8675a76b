import * as z from 'zod/mini';

/** Longer ids than any library makes. */
const LONGEST_PEER_ID = 256;

/** What participants tell each other through the server, sealed where the room has a password. */
const introductionSchema = z.object({
  kind: z.literal('peer'),
  peerId: z.string().check(z.minLength(1), z.maxLength(LONGEST_PEER_ID)),
});

/** By what id the application knows the sender. */
export const introduce = (peerId: string): string => JSON.stringify({ kind: 'peer', peerId });

/** @returns the sender's peer id; undefined for whatever is no introduction */
export function parseIntroduction(text: string): string | undefined {
  try {
    const parsed = introductionSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.peerId : undefined;
  } catch {
    return undefined;
  }
}
