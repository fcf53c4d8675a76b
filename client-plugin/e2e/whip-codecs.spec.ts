import { UdpLine } from './support/udp-line.ts';
import { layersFor } from './support/whip.ts';
import { expect, test } from './support/whip-fixtures.ts';

/** By `RTCPeerConnection` and `fetch` alone, and by a library that is not ours. */
const clients = ['plain', 'whip-whep'] as const;
const codecs = ['VP8', 'VP9', 'H264', 'AV1'] as const;

for (const client of clients) {
  for (const codec of codecs) {
    const layers = layersFor(codec);

    test(`${codec} published by ${client} WHIP is watched by the plugin and by ${client} WHEP, in every size`, async ({
      server,
      newPublisher,
      newViewer,
      watch,
    }) => {
      const stream = await server.createStream();
      const publisher = await newPublisher(client);
      const trickled = publisher.trickled();
      await publisher.publish(stream, { codec, layers });
      expect(await trickled).toBe(204);

      const page = await watch(stream.watchUrl);
      await page.seesWidth(1280);
      await page.hears(660);
      await page.page.close();

      const viewer = await newViewer(client);
      const viewerTrickled = viewer.trickled();
      await viewer.play(stream);
      // The library's viewer forgets the ETag that it was given, and names none when it tells of its candidates: the
      // draft has that refused. Nothing is lost, since the server finds its viewers without being told.
      expect(await viewerTrickled).toBe(client === 'plain' ? 204 : 428);
      await viewer.seesWidth(1280);
      await viewer.hears(660);
      expect(await viewer.codec()).toBe(`video/${codec}`);
      if (layers) {
        await viewer.selectLayer('0');
        await viewer.seesWidth(320);
        await viewer.selectLayer(null);
        await viewer.seesWidth(1280);
      }
      await expect.poll(() => server.metric('meshlift_viewers')).toEqual([1]);
      await viewer.stop();
      await expect.poll(() => server.metric('meshlift_viewers')).toEqual([0]);
      await publisher.stop();
      await expect.poll(() => server.metric('meshlift_sessions')).toEqual([0, 0]);
    });

    test(`${codec} by ${client}: media goes on by another path after an ICE restart at either end`, async ({
      server,
      newPublisher,
      newViewer,
    }) => {
      const stream = await server.createStream();
      const publisher = await newPublisher(client);
      const viewer = await newViewer(client);
      // These also leave each page one candidate alone. The library needs that for its restart: of several it makes a
      // description that no browser takes, with commas between them.
      const lines = [await UdpLine.of(publisher.page), await UdpLine.of(viewer.page)];
      await publisher.publish(stream, { codec, layers });
      await viewer.play(stream);
      await viewer.seesMotion();
      for (const [index, end] of [publisher, viewer].entries()) {
        const before = await end.path();
        lines[index]?.break();
        await end.restart();
        await expect.poll(async () => (await end.path())?.remotePort).not.toBe(before?.remotePort);
        await viewer.seesItGoOn();
        const after = await end.path();
        expect(after?.localUsernameFragment).not.toBe(before?.localUsernameFragment);
      }
    });

    test(`${codec} by ${client}: viewers go on over the connection they have when the publisher comes back`, async ({
      server,
      newPublisher,
      newViewer,
    }) => {
      const stream = await server.createStream();
      const publisher = await newPublisher(client);
      await publisher.publish(stream, { codec, layers });
      const viewer = await newViewer(client);
      await viewer.play(stream);
      await viewer.seesWidth(1280);
      const next = codecs[(codecs.indexOf(codec) + 1) % codecs.length] ?? codec;
      // The same codec again, and then another one.
      for (const again of [codec, next]) {
        await publisher.stop();
        await publisher.publish(stream, { codec: again, layers: layersFor(again) });
        await viewer.seesWidth(1280);
        await expect.poll(() => viewer.codec()).toBe(`video/${again}`);
      }
      expect(await viewer.page.evaluate(() => window.probe.negotiations())).toBe(1);
    });
  }
}
