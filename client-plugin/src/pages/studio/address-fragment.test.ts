import { expect, it } from 'vitest';
import { inFragment, isPasswordWanted } from './address-fragment.ts';

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

it.each([
  ['#room=kitchen&password', true],
  ['#password&room=kitchen', true],
  ['#room=password', false],
  ['#room=kitchen', false],
  ['#room=kitchen&password=secret', false],
])('the link %s asks for a password: %s', (fragment, wanted) => {
  expect(isPasswordWanted(fragment)).toBe(wanted);
});
