import { expect, test } from './support/whip-fixtures.ts';

for (const client of ['plain', 'whip-whep'] as const) {
  test(`sound alone is published by ${client} WHIP, and heard by who asks for a picture too`, async ({
    server,
    newPublisher,
    newViewer,
  }) => {
    const stream = await server.createStream();
    await (await newPublisher(client)).publish(stream, { kinds: ['audio'] });
    for (const kinds of [['audio'], ['audio', 'video']] as const) {
      const viewer = await newViewer(client);
      await viewer.play(stream, { kinds });
      await viewer.hears(660);
    }
  });

  test(`a picture alone is published by ${client} WHIP, and seen by who asks for sound too`, async ({
    server,
    newPublisher,
    newViewer,
  }) => {
    const stream = await server.createStream();
    await (await newPublisher(client)).publish(stream, { kinds: ['video'] });
    for (const kinds of [['video'], ['audio', 'video']] as const) {
      const viewer = await newViewer(client);
      await viewer.play(stream, { kinds });
      await viewer.seesWidth(1280);
      await viewer.stop();
    }
  });

  test(`of sound and picture by ${client} WHIP, a viewer takes what it asks for`, async ({
    server,
    newPublisher,
    newViewer,
  }) => {
    const stream = await server.createStream();
    await (await newPublisher(client)).publish(stream);
    const listener = await newViewer(client);
    await listener.play(stream, { kinds: ['audio'] });
    await listener.hears(660);
    const onlooker = await newViewer(client);
    await onlooker.play(stream, { kinds: ['video'] });
    await onlooker.seesWidth(1280);
  });
}

test('layers are told apart by their size, in whatever order they are offered', async ({
  server,
  newPublisher,
  newViewer,
  watch,
}) => {
  const stream = await server.createStream();
  const layers = [
    { rid: 'h', scaleResolutionDownBy: 1 },
    { rid: 'm', scaleResolutionDownBy: 2 },
    { rid: 'l', scaleResolutionDownBy: 4 },
  ];
  await (await newPublisher()).publish(stream, { codec: 'VP8', layers });
  const viewer = await newViewer();
  await viewer.play(stream);
  await viewer.seesWidth(1280);
  for (const [layer, width] of [
    ['1', 640],
    ['0', 320],
    ['2', 1280],
  ] as const) {
    await viewer.selectLayer(layer);
    await viewer.seesWidth(width);
  }
  const page = await watch(stream.watchUrl);
  await page.seesWidth(1280);
  await page.page.getByTestId('quality-menu').selectOption('0');
  await page.seesWidth(320);
});

for (const codec of ['VP9', 'AV1']) {
  test(`${codec} in several layers is refused by its name, unless another codec is offered with it`, async ({
    server,
    newPublisher,
    newViewer,
  }) => {
    const stream = await server.createStream();
    const publisher = await newPublisher();
    await expect(publisher.publish(stream, { codec })).rejects.toThrow(
      new RegExp(`status 406.*${codec}.* is served in one layer alone; 3 were offered`),
    );
    await publisher.publish(stream, { codec: [codec, 'VP8'] });
    const viewer = await newViewer();
    await viewer.play(stream);
    await viewer.seesWidth(1280);
    expect(await viewer.codec()).toBe('video/VP8');
    await viewer.selectLayer('0');
    await viewer.seesWidth(320);
  });
}
