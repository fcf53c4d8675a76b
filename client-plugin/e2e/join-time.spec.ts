import { expect, test } from './support/fixtures.ts';

const JOINS = 9;

const median = (numbers: number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

test('prints how long it takes to join and to start; how fast that is, is not for a test to judge', async ({
  server,
  studio,
  newPage,
}) => {
  const link = await studio.goLive(server.url);
  const joins: number[] = [];
  for (let join = 0; join < JOINS; join += 1) {
    // A context of its own: nothing is cached from the join before.
    const page = await newPage();
    await page.goto(link);
    const mark = () =>
      page.evaluate(() => performance.getEntriesByName('meshlift:first-frame')[0]?.startTime ?? 0);
    await expect.poll(mark, { intervals: [50] }).toBeGreaterThan(0);
    joins.push(await mark());
    await page.context().close();
  }
  const all = joins.map((ms) => Math.round(ms)).join(', ');
  console.log(
    `    join time, navigation to first decoded frame: median ${Math.round(median(joins))} ms (of ${all})`,
  );
  console.log(`    boot time of an installed server: ${server.readyAfterSeconds.toFixed(1)} s`);
  expect(joins).toHaveLength(JOINS);
});
