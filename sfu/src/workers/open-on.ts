import { MeshliftError } from '@meshlift/protocol';

/** Something of mediasoup's that is closed by what it was opened on. */
interface Closable {
  close(): void;
}

/**
 * Waits for what mediasoup opens on a router, a transport or a consumer. mediasoup does not check whether that has
 * been closed meanwhile, and then nobody closes the new one: it would hang on the channel of its worker for good.
 *
 * @throws MeshliftError `MEDIA_FAILED` when `parent` has been closed meanwhile, and what was opened on it is closed;
 *   otherwise whatever `opening` rejects with
 */
export async function openOn<T extends Closable>(
  parent: { readonly closed: boolean },
  opening: Promise<T>,
): Promise<T> {
  let opened: T;
  try {
    opened = await opening;
  } catch (cause) {
    throw parent.closed ? new MeshliftError('MEDIA_FAILED', undefined, { cause }) : cause;
  }
  if (!parent.closed) return opened;
  opened.close();
  throw new MeshliftError('MEDIA_FAILED');
}
