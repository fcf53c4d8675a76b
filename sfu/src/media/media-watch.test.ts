import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MediaWatch, type Passage } from './media-watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A watch whose looks find these, one after another, and then the last of them. */
async function watch(
  found: readonly Passage[],
  { mostMissing, looks }: { mostMissing?: number; looks: number },
) {
  const reports: boolean[] = [];
  let taken = 0;
  const look = async () => found[Math.min(taken++, found.length - 1)] ?? 'none expected';
  const watch = new MediaWatch(look, (missing) => reports.push(missing), mostMissing);
  watch.start();
  watch.start();
  await vi.advanceTimersByTimeAsync(looks * 4_000);
  watch.close();
  return { reports, taken };
}

describe('MediaWatch', () => {
  it('reports media that has been missing four times in a row, once, and that it passes', async () => {
    const missing = Array.from({ length: 6 }, () => 'missing' as const);
    expect(await watch([...missing, 'passes'], { looks: 10 })).toEqual({ reports: [true, false], taken: 7 });
  });

  it('looks no more once media has passed', async () => {
    expect(await watch(['missing', 'passes'], { looks: 10 })).toEqual({ reports: [], taken: 2 });
  });

  it('reports nothing where none is expected now and then', async () => {
    const { reports } = await watch(
      ['missing', 'missing', 'missing', 'none expected', 'missing', 'none expected'],
      {
        looks: 10,
      },
    );
    expect(reports).toEqual([]);
  });

  it('takes the report back when none is expected any more', async () => {
    const missing = Array.from({ length: 4 }, () => 'missing' as const);
    expect((await watch([...missing, 'none expected'], { looks: 6 })).reports).toEqual([true, false]);
  });

  it('gives up where it is told to', async () => {
    expect(await watch(['missing'], { looks: 10, mostMissing: 6 })).toEqual({ reports: [true], taken: 6 });
  });
});
