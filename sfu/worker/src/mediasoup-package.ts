import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The installed npm package of mediasoup: where its files are, its version and its project's address. */
export interface MediasoupPackage {
  dir: string;
  version: string;
  /** The project's page, which has its releases below it. */
  homeUrl: string;
}

/** Finds the package as an import from here would. Throws when it is not installed. */
export function mediasoupPackage(): MediasoupPackage {
  // The package exports no package.json, so its entry shows the way: <dir>/node/lib/index.js.
  const entry = createRequire(import.meta.url).resolve('mediasoup');
  const dir = dirname(dirname(dirname(entry)));
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as {
    version: string;
    repository: { url: string };
  };
  return {
    dir,
    version: manifest.version,
    homeUrl: manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, ''),
  };
}
