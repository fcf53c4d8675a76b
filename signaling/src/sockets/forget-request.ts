import type { Socket } from 'socket.io';

/**
 * Drops what a client said of itself and its page when it connected, which socket.io keeps for as long as the
 * connection lasts (`Origin`, `Referer`, `User-Agent`, languages, cookies of other programs on the host, the address
 * of the request). All that is needed of it has been read when a client is let in.
 */
export function forgetRequest({ handshake, request }: Socket): void {
  Object.assign(handshake, { headers: {}, query: {}, auth: {}, url: '', address: '' });
  request.headers = {};
  request.headersDistinct = {};
  request.rawHeaders.length = 0;
  request.url = '';
  // engine.io's own, parsed from the URL.
  if ('_query' in request) request._query = {};
}
