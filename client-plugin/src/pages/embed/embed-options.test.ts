import { expect, it } from 'vitest';
import { readEmbedOptions } from './embed-options.ts';

it('is silent and bare unless the address says otherwise', () => {
  expect(readEmbedOptions('')).toEqual({
    muted: true,
    controls: false,
    quality: 'auto',
    fit: null,
    parent: undefined,
  });
});

it.each([
  ['?muted', true, false],
  ['?muted=1', true, false],
  ['?muted=0', false, false],
  ['?muted=false', false, false],
  ['?muted=OFF', false, false],
  ['?controls', true, true],
  ['?controls=1&muted=no', false, true],
  ['?controls=0', true, false],
])('reads switches as people write them: %s', (search, muted, controls) => {
  expect(readEmbedOptions(search)).toMatchObject({ muted, controls });
});

it('reads quality and fit', () => {
  expect(readEmbedOptions('?quality=low&fit=cover')).toMatchObject({ quality: 'low', fit: 'cover' });
  expect(readEmbedOptions('?quality=1')).toMatchObject({ quality: 1 });
});

it.each([
  ['https://a.example', 'https://a.example'],
  ['https://a.example/page?x', 'https://a.example'],
  ['http://localhost:8100/', 'http://localhost:8100'],
  ['nonsense', ''],
  ['', ''],
  ['data:text/html,x', 'null'],
])('takes the origin of the page that is declared as parent (%s)', (parent, origin) => {
  expect(readEmbedOptions(`?parent=${encodeURIComponent(parent)}`).parent).toBe(origin);
});
