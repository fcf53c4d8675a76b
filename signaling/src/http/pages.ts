import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MeshliftError } from '@meshlift/protocol';
import { type Request, type RequestHandler, Router } from 'express';
import serveCompressed from 'express-static-gzip';
import { allowOnly } from './errors.ts';

/** Where the build of `client-plugin` leaves the pages and the plugin. */
const DIST = fileURLToPath(new URL('../../../client-plugin/dist', import.meta.url));

/** Each page's path and its file. */
const pages = {
  '/': 'home.html',
  '/studio': 'studio.html',
  '/watch/:streamId': 'watch.html',
  '/embed/:streamId': 'embed.html',
  '/privacy': 'privacy.html',
};

/** Shown to people for an address that leads nowhere. */
const MISSING_PAGE = 'missing.html';

/** An address with a broken escape names nothing, and must not reach code that would try to decode it. */
function isMalformed(path: string): boolean {
  try {
    decodeURIComponent(path);
    return false;
  } catch {
    return true;
  }
}

/** A browser that opens an address names HTML; programs, and scripts that ask for data, name it after JSON or not at all. */
const wantsPage = (request: Request) =>
  (request.method === 'GET' || request.method === 'HEAD') && request.accepts(['json', 'html']) === 'html';

/** Serves the pages and the plugin, compressed at build time; and to people a page where there is none. */
export function servePages(): Router {
  if (!existsSync(join(DIST, 'watch.html'))) {
    throw new Error('The pages have not been built. Run `npm start`, which does it, or `npm run build`.');
  }
  const files = serveCompressed(DIST, {
    enableBrotli: true,
    orderPreference: ['br', 'gz'],
    index: false,
    serveStatic: {
      cacheControl: false,
      setHeaders: (response, path) => {
        // Names under /assets carry a hash of what they hold; everything else must be asked for again.
        const forever = dirname(path) === join(DIST, 'assets');
        response.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    },
  });
  const send =
    (file: string): RequestHandler =>
    (request, response, next) => {
      request.url = `/${file}`;
      files(request, response, next);
    };
  const missing: RequestHandler = (request, response, next) => {
    response.vary('Accept');
    if (!wantsPage(request)) return next();
    // A part of it would be answered 206.
    delete request.headers.range;
    response.status(404);
    send(MISSING_PAGE)(request, response, next);
  };
  const refuseMalformed: RequestHandler = (request, response, next) => {
    if (!isMalformed(request.path)) return next();
    missing(request, response, () => next(new MeshliftError('BAD_REQUEST')));
  };
  const router = Router();
  router.use(refuseMalformed);
  for (const [path, file] of Object.entries(pages)) {
    router.route(path).get(send(file)).all(allowOnly('GET', 'HEAD'));
  }
  router.use(files, missing);
  return router;
}
