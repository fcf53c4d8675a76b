import { stripVTControlCharacters } from 'node:util';

/** What failed and why, in one line: the first one of each part that there is, without colours. */
export function failureLine(...parts: unknown[]): string {
  return parts
    .filter((part) => typeof part === 'string' && part !== '')
    .map((part) => stripVTControlCharacters(String(part)).trim().split('\n', 1)[0])
    .join(' › ');
}
