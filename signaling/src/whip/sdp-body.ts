import { MeshliftError } from '@meshlift/protocol';
import express, { type Request, type RequestHandler } from 'express';

/** In bytes. Ten times the offer of a browser with every codec. */
const LARGEST_BODY = 64 * 1024;

export const SDP = 'application/sdp';

/** RFC 8840, section 9. */
export const SDP_FRAGMENT = 'application/trickle-ice-sdpfrag';

/**
 * Reads a body of one content type.
 *
 * @throws MeshliftError `UNSUPPORTED_MEDIA_TYPE` for any other, `TOO_LARGE` past 64 KiB
 */
export function textBody(type: string): RequestHandler[] {
  const assertType: RequestHandler = (request, _response, next) => {
    const given = (request.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
    if (given !== type) {
      throw new MeshliftError('UNSUPPORTED_MEDIA_TYPE', `The content type must be ${type}.`);
    }
    next();
  };
  return [assertType, express.text({ type: () => true, limit: LARGEST_BODY })];
}

/** What `textBody` has read; an empty body is none. */
export function textOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}
