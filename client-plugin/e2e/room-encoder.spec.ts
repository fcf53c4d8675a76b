import { expect, type Locator, type Page } from '@playwright/test';
import { EncoderCard } from './support/encoder-card.ts';
import { test } from './support/whip-fixtures.ts';

const room = 'lusab-gutih-tugad';
/** Of what the publisher sends, in hertz. */
const TONE = 660;

async function enter(page: Page, url: string, name: string, source: string): Promise<void> {
  await page.goto(`${url}/studio?room=${room}&source=${source}`);
  await page.getByTestId('name-field').fill(name);
  await page.getByTestId('join').click();
  await expect(page.getByTestId('leave')).toBeVisible();
}

const tile = (page: Page, name: string): Locator =>
  page.getByTestId('remote-tile').filter({ has: page.locator('.name', { hasText: name }) });

/** Waits until somebody's picture moves on from what it shows now. */
async function sees(page: Page, name: string): Promise<number> {
  const video = tile(page, name).locator('video');
  let first: number | undefined;
  let last = 0;
  await expect
    .poll(
      async () => {
        const { count } = await video.evaluate((video: HTMLVideoElement) => window.probe.see(video));
        first ??= count;
        last = count ?? last;
        return first !== undefined && count !== undefined && count > first;
      },
      { message: `the picture of ${name} should move`, intervals: [50] },
    )
    .toBe(true);
  return last;
}

const hears = (page: Page, name: string) =>
  expect
    .poll(() =>
      tile(page, name)
        .locator('video')
        .evaluate((video, hertz) => window.probe.hearTone(video as HTMLVideoElement, hertz), TONE),
    )
    .toBeGreaterThan(10);

test('an encoder is seen and heard in a room, in the mesh and over the relay, and again after it was restarted', async ({
  server,
  newPage,
  newPublisher,
}) => {
  test.setTimeout(120_000);
  const ada = await newPage();
  const bob = await newPage();
  await enter(ada, server.url, 'Ada', 'test');
  await enter(bob, server.url, 'Bob', 'none');
  await sees(bob, 'Ada');

  await ada.getByTestId('open-source').click();
  const card = new EncoderCard(ada);
  await card.choose();
  await expect(card.card).toContainText('through the server, which can see and hear it');
  const access = await card.access();
  // Nothing comes yet: the others see Ada without a picture.
  await expect(tile(bob, 'Ada').locator('.no-picture')).toBeVisible();
  const id = await bob.evaluate(() => window.meshlift.room.participants[0]?.participantId);

  const publisher = await newPublisher();
  await publisher.publish(access);
  await expect(card.state).toHaveText('Live');
  await expect(card.arrival('video')).toContainText(/\d+ × \d+ · \d sizes?/);
  await sees(bob, 'Ada');
  await hears(bob, 'Ada');
  await expect(ada.getByTestId('mode-label')).toHaveAttribute('data-way', 'encoder');
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-way', 'direct');

  await publisher.stop();
  await expect(tile(bob, 'Ada').locator('.no-picture')).toBeVisible();
  await publisher.publish(access);
  await sees(bob, 'Ada');

  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  for (const page of [ada, bob]) {
    await expect(page.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  }
  await sees(bob, 'Ada');
  await hears(bob, 'Ada');
  await publisher.stop();
  await expect(tile(bob, 'Ada').locator('.no-picture')).toBeVisible();
  await publisher.publish(access);
  await sees(bob, 'Ada');

  // Nobody has come anew for it.
  expect(await bob.evaluate(() => window.meshlift.room.participants[0]?.participantId)).toBe(id);
  const streamId = access.whipUrl.split('/').at(-1);
  const status = async () => (await server.call('GET', `/api/streams/${streamId}`, access.publishKey)).status;
  expect(await status()).toBe(200);
  await ada.getByTestId('leave').click();
  await expect.poll(status).toBe(404);
});

test('after a reload the room goes on with the same encoder, and another source ends its stream', async ({
  server,
  newPage,
  newPublisher,
}) => {
  const ada = await newPage();
  const bob = await newPage();
  await enter(bob, server.url, 'Bob', 'none');
  await enter(ada, server.url, 'Ada', 'encoder');
  await ada.getByTestId('open-source').click();
  const card = new EncoderCard(ada);
  const access = await card.access();
  await (await newPublisher()).publish(access);
  await sees(bob, 'Ada');

  await ada.reload();
  await expect(ada.getByTestId('leave')).toBeVisible();
  await sees(bob, 'Ada');
  await ada.getByTestId('open-source').click();
  expect(await card.access()).toEqual(access);

  await ada.getByRole('radio', { name: 'Test picture' }).check();
  await expect(card.card).toHaveCount(0);
  const streamId = access.whipUrl.split('/').at(-1);
  await expect
    .poll(async () => (await server.call('GET', `/api/streams/${streamId}`, access.publishKey)).status)
    .toBe(404);
  await sees(bob, 'Ada');
});
