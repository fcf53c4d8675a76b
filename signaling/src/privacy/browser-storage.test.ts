import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { storedKeys } from './browser-storage.ts';

const CLIENT = fileURLToPath(new URL('../../../client-plugin/src', import.meta.url));

const sources = readdirSync(CLIENT, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
  .map((path) => ({ path, text: readFileSync(join(CLIENT, path), 'utf8') }));

/** Each key the pages' sources name, as the list writes it. */
function keysInSources(): string[] {
  return sources.flatMap(({ path, text }) => {
    const uses = [...text.matchAll(/new Remembered(?:<[^>]*>)?\(/g)];
    const named = [...text.matchAll(/new Remembered(?:<[^>]*>)?\(\s*'(tab|browser)',\s*(['`])([^'`]+)\2/g)];
    expect(named.length, `${path} names its keys where it makes them`).toBe(uses.length);
    return named.map(([, kind, , key = '']) => `${kind} meshlift:${key.replace(/\$\{(\w+)\}/g, '<$1>')}`);
  });
}

it('V11: the list names each key that the pages store, and no other', () => {
  const listed = storedKeys.map(({ kind, key }) => `${kind} ${key}`);
  expect(listed.toSorted()).toEqual(keysInSources().toSorted());
});

it('V11: nothing is stored in any other way', () => {
  const storage =
    /\b(?:localStorage|sessionStorage|indexedDB|cookieStore|document\.cookie|caches\.|serviceWorker)/;
  expect(sources.filter(({ text }) => storage.test(text)).map(({ path }) => path)).toEqual([
    join('pages', 'shared', 'storage.ts'),
  ]);
});
