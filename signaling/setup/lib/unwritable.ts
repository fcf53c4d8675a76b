import { SetupError } from './setup-error.ts';

const WHY: Partial<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of that path is no folder',
  ENOSPC: 'the disk is full',
  EDQUOT: "this user's share of the disk is used up",
};

/** What to tell a person when a file or folder cannot be written; other errors are returned as they are. */
export function inWordsIfUnwritable(
  error: unknown,
  { root, cache }: { root: string; cache: string },
): unknown {
  const { code = '', path } = error as NodeJS.ErrnoException;
  const why = WHY[code];
  if (!(error instanceof Error) || why === undefined || path === undefined) return error;
  const fix = path.startsWith(root)
    ? 'Make the checkout writable for the user who runs this, or run it as the user it belongs to.'
    : `Set MESHLIFT_CACHE_DIR to a folder that can be written; now it is ${cache}.`;
  return new SetupError(`${path} cannot be written: ${why}`, fix);
}
