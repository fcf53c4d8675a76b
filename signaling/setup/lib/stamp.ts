import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The files below a folder, without the subfolders and files that `skip` names; empty where there is no folder. */
export function filesBelow(dir: string, skip: (name: string) => boolean): string[] {
  let entries: ReturnType<typeof readEntries>;
  try {
    entries = readEntries(dir);
  } catch {
    return [];
  }
  return entries.flatMap((entry) => {
    const path = join(dir, entry.name);
    if (skip(entry.name)) return [];
    if (entry.isDirectory()) return filesBelow(path, skip);
    return entry.isFile() ? [path] : [];
  });
}

function readEntries(dir: string) {
  return readdirSync(dir, { withFileTypes: true });
}

/** A hash of the files' names, relative to the root, and contents. Their order makes no difference. */
export function hashFiles(root: string, files: string[]): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether the stamp says that this was the last thing done. */
export function isStamped(stamp: string, hash: string): boolean {
  try {
    return readFileSync(stamp, 'utf8') === hash;
  } catch {
    return false;
  }
}

/** Writes a stamp. Comes last, after what it vouches for. */
export function writeStamp(stamp: string, hash: string): void {
  mkdirSync(dirname(stamp), { recursive: true });
  const part = `${stamp}.${process.pid}`;
  writeFileSync(part, hash);
  renameSync(part, stamp);
}

export function removeStamp(stamp: string): void {
  rmSync(stamp, { force: true });
}
