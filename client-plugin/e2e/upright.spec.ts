import type { Page } from '@playwright/test';
import { expect, test } from './support/whip-fixtures.ts';

const CVO = 'urn:3gpp:video-orientation';
const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** The header extensions that a page and the relay have agreed on for the video that it sends. */
const agreedExtensions = (page: Page) =>
  page.evaluate(() =>
    window.probe.connections
      .flatMap((connection) => connection.getSenders())
      .filter(({ track }) => track?.kind === 'video')
      .flatMap((sender) => sender.getParameters().headerExtensions.map(({ uri }) => uri)),
  );

// A sender that may mark its video as lying on its side does so, and not every viewer can read the mark.
test('browsers may not mark video as lying on its side: by WHIP', async ({ server, newPublisher }) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  await publisher.publish(stream, { codec: 'VP8' });
  const extensions = await agreedExtensions(publisher.page);
  expect(extensions).toContain(MID);
  expect(extensions).not.toContain(CVO);
});

test('browsers may not mark video as lying on its side: from the studio', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const extensions = await agreedExtensions(studio.page);
  expect(extensions).toContain(MID);
  expect(extensions).not.toContain(CVO);
});
