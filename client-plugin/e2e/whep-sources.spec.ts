import { TONES } from './support/member.ts';
import { UdpLine } from './support/udp-line.ts';
import { expect, test } from './support/whip-fixtures.ts';

test('what the studio publishes is played by WHEP, and goes on when the studio reloads', async ({
  server,
  studio,
  newViewer,
}) => {
  const link = await studio.goLive(server.url);
  const viewer = await newViewer();
  await viewer.play({ whepUrl: link.replace('/watch/', '/whep/') });
  await viewer.seesWidth(1280);
  await viewer.hears(440);
  await expect(studio.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  const { count = 0 } = await viewer.seesMotion();
  await studio.page.reload();
  expect(await studio.watchLink()).toBe(link);
  await viewer.seesCounterBelow(count);
  await viewer.stop();
  await expect(studio.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '0');
});

test('what somebody sends in a room is played by WHEP, from the first viewer on', async ({
  server,
  newMember,
  newViewer,
}) => {
  const ada = await newMember();
  await ada.join(server.url, { room: 'kitchen' });
  const { streamId } = await ada.publish(TONES.ada);
  expect(await server.metric('meshlift_relays')).toEqual([0]);
  const viewer = await newViewer();
  // The relay has nothing to send yet when it answers: sound and picture come when Ada has heard of the viewer.
  await viewer.play({ whepUrl: `${server.url}/whep/${streamId}` });
  await viewer.seesWidth(640);
  await viewer.hears(TONES.ada);
  await viewer.stop();
  await expect.poll(() => server.metric('meshlift_relays')).toEqual([0]);
});

test('a viewer on a narrow line gets a smaller picture, and the large one when the line is wide again', async ({
  server,
  newPublisher,
  newViewer,
}) => {
  test.setTimeout(180_000);
  const stream = await server.createStream();
  await (await newPublisher()).publish(stream, { codec: 'VP8', restless: true });
  const viewer = await newViewer();
  const line = await UdpLine.of(viewer.page);
  await viewer.play(stream);
  const width = async () => (await viewer.see()).width;
  await viewer.seesWidth(1280);

  line.setRate(600_000);
  await expect.poll(width, { timeout: 40_000 }).toBeLessThan(1280);
  await viewer.seesItGoOn();
  line.setRate(Number.POSITIVE_INFINITY);
  await expect.poll(width, { timeout: 60_000 }).toBe(1280);
  await viewer.seesItGoOn();
});
