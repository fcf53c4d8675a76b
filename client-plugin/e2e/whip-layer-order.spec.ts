import { test } from './support/whip-fixtures.ts';

/** Names that say nothing, from the smallest picture to the largest: by their order alone `one` would be the largest. */
const NAMES = ['one', 'two', 'three'];

for (const codec of ['VP8', 'H264'] as const) {
  test(`layers of ${codec} that are named in no known order are put in order by their size`, async ({
    server,
    newPublisher,
    newViewer,
    watch,
  }) => {
    const stream = await server.createStream();
    const layers = NAMES.map((rid, index) => ({
      rid,
      scaleResolutionDownBy: 2 ** (NAMES.length - 1 - index),
      maxBitrate: 100_000 * 3 ** index,
    }));
    await (await newPublisher()).publish(stream, { codec, layers });
    const viewer = await newViewer();
    await viewer.play(stream);
    await viewer.seesWidth(1280);
    await viewer.selectLayer('0');
    await viewer.seesWidth(320);
    await viewer.selectLayer(null);
    await viewer.seesWidth(1280);

    // A page that has been there all the time and one that comes later see the same.
    const page = await watch(stream.watchUrl);
    await page.seesMotion();
    await page.seesWidth(1280);
  });
}
