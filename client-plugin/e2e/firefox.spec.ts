import type { SwitchReport } from '../src/index.ts';
import { missingFirefox, firefoxTest as test } from './support/firefox.ts';
import { expect } from './support/fixtures.ts';
import { type DrivenPage, type Member, TONES } from './support/member.ts';

test.skip(missingFirefox !== undefined, `this needs ${missingFirefox}`);

const room = 'kitchen';

/** So often the pixels of each picture change before a phase counts as seen: a second and a half of a moving picture. */
const CHANGES = 30;

test('Firefox and Chromium meet, lift their room and lower it, and each sees the other move throughout', async ({
  server,
  newMember,
  newFirefoxMember,
  firefox,
}) => {
  test.setTimeout(120_000);
  const ada: Member<DrivenPage> = await newMember();
  const fox = await newFirefoxMember();
  await ada.join(server.url, { room, name: 'ada' });
  await fox.join(server.url, { room, name: 'fox' });
  await ada.publish(TONES.ada);
  await fox.publish(TONES.bob);
  const ways = [
    { name: 'Chromium sees Firefox', viewer: ada, other: await fox.id() },
    { name: 'Firefox sees Chromium', viewer: fox, other: await ada.id() },
  ];
  for (const { viewer } of ways) await viewer.watchPixels();
  const goOn = async (phase: string) => {
    for (const { name, viewer, other } of ways) {
      await viewer.seesChanges(other, CHANGES);
      console.log(`    ${phase}: ${name} move`);
    }
  };
  console.log(`    ${await firefox.version()}`);
  await goOn('direct');
  for (const round of [1, 2]) {
    for (const mode of ['sfu', 'mesh'] as const) {
      const moved = fox.nextReport();
      const report: SwitchReport = await ada.switchTo(mode);
      for (const { streams } of [report, await moved]) {
        expect(streams.filter(({ kind }) => kind === 'video')).toHaveLength(1);
        console.log(`    ${mode}: ${streams.map(({ kind, gapMs }) => `${kind} ${Math.round(gapMs)} ms`)}`);
      }
      await goOn(`${round}, ${mode === 'sfu' ? 'lifted' : 'lowered'}`);
    }
  }
});

test('Firefox watches what Chromium publishes, and Chromium what Firefox does', async ({
  server,
  studio,
  watch,
  newFirefoxPage,
}) => {
  const viewer = await newFirefoxPage();
  await viewer.goto(await studio.goLive(server.url));
  await viewer.seesChanges(CHANGES);

  const publisher = await newFirefoxPage();
  await publisher.goto(`${server.url}/studio?source=test`);
  await publisher.press('go-live');
  const watcher = await watch(await publisher.text('watch-link'));
  await watcher.seesMotion();
});
