import { expect, test } from './support/fixtures.ts';
import { TONES } from './support/member.ts';
test('zz', async ({ server, newMember }) => {
  const [ada, bob] = [await newMember(), await newMember()];
  for (const m of [ada, bob]) m.page.on('console', (x) => console.log(x.text()));
  await ada.join(server.url, { room: 'k' });
  await bob.join(server.url, { room: 'k' });
  await ada.publish(TONES.ada);
  await bob.publish(TONES.bob);
  await bob.sees(await ada.id());
  await ada.sees(await bob.id());
  for (let i = 0; i < 3; i += 1) {
    for (const mode of ['sfu', 'mesh'] as const) {
      const t = Date.now();
      const r = await ada.page.evaluate(async (mode) => {
        const { room } = window.mesh;
        room.on('switchstuck', (s) => console.log('stuck', JSON.stringify(s)));
        return room.setMode(mode).then((r) => JSON.stringify(r), (e) => JSON.stringify({ e: String(e), c: e.cause }));
      }, mode);
      console.log(mode, Date.now() - t, r, await ada.id(), await bob.id());
    }
  }
  expect(1).toBe(1);
});
