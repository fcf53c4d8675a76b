import type { Wishes } from '../scenario.ts';

/** Such as "5 rounds of 10 s, 50, 100, 200 viewers". */
export function wishesText({ rounds, seconds, viewers }: Wishes): string {
  const often = rounds === 1 ? `once for ${seconds} s` : `${rounds} rounds of ${seconds} s`;
  return viewers ? `${often}, ${viewers.join(', ')} viewers` : often;
}
