import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** The folder that knows how to build a worker from the distribution's libraries. */
export const recipeDir = join(import.meta.dirname, '..', 'recipe');

/** A short hash of every file's name and content in a folder: it changes whenever a build could. */
export function folderHash(dir: string): string {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(dir, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 12);
}
