import { expect, it } from 'vitest';
import { isGuessable, suggestRoomName } from './room-name.ts';

it('suggests names that can be read out, that nobody guesses, and that are never the same', () => {
  const names = Array.from({ length: 50 }, suggestRoomName);
  for (const name of names) {
    expect(name).toMatch(/^([bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz](-\w{5}){2}$/);
    expect(isGuessable(name)).toBe(false);
  }
  expect(new Set(names).size).toBe(names.length);
});

it.each(['standup', 'a', '', 'kitchen-1', 'Donaudampfschiff', '   padded    '])(
  'calls "%s" guessable',
  (name) => {
    expect(isGuessable(name)).toBe(true);
  },
);

it.each(['kitchen of the blue house', 'k8-92-xv-031-q'])('does not call "%s" guessable', (name) => {
  expect(isGuessable(name)).toBe(false);
});
