import type { types } from 'mediasoup';

/** What a producer sends, as its MIME type calls it: `H264`, `VP8`, `opus`. */
export function codecOf({ rtpParameters }: types.Producer): string {
  return rtpParameters.codecs[0]?.mimeType.split('/')[1] ?? 'unknown';
}
