import { MeshliftError } from '@meshlift/protocol';

/**
 * Runs a call into mediasoup whose parameters came from a client. mediasoup and its worker refuse bad ones
 * with errors of many types and no code, so whatever a live transport throws is the parameters' fault.
 *
 * @param isGone whether what the call was made on has been closed meanwhile
 * @throws MeshliftError `SESSION_NOT_FOUND` if it has, `RTP_REJECTED` with mediasoup's reason otherwise
 */
export async function rejectingBadParameters<T>(
  isGone: () => boolean,
  call: () => T | Promise<T>,
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isGone()) throw new MeshliftError('SESSION_NOT_FOUND', undefined, { cause: error });
    const reason = error instanceof Error ? error.message.replace(/\s*\[method:.*$/s, '') : 'unknown';
    throw new MeshliftError('RTP_REJECTED', `The media parameters were refused: ${reason.slice(0, 200)}`, {
      cause: error,
    });
  }
}
