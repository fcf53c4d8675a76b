import { expect, it } from 'vitest';
import { chooseRunners } from './runners.ts';

const names = (...kinds: string[]) => chooseRunners(kinds)?.map(({ name }) => name);
const unasked = ['biome', 'tsc', 'knip', 'depcruise', 'size-limit', 'vitest', 'playwright'];

it('starts no engine unasked', () => {
  expect(names()).toEqual(unasked);
});

it('runs what is named, in an order of its own', () => {
  expect(names('docker')).toEqual(['docker']);
  expect(names('docker', 'unit')).toEqual(['vitest', 'docker']);
});

it('runs everything where all is named', () => {
  expect(names('all')).toEqual([...unasked, 'docker']);
  expect(names('unit', 'all')).toEqual(names('all'));
});

it('knows what it does not know', () => {
  expect(names('unit', 'dcoker')).toBeUndefined();
});
