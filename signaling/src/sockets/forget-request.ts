import type { IncomingMessage } from 'node:http';
import type { Socket } from 'socket.io';
import { forgetHeaders } from '../http/forget-headers.ts';

/**
 * Drops what a client said of itself and its page when it connected, which socket.io keeps for as long as the
 * connection lasts (`Origin`, `Referer`, `User-Agent`, languages, cookies of other programs on the host, the address
 * of the request). All that is needed of it has been read when a client is let in.
 */
export function forgetRequest({ handshake, request }: Socket): void {
  Object.assign(handshake, { headers: {}, query: {}, auth: {}, url: '', address: '' });
  forgetHeaders(request);
  request.url = '';
  // engine.io's own, parsed from the URL.
  if ('_query' in request) request._query = {};
}

/**
 * Drops the same of a later request of a client that polls. engine.io holds one for as long as it has nothing to send,
 * and needs of it no more than the compressions that the client takes.
 */
export function forgetPoll(request: IncomingMessage): void {
  const { 'accept-encoding': encodings } = request.headers;
  forgetHeaders(request);
  if (encodings !== undefined) request.headers = { 'accept-encoding': encodings };
}
