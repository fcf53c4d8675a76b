import { writeFile } from 'node:fs/promises';
import type { TestInfo } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { HeardRoom } from './support/heard-room.ts';
import { type Plan, readPlan, report, writeDocument } from './support/measurement.ts';
import type { Member } from './support/member.ts';
import { type Deed, oneLine, type Series } from './support/switch-figures.ts';

const plan = readPlan(process.env);

/** Each switch with the way it takes, and what is done where nothing is switched afterwards. */
const WAYS = [
  { mode: 'sfu', moved: 'mesh to relay', stayed: 'none, on the relay' },
  { mode: 'mesh', moved: 'relay to mesh', stayed: 'none, on the mesh' },
] as const;

/** Nothing is switched in one of so many rounds as well, for comparison. */
const COMPARE_EVERY = 4;

test('what is seen and heard of a room that moves to the relay and back', async ({
  server,
  newMember,
  browser,
}, testInfo) => {
  test.setTimeout(60_000 + plan.people.length * plan.switches * 40_000);
  const all: Series[] = [];
  for (const people of plan.people) {
    const members: Member[] = [];
    while (members.length < people) members.push(await newMember());
    const room = await HeardRoom.gather(server.url, `kitchen for ${people}`, plan.picture, members);
    const series = await measure(room, people, plan);
    await room.close();
    await keep(testInfo, people, series);
    for (const { witnessed } of series) {
      for (const { picturesMs, sounds } of witnessed) {
        expect(picturesMs).toHaveLength(people * (people - 1));
        expect(sounds.filter(({ present }) => present)).toHaveLength(people * (people - 1));
      }
    }
    all.push(...series);
  }
  const figures = await report(plan, browser.version(), all);
  console.log(`\n${figures}\n`);
  if (plan.written) await writeDocument(figures);
});

async function measure(room: HeardRoom, people: number, { switches, written }: Plan): Promise<Series[]> {
  const series = new Map<Deed, Series>();
  const of = (deed: Deed) => {
    const found = series.get(deed) ?? { people, deed, failed: 0, witnessed: [] };
    series.set(deed, found);
    return found;
  };
  for (const { moved } of WAYS) of(moved);
  for (let round = 0; round < switches; round += 1) {
    for (const { mode, moved, stayed } of WAYS) {
      const label = `${people} people, ${round + 1} of ${switches}`;
      try {
        const witnessed = await room.switchTo(mode);
        of(moved).witnessed.push(witnessed);
        console.log(`    ${label}, ${moved}: ${oneLine(witnessed)}`);
      } catch (thrown) {
        // In a long measurement a switch that comes to nothing is a result as well.
        if (!written) throw thrown;
        of(moved).failed += 1;
        console.log(`    ${label}, ${moved}: ${String(thrown)}`);
      }
      await room.meet();
      if (round % COMPARE_EVERY !== 0) continue;
      const calm = await room.stay();
      of(stayed).witnessed.push(calm);
      console.log(`    ${label}, ${stayed}: ${oneLine(calm)}`);
    }
  }
  return [...series.values()];
}

/** Every single value and what was made of each step of the sound, for whoever wants to look. */
async function keep(testInfo: TestInfo, people: number, series: Series[]): Promise<void> {
  const path = testInfo.outputPath(`switches-of-${people}.json`);
  await writeFile(path, JSON.stringify(series));
  await testInfo.attach(`switches of ${people}`, { path, contentType: 'application/json' });
}
