import { expect, it } from 'vitest';
import { inFragment } from './address-fragment.ts';

it.each([
  ['#password=secret', 'secret'],
  ['#password=correct%20horse%2Bbattery', 'correct horse+battery'],
  ['#a=b&password=1+1=2', '1+1=2'],
  ['#password=%E4%BD%A0', '你'],
  ['#password=100%', '100%'],
  ['#room=kitchen&password=secret', 'secret'],
])('finds the password in %s', (fragment, password) => {
  expect(inFragment(fragment, 'password')).toBe(password);
});

it.each(['', '#', '#password=', '#password', '#nopassword=x'])('finds none in "%s"', (fragment) => {
  expect(inFragment(fragment, 'password')).toBeUndefined();
});
