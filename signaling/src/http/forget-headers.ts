import type { IncomingMessage } from 'node:http';

/**
 * Drops what a client said of itself and its page, which Node.js keeps with a request for as long as that is not
 * answered to its end. To be called when all that is needed of it has been read.
 */
export function forgetHeaders(request: IncomingMessage): void {
  request.headers = {};
  request.headersDistinct = {};
  request.rawHeaders.length = 0;
}
