import { expect, it } from 'vitest';
import { passwordIn } from './password-in-address.ts';

it.each([
  ['#password=secret', 'secret'],
  ['#password=correct%20horse%2Bbattery', 'correct horse+battery'],
  ['#a=b&password=1+1=2', '1+1=2'],
  ['#password=%E4%BD%A0', '你'],
  ['#password=100%', '100%'],
])('finds the password in %s', (fragment, password) => {
  expect(passwordIn(fragment)).toBe(password);
});

it.each(['', '#', '#password=', '#password', '#nopassword=x'])('finds none in "%s"', (fragment) => {
  expect(passwordIn(fragment)).toBeUndefined();
});
