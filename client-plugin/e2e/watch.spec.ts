import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';

/** The tone of the test picture, in hertz. */
const TONE = 440;

test('a viewer sees the moving picture and hears the tone that another browser publishes', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  const { width, height } = await viewer.seesMotion();
  expect(width / height).toBeCloseTo(16 / 9, 1);
  await viewer.hears(TONE);
  await expect(viewer.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  await expect(studio.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
});

test('M1: studio and watch page say that the relay can see and hear the stream', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const label = /relayed.*server.*see and hear/i;
  await expect(studio.page.getByTestId('mode-label')).toContainText(label);
  await expect(viewer.page.getByTestId('mode-label')).toContainText(label);
  // It stays when nobody has touched the player for a while and its controls have faded.
  await expect(viewer.page.locator('.page.idle header')).toHaveCSS('opacity', '0');
  const seen = await viewer.page
    .getByTestId('mode-label')
    .evaluate((node) => node.checkVisibility({ checkOpacity: true }));
  expect(seen).toBe(true);
});

test('the player is muted until the viewer taps', async ({ server, studio, watch }) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const muted = () =>
    viewer.page.getByTestId('player').evaluate((video) => (video as HTMLVideoElement).muted);
  expect(await muted()).toBe(true);
  await viewer.page.getByTestId('unmute').click();
  expect(await muted()).toBe(false);
  await expect(viewer.page.getByTestId('unmute')).toBeHidden();
});

test('a viewer that takes the lowest layer decodes a quarter of the width, and full width when it asks again', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesWidth(1280);
  const quality = viewer.page.getByTestId('quality-menu');
  await quality.selectOption('0');
  await viewer.seesWidth(320);
  await quality.selectOption('auto');
  await viewer.seesWidth(1280);
});

test('viewers on different workers both play', async ({ server, studio, watch, newPage }) => {
  const link = await studio.goLive(server.url);
  const first = await watch(link);
  await first.seesMotion();
  await crowd(await newPage(), link);
  const second = await watch(link);
  await second.seesMotion();
  await first.seesMotion();
  expect(await relayPort(second.page)).not.toBe(await relayPort(first.page));
});

/** Viewers stay on the worker of the origin until they are many. These offer to play, and never connect. */
async function crowd(page: Page, link: string): Promise<void> {
  await page.goto(new URL(link).origin);
  const statuses = await page.evaluate(
    async (endpoint) => {
      const connection = new RTCPeerConnection();
      connection.addTransceiver('video', { direction: 'recvonly' });
      const { sdp } = await connection.createOffer();
      connection.close();
      const headers = { 'Content-Type': 'application/sdp' };
      const offers = Array.from({ length: 80 }, () =>
        fetch(endpoint, { method: 'POST', headers, body: sdp }),
      );
      return (await Promise.all(offers)).map(({ status }) => status);
    },
    link.replace('/watch/', '/whep/'),
  );
  expect(new Set(statuses)).toEqual(new Set([201]));
}

/** The port that a page's media comes from: each worker has its own. */
function relayPort(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const reports = await Promise.all(window.probe.connections.map((connection) => connection.getStats()));
    const stats = reports.flatMap((report) => [...report.values()]);
    const used = stats.find(({ type, nominated }) => type === 'candidate-pair' && nominated);
    return stats.find(({ id }) => id === used?.remoteCandidateId)?.port;
  });
}

test('an ID under which nothing is playing says so, and starts by itself once something is', async ({
  server,
  studio,
  watch,
}) => {
  const stream = await server.createStream();
  const viewer = await watch(stream.watchUrl);
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'absent');
  const unknown = await watch(`${server.url}/watch/NobodyHasEverClaimedMe`);
  await expect(unknown.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'absent');

  await studio.page.goto(`${server.url}/studio`);
  await studio.page.evaluate(async ({ streamId, publishKey }) => {
    const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    await publish({ stream, streamId, publishKey });
  }, stream);
  await expect(viewer.page.getByTestId('scene-card')).toBeHidden();
  await expect.poll(async () => (await viewer.see()).width).toBeGreaterThan(0);
});

test('V5 V15: no page sets a cookie or asks any other host', async ({ server, studio, watch, newPage }) => {
  const foreign: string[] = [];
  const home = await newPage();
  for (const page of [home, studio.page]) {
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('blob:'))
        foreign.push(request.url());
    });
  }
  await home.goto(server.url);
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  for (const page of [home, studio.page, viewer.page]) {
    expect(await page.context().cookies()).toEqual([]);
    expect(
      await page.evaluate(() =>
        performance.getEntriesByType('resource').map(({ name }) => new URL(name).origin),
      ),
    ).not.toContainEqual(expect.not.stringContaining(server.url));
  }
  expect(foreign).toEqual([]);
});
