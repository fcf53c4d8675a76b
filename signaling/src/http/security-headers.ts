import type { RequestHandler } from 'express';
import helmet, { contentSecurityPolicy } from 'helmet';

/** Pages load nothing from anywhere but here (V15). */
const policy = (frameAncestors: string[]) => ({
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    mediaSrc: ["'self'", 'blob:', 'mediastream:'],
    // Signaling too: `self` holds for the WebSockets of the own host (CSP 3, section 6.7.2.8).
    connectSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors,
  },
});

/** Pages load from here alone, tell nobody where they were (V18), and are not framed. */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: policy(["'none'"]),
    // The plugin is there to be loaded by other people's pages.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
    // Whether there is TLS in front of this server is for the one who put it there to say.
    strictTransportSecurity: false,
  });
}

/** For what pages of these origins may hold in a frame; comes after `securityHeaders`, which forbids it to all. */
export function framedBy(origins: readonly string[]): RequestHandler {
  const headers = contentSecurityPolicy(policy(origins.length > 0 ? [...origins] : ["'none'"]));
  return (request, response, next) => {
    // It knows no list of origins, and would forbid what the policy allows.
    response.removeHeader('X-Frame-Options');
    headers(request, response, next);
  };
}
