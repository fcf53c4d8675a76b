import { MeshliftError } from '@meshlift/protocol';
import express, { type Request, type RequestHandler, type Response } from 'express';

/** In bytes. Ten times the offer of a browser with every codec. */
const LARGEST_BODY = 64 * 1024;

export const SDP = 'application/sdp';

/** RFC 8840, section 9. */
export const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

/**
 * Reads a body of one content type.
 *
 * @param accepting the header in which a refusal says what is taken: `Accept-Post` or `Accept-Patch`
 * @throws MeshliftError `UNSUPPORTED_MEDIA_TYPE` for any other (RFC 5789, section 2.2), `TOO_LARGE` past 64 KiB
 */
export function textBody(type: string, accepting: 'Accept-Post' | 'Accept-Patch'): RequestHandler[] {
  const assertType: RequestHandler = (request, response, next) => {
    const given = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (given !== type) {
      response.setHeader(accepting, type);
      throw new MeshliftError('UNSUPPORTED_MEDIA_TYPE', `The content type must be ${type}.`);
    }
    next();
  };
  return [assertType, express.text({ type: () => true, limit: LARGEST_BODY })];
}

/** Ends an answer with SDP, whose types have no `charset` (RFC 8866, section 8.1; RFC 8840, section 9). */
export function sendText(response: Response, type: string, text: string): void {
  // Express adds a charset to strings.
  response.setHeader('Content-Type', type).send(Buffer.from(text));
}

/** What `textBody` has read; an empty body is none. */
export function textOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}
