import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MeshliftError } from '@meshlift/protocol';
import { type RequestHandler, Router } from 'express';
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

/** An address with a broken escape names nothing, and must not reach code that would try to decode it. */
const refuseMalformed: RequestHandler = (request, _response, next) => {
  try {
    decodeURIComponent(request.path);
  } catch {
    throw new MeshliftError('BAD_REQUEST');
  }
  next();
};

/** Serves the pages and the plugin, compressed at build time. */
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
  const router = Router();
  router.use(refuseMalformed);
  for (const [path, file] of Object.entries(pages)) {
    const servePage: RequestHandler = (request, response, next) => {
      request.url = `/${file}`;
      files(request, response, next);
    };
    router.route(path).get(servePage).all(allowOnly('GET', 'HEAD'));
  }
  router.use(files);
  return router;
}
