const STREAM_ID = /^[A-Za-z0-9_-]{1,64}$/;

/** The stream ID in what somebody typed or pasted: an ID, or a link that ends in `/watch/ID`. */
export function streamIdIn(input: string): string | undefined {
  const trimmed = input.trim();
  const pasted = /\/(?:watch|embed)\/([^/?#\s]+)\/?(?:[?#].*)?$/.exec(trimmed)?.[1];
  const candidate = pasted ?? trimmed;
  return STREAM_ID.test(candidate) ? candidate : undefined;
}
