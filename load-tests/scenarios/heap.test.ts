import { expect, test } from 'vitest';
import { testBench } from '../lib/testing/test-bench.ts';
import { heap } from './heap.ts';

/** An edge that is held on to is 18 KB for each of so few viewers. What else grows is noise, more of it than with 1,000. */
const MOST_BYTES = 8_192;

test('viewers that came and went leave nothing behind while the stream goes on', {
  timeout: 240_000,
}, async () => {
  const { bench } = testBench({ rounds: 1, seconds: 0, viewers: [150] });
  const { figures } = await heap.run(bench);
  expect(figures.map(({ id }) => id)).toEqual(['heap.plugin-origin', 'heap.whep']);
  for (const { title, median } of figures) expect(median, title).toBeLessThan(MOST_BYTES);
});
