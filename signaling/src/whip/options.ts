import type { RequestHandler } from 'express';
import type { Config } from '../config/config.ts';
import { iceServersFor } from '../config/ice-servers.ts';
import { iceServerLinks } from './links.ts';
import { SDP, SDP_FRAGMENT } from './sdp-body.ts';

/**
 * What an endpoint says of itself to `OPTIONS` (RFC 9725, sections 4.2 and 4.6). What browsers need to hear before
 * they ask from another origin is added to the same answer.
 */
export function describeEndpoint(config: Config): RequestHandler {
  return (_request, response, next) => {
    const links = iceServerLinks(iceServersFor(config));
    response.setHeader('Accept-Post', SDP);
    if (links.length > 0) response.setHeader('Link', links);
    next();
  };
}

/** What the URL of a session says of itself to `OPTIONS` (RFC 5789, section 3.1). */
export const describeSession: RequestHandler = (_request, response, next) => {
  response.setHeader('Accept-Patch', SDP_FRAGMENT);
  next();
};
