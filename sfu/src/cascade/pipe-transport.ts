import { MeshliftError } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import { openOn } from '../workers/open-on.ts';

/**
 * Opens one end of a pipe on a router.
 *
 * @throws MeshliftError `SERVER_FULL` when the range has no port left, `MEDIA_FAILED` when the router has been closed
 */
export function openPipeTransport(
  router: types.Router,
  options: types.PipeTransportOptions & { listenInfo: types.TransportListenInfo },
): Promise<types.PipeTransport> {
  return openOn(router, router.createPipeTransport(options)).catch(fullWhenOutOfPorts);
}

/** @throws MeshliftError `SERVER_FULL` for what mediasoup reports when all ports of its range are taken */
function fullWhenOutOfPorts(error: unknown): never {
  if (!(error instanceof Error) || !/no more available ports/.test(error.message)) throw error;
  throw new MeshliftError('SERVER_FULL', 'The server has no port left for another pipe.', { cause: error });
}
