import { preloadRelay } from '../relay/load-relay.ts';
import { SignalingConnection } from '../signaling/signaling-connection.ts';
import { View } from './view.ts';

export interface WatchOptions {
  /** The server's URL; the page's own origin by default. */
  server?: string;
  streamId: string;
  /** Gets the stream as its `srcObject`. It should have `autoplay` and `playsinline`, and start muted. */
  element: HTMLVideoElement;
  /** Gives up before the element has been touched, if it comes in time for that. */
  signal?: AbortSignal;
}

/**
 * Watches a stream by its ID. Resolves when the session stands; media follows at once if the stream is live.
 *
 * @throws what the signal was aborted with
 * @throws MeshliftError `STREAM_NOT_FOUND` for unknown, revoked and ended streams alike, `DISCONNECTED`,
 *   `UNSUPPORTED_BROWSER`, `RTP_REJECTED` when this browser can decode nothing of it, `SERVER_FULL`
 */
export async function watchStream({
  server = location.origin,
  streamId,
  element,
  signal,
}: WatchOptions): Promise<View> {
  // Loading and connecting take their time side by side.
  void preloadRelay().catch(() => undefined);
  const { connection, welcome } = await SignalingConnection.open(server);
  if (signal?.aborted) connection.close();
  signal?.throwIfAborted();
  return View.start(connection, welcome, streamId, element);
}
