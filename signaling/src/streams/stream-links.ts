import type { StreamLinks } from '@meshlift/protocol';

/** @param baseUrl without a slash at its end */
export function streamLinks(baseUrl: string, streamId: string): StreamLinks {
  return {
    streamId,
    watchUrl: `${baseUrl}/watch/${streamId}`,
    embedUrl: `${baseUrl}/embed/${streamId}`,
    whipUrl: `${baseUrl}/whip/${streamId}`,
    whepUrl: `${baseUrl}/whep/${streamId}`,
  };
}
