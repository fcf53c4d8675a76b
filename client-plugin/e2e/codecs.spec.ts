import { expect, test, Viewer } from './support/fixtures.ts';

/** Publishes what the studio shows, from the page that shows it, in a codec of choice. */
for (const codec of ['VP8', 'H264', 'VP9', 'AV1'] as const) {
  test(`${codec} reaches the viewer, in every size it is sent in`, async ({ server, studio, newPage }) => {
    await studio.page.goto(`${server.url}/studio?source=test`);
    const link = await studio.page.evaluate(async (codec) => {
      const preview = document.createElement('canvas');
      Object.assign(preview, { width: 1280, height: 720 });
      const context = preview.getContext('2d');
      if (!context) throw new Error('no canvas');
      let count = 0;
      setInterval(() => window.probe.draw(context, count++), 1_000 / 20);
      const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
      window.meshlift = await publish({ stream: preview.captureStream(), codec }).then(
        (publication: never) => ({ publication }),
      );
      return window.meshlift.publication.watchUrl;
    }, codec);
    const viewer = new Viewer(await newPage());
    await viewer.page.goto(link);
    await viewer.seesWidth(1280);
    const received = () =>
      viewer.page.evaluate(async () => {
        for (const connection of window.probe.connections) {
          const stats = [...(await connection.getStats()).values()];
          const video = stats.find(
            ({ type, kind, framesDecoded }) =>
              type === 'inbound-rtp' && kind === 'video' && framesDecoded > 0,
          );
          if (video) return stats.find(({ id }) => id === video.codecId)?.mimeType;
        }
        return undefined;
      });
    expect(await received()).toBe(`video/${codec}`);
    if (codec === 'AV1') return;
    await viewer.page.getByTestId('quality-menu').selectOption('0');
    await viewer.seesWidth(320);
    await viewer.page.getByTestId('quality-menu').selectOption('auto');
    await viewer.seesWidth(1280);
  });
}
