import type { Source } from '../source.ts';
import { EncoderStream, type StreamOwnership } from './encoder-stream.ts';
import { WatchedMedia } from './watched-media.ts';

/**
 * What an encoder sends, as a source of this page. The stream made for it ends with the source.
 *
 * @param known a stream that was made for it before, and its key
 * @throws MeshliftError `SERVER_FULL`, `RATE_LIMITED`, `DISCONNECTED`
 */
export async function openEncoder(known: StreamOwnership | undefined): Promise<Source> {
  const encoder = known ? new EncoderStream(known) : await EncoderStream.create();
  const media = new WatchedMedia(encoder);
  return {
    kind: 'encoder',
    stream: media.stream,
    encoder,
    follow: (changed) => media.addEventListener('change', changed),
    close: () => {
      media.close();
      // If the server cannot be told, the stream ends by itself once its encoder has stopped.
      encoder.end().catch(() => undefined);
    },
  };
}
