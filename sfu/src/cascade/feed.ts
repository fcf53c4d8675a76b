import type { types } from 'mediasoup';

/** Where a router gets a relay's producers from. */
export interface Feed {
  /**
   * Makes sure that a producer can be consumed at the router that is fed. Idempotent.
   *
   * @returns the id that it has there
   * @throws MeshliftError `SERVER_FULL` when no port is left for a pipe, `MEDIA_FAILED` when a router or the producer
   *   has been closed meanwhile
   */
  carry(producer: types.Producer): Promise<string>;
}
