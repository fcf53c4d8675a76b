import { expect, test } from './support/fixtures.ts';

test('layers that nobody watches are not encoded, and come back when somebody does', async ({
  server,
  studio,
  watch,
}) => {
  const link = await studio.goLive(server.url);
  const grown = async () => {
    const before = await studio.framesEncoded();
    await studio.drawsFrames(15);
    const after = await studio.framesEncoded();
    return after.map((frames, layer) => frames > (before[layer] ?? 0));
  };
  await expect.poll(grown, { message: 'nobody watches' }).toEqual([false, false, false]);

  const viewer = await watch(link);
  await viewer.seesWidth(1280);
  expect(await grown()).toEqual([true, true, true]);

  await viewer.page.getByTestId('quality-menu').selectOption('0');
  await expect.poll(grown, { message: 'somebody watches the lowest layer' }).toEqual([true, false, false]);
  const setPaused = (paused: boolean) =>
    studio.page.evaluate((paused) => window.meshlift.publication.setPaused('video', paused), paused);
  await setPaused(true);
  await expect.poll(grown, { message: 'the picture is hidden' }).toEqual([false, false, false]);
  await setPaused(false);
  await expect.poll(grown, { message: 'and shown again' }).toEqual([true, false, false]);

  await viewer.page.getByTestId('quality-menu').selectOption('auto');
  await expect.poll(grown, { message: 'somebody watches everything' }).toEqual([true, true, true]);

  await viewer.page.close();
  await expect.poll(grown, { message: 'nobody watches any more' }).toEqual([false, false, false]);
});

test('a muted publisher is silent for its viewers, and heard again', async ({ server, studio, watch }) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  await viewer.hears(440);
  await studio.page.evaluate(() => window.meshlift.publication.setPaused('audio', true));
  await expect.poll(() => viewer.toneLevel(440)).toBeLessThan(3);
  await studio.page.evaluate(() => window.meshlift.publication.setPaused('audio', false));
  await viewer.hears(440);
});

test('a publisher that hides its picture is heard, and seen again when it shows it', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  await studio.page.evaluate(() => window.meshlift.publication.setPaused('video', true));
  await expect(viewer.page.getByText('The camera is off.')).toBeVisible();
  await viewer.hears(440);
  await studio.page.evaluate(() => window.meshlift.publication.setPaused('video', false));
  await expect(viewer.page.getByText('The camera is off.')).toBeHidden();
  await viewer.seesMotion();
});
