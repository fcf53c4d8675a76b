import { expect, it } from 'vitest';
import { streamIdIn } from './stream-address.ts';

it.each([
  ['Rk7vQ2mXc9LtB4nWd8HsYz', 'Rk7vQ2mXc9LtB4nWd8HsYz'],
  ['  my-own_name ', 'my-own_name'],
  ['https://live.example/watch/Rk7vQ2mXc9', 'Rk7vQ2mXc9'],
  ['live.example:8080/watch/Rk7vQ2mXc9/?from=chat#now', 'Rk7vQ2mXc9'],
  ['https://live.example/embed/Rk7vQ2mXc9', 'Rk7vQ2mXc9'],
])('finds the stream ID in %s', (input, id) => {
  expect(streamIdIn(input)).toBe(id);
});

it.each(['', '   ', 'two words', 'https://live.example/', 'https://live.example/watch/', 'a'.repeat(65)])(
  'finds none in "%s"',
  (input) => {
    expect(streamIdIn(input)).toBeUndefined();
  },
);
