import type { Response } from 'express';
import { SDP, SDP_FRAGMENT, sendText } from './sdp-body.ts';

/** A session that `POST` has made. */
export interface CreatedSession {
  etag: string;
  /** Of the session. */
  url: string;
  /** In SDP. */
  answer: string;
  /** The values of `Link`, if any. */
  links: readonly string[];
}

/** Answers `POST` with the session that it has made (RFC 9725, section 4.2). */
export function sendCreated(response: Response, { etag, url, answer, links }: CreatedSession): void {
  response.status(201).location(url).setHeader('ETag', etag).setHeader('Accept-Patch', SDP_FRAGMENT);
  if (links.length > 0) response.setHeader('Link', links);
  sendText(response, SDP, answer);
}
