import type { Wishes } from '../scenario.ts';

/** Such as "5 rounds of 10 s, 50, 100, 200 viewers". */
export function wishesText({ rounds, seconds, viewers }: Wishes): string {
  const long = seconds > 0 ? [' for', ' of'].map((word) => `${word} ${seconds} s`) : ['', ''];
  const often = rounds === 1 ? `once${long[0]}` : `${rounds} rounds${long[1]}`;
  return viewers ? `${often}, ${viewers.join(', ')} viewers` : often;
}
