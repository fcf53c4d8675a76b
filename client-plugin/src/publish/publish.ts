import { MeshliftError } from '@meshlift/protocol';
import type { VideoCodec } from '../relay/encodings.ts';
import { preloadRelay } from '../relay/load-relay.ts';
import { StreamsApi } from '../signaling/streams-api.ts';
import { Publication } from './publication.ts';

export interface PublishOptions {
  /** The server's URL; the page's own origin by default. */
  server?: string;
  /** Its tracks stay the caller's: closing the publication does not stop them. */
  stream: MediaStream;
  /**
   * With `publishKey`: comes back to a stream that was published before, or claims an ID that nobody has, where the
   * server lets people choose one.
   */
  streamId?: string;
  publishKey?: string;
  /**
   * `VP8` by default. `VP8` and `H264` are sent as simulcast, `VP9` as SVC: fewer bits for the same picture,
   * more work for the encoder. `AV1` comes in one size, which viewers cannot make smaller. Where the browser
   * cannot send the codec, it takes its own preference.
   */
  codec?: VideoCodec;
}

/**
 * Publishes a stream through the relay, creating it unless an ID and its key are given. Resolves when media
 * flows.
 *
 * @throws MeshliftError `STREAM_NOT_FOUND` for an ID that was revoked, or that nobody has where none can be chosen;
 *   `STREAM_NOT_YOURS` for a wrong key,
 *   `DISCONNECTED`, `UNSUPPORTED_BROWSER`, `TRANSPORT_TIMEOUT`, `SERVER_FULL`, `RATE_LIMITED`
 */
export async function publish(options: PublishOptions): Promise<Publication> {
  const { server = location.origin, stream, streamId, publishKey, codec = 'VP8' } = options;
  if ((streamId === undefined) !== (publishKey === undefined)) {
    throw new MeshliftError('BAD_REQUEST', 'A stream ID and its publish key go together.');
  }
  const owned = streamId !== undefined && publishKey !== undefined ? { streamId, publishKey } : undefined;
  void preloadRelay().catch(() => undefined);
  return Publication.start(server, stream, codec, owned ?? (await new StreamsApi(server).create()));
}
