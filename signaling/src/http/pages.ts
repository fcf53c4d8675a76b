import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';
import sirv from 'sirv';
import { allowOnly } from './errors.ts';

/** Where the build of `client-plugin` leaves the pages and the plugin. */
const DIST = fileURLToPath(new URL('../../../client-plugin/dist', import.meta.url));

/** Each page's path and its file. */
const pages = { '/': 'home.html', '/studio': 'studio.html', '/watch/:streamId': 'watch.html' };

/** Serves the pages and the plugin, compressed at build time. */
export function servePages(): Router {
  if (!existsSync(join(DIST, 'watch.html'))) {
    throw new Error('The pages have not been built. Run `npm start`, which does it, or `npm run build`.');
  }
  const files = sirv(DIST, {
    brotli: true,
    gzip: true,
    etag: true,
    setHeaders: (response, path) => {
      // Names under /assets carry a hash of what they hold; everything else must be asked for again.
      const forever = path.startsWith('/assets/');
      response.setHeader('Cache-Control', forever ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  const router = Router();
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
