import { EncoderCard } from './support/encoder-card.ts';
import { Studio } from './support/fixtures.ts';
import { expect, test } from './support/whip-fixtures.ts';

test('an encoder is set up by the card, which says what arrives of it and what to mend', async ({
  server,
  studio,
  watch,
  newPublisher,
}) => {
  const { page } = studio;
  await page.goto(`${server.url}/studio`);
  const card = new EncoderCard(page);
  await card.choose();
  await expect(card.state).toHaveText('Waiting for the encoder');
  await expect(card.card.getByTestId('mode-label')).toContainText('the server can see and hear this');
  await expect(card.card.getByTestId('whip-token')).toHaveText(/^•+$/);
  await expect(card.card.getByTestId('ffmpeg-command')).toContainText('-f whip');
  const access = await card.access();
  await expect(card.card.getByTestId('gstreamer-command')).not.toContainText(access.publishKey);

  const publisher = await newPublisher();
  await publisher.publish(access, { layers: undefined, codec: 'H264' });
  await expect(card.state).toHaveText('Live');
  await expect(card.arrival('video')).toContainText('H.264');
  // Where the machine or the way is slow, Chromium sends a smaller picture than it was given.
  await expect(card.arrival('video')).toContainText(/\d{3,4} × \d{3} · 1 size/);
  await expect(card.arrival('audio')).toContainText('Opus');
  const finding = card.card.locator('[data-testid="finding"][data-code="ONE_LAYER"]');
  await expect(finding).toContainText('The picture comes in one size');
  await expect(finding).toContainText('Total Layers');

  const viewer = await watch(await studio.watchLink());
  await viewer.seesMotion();
  await expect(card.card.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');

  // A preview is asked for, and counts as a viewer.
  await page.getByTestId('show-preview').click();
  const preview = page.getByTestId('encoder-preview');
  await expect
    .poll(async () => (await preview.evaluate((video) => window.probe.see(video as HTMLVideoElement))).count)
    .toBeGreaterThan(0);
  await expect(card.card.getByTestId('viewer-count')).toHaveAttribute('data-count', '2');
  await page.getByTestId('hide-preview').click();
  await expect(card.card.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');

  await publisher.stop();
  await expect(card.state).toHaveText('The encoder has stopped');
  await publisher.publish(access);
  await expect(card.state).toHaveText('Live');
  await expect(card.arrival('video')).toContainText('3 sizes');
  await expect.poll(() => card.findings()).toEqual([]);
  await viewer.seesMotion();

  await page.getByTestId('end-encoder').click();
  await page.getByTestId('confirm-end').click();
  await expect(card.card).toHaveCount(0);
  // The one who watched, and the preview.
  await expect(page.getByTestId('summary')).toHaveAttribute('data-most-viewers', '2');
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('a new link drops viewers while the encoder goes on; a reload shows the same card again', async ({
  server,
  studio,
  watch,
  newPublisher,
}) => {
  const { page } = studio;
  await page.goto(`${server.url}/studio`);
  const card = new EncoderCard(page);
  await card.choose();
  const access = await card.access();
  const thief = await newPublisher();
  await expect(thief.publish({ ...access, publishKey: 'x'.repeat(43) })).rejects.toThrow(/status 401/);
  await expect(card.state).toHaveText('Waiting for the encoder');
  await (await newPublisher()).publish(access);
  await expect(card.state).toHaveText('Live');
  const link = await studio.watchLink();
  const viewer = await watch(link);
  await viewer.seesMotion();
  await expect(thief.publish({ ...access, publishKey: 'x'.repeat(43) })).rejects.toThrow(/status 401/);
  await viewer.seesMotion();

  await page.getByTestId('new-link').click();
  await page.getByTestId('confirm-new-link').click();
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
  await expect.poll(() => studio.watchLink()).not.toBe(link);
  await expect(card.card.getByTestId('whip-url')).not.toHaveText(access.whipUrl);
  await expect(card.state).toHaveText('Live');
  const renewed = await card.access();
  expect(renewed.publishKey).toBe(access.publishKey);
  const invited = await watch(await studio.watchLink());
  const { count = 0 } = await invited.seesMotion();
  const viewers = card.card.getByTestId('viewer-count');
  const passing = await watch(await studio.watchLink());
  await expect(viewers).toHaveAttribute('data-count', '2');
  await passing.page.close();
  await expect(viewers).toHaveAttribute('data-count', '1');

  await page.reload();
  await expect(card.state).toHaveText('Live');
  expect(await card.access()).toEqual(renewed);
  await invited.seesMotion();
  expect((await invited.see()).count).toBeGreaterThan(count);

  // Ended elsewhere, it is summed up as well, with what was before the reload.
  await expect(viewers).toHaveAttribute('data-count', '1');
  const streamId = renewed.whipUrl.split('/').at(-1);
  expect((await server.call('DELETE', `/api/streams/${streamId}`, renewed.publishKey)).status).toBe(204);
  await expect(card.state).toHaveText('Ended');
  await expect(page.getByTestId('summary')).toHaveAttribute('data-most-viewers', '2');
});

test('the card tells of a server that is away, and of a stream that did not outlive it', async ({
  server,
  studio,
  newPage,
}) => {
  const { page } = studio;
  await page.goto(`${server.url}/studio`);
  const card = new EncoderCard(page);
  await card.choose();
  const access = await card.access();
  await server.stop('SIGKILL');
  await expect(card.card.getByText('The server cannot be reached')).toBeVisible();
  await server.start();
  await expect(card.state).toHaveText('Ended');
  // Nothing was ever sent to it: there is nothing to sum up.
  await expect(page.getByTestId('summary')).toHaveCount(0);
  await card.card.getByTestId('new-stream').click();
  await expect(card.state).toHaveText('Waiting for the encoder');
  await expect(card.card.getByTestId('whip-url')).not.toHaveText(access.whipUrl);
  expect((await card.access()).publishKey).not.toBe(access.publishKey);

  // What nobody has sent to goes with another choice.
  const { whipUrl, publishKey } = await card.access();
  await page.getByText('Change source').click();
  await page.getByRole('radio', { name: 'Test picture' }).check();
  await expect(card.card).toHaveCount(0);
  const streamId = whipUrl.split('/').at(-1);
  await expect
    .poll(async () => (await server.call('GET', `/api/streams/${streamId}`, publishKey)).status)
    .toBe(404);
  await page.getByTestId('go-live').click();
  const link = await studio.watchLink();
  expect(link).not.toContain(streamId);
  const other = new Studio(await newPage());
  expect(await other.goLive(server.url)).not.toBe(link);
});
