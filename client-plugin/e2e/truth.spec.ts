import type { Page } from '@playwright/test';
import { expect, test } from './support/embedding.ts';
import type { Viewer } from './support/fixtures.ts';
import { enterRoom, ROOM } from './support/room-pages.ts';

const scene = (viewer: Viewer) => viewer.page.getByTestId('scene-card');

test('a watch page and a player show what the publisher has muted or switched off, each by itself', async ({
  server,
  studio,
  watch,
}) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  const embedded = await watch(`${link.replace('/watch/', '/embed/')}?controls=1`);
  const words = embedded.page.getByTestId('player-words');
  await viewer.seesMotion();
  await embedded.seesMotion();
  const { page } = viewer;
  await expect(page.getByTestId('publisher-muted')).toHaveCount(0);
  await expect(words).toHaveCount(0);
  await studio.page.getByTestId('toggle-audio').click();
  await expect(page.getByTestId('publisher-muted')).toBeVisible();
  await expect(words).toHaveAttribute('data-state', 'muted-video');
  await studio.page.getByTestId('toggle-video').click();
  await expect(scene(viewer)).toHaveAttribute('data-state', 'silent');
  await expect(words).toHaveAttribute('data-state', 'silent');
  await studio.page.getByTestId('toggle-audio').click();
  await expect(scene(viewer)).toHaveAttribute('data-state', 'audio');
  await expect(words).toHaveAttribute('data-state', 'audio');
  await studio.page.getByTestId('toggle-video').click();
  await viewer.seesMotion();
  await expect(page.getByTestId('publisher-muted')).toHaveCount(0);
  await expect(words).toHaveCount(0);
});

test('while the server is down a watch page calls nothing live, counts nobody, and shows no frozen video', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const { page } = viewer;
  await expect(page.getByTestId('live-mark')).toHaveAttribute('data-state', 'live');
  await expect(page.getByTestId('viewer-count')).toBeVisible();
  await server.stop('SIGKILL');
  await expect(page.getByTestId('live-mark')).toHaveAttribute('data-state', 'away');
  await expect(page.getByTestId('viewer-count')).toHaveCount(0);
  await expect(scene(viewer)).toHaveAttribute('data-state', 'stalled');
});

test('signaling alone that is away leaves the video to be seen, and the page says that it knows no more', async ({
  server,
  cuttable,
  studio,
  watch,
}) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link.replace(server.url, cuttable.url));
  await viewer.seesMotion();
  cuttable.cut();
  await expect(viewer.page.getByTestId('live-mark')).toHaveAttribute('data-state', 'away');
  await viewer.seesMotion();
  await expect(scene(viewer)).toHaveCount(0);
  cuttable.mend();
  await expect(viewer.page.getByTestId('live-mark')).toHaveAttribute('data-state', 'live');
  await expect(viewer.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
});

test('somebody whose connection is not there yet is no guest', async ({ server, newPage, foreign }) => {
  const ada = await newPage();
  const bob = await newPage();
  await enterRoom(ada, server.url, { name: 'Ada', more: '&source=none' });
  // A browser in which no link comes about.
  await bob.addInitScript(() => {
    RTCPeerConnection.prototype.addIceCandidate = () => Promise.resolve();
    RTCPeerConnection.prototype.setLocalDescription = () => new Promise(() => undefined);
  });
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  await expect(ada.getByTestId('remote-tile')).toHaveAttribute('data-state', 'connecting');
  await expect(bob.getByTestId('remote-tile')).toHaveAttribute('data-state', 'connecting');

  const eve = await newPage();
  await enterRoom(eve, server.url, { name: '', more: '&source=none' });
  const idOf = (page: Page) => page.evaluate(() => window.meshlift.room.participantId);
  const tileOf = async (viewer: Page, page: Page) =>
    viewer.locator(`[data-participant="${await idOf(page)}"]`);
  await expect(await tileOf(ada, eve)).toHaveAttribute('data-state', 'here');

  const embedding = await newPage();
  await embedding.goto(
    foreign.serve(`<script type="module" src="${server.url}/meshlift-elements.mjs"></script>
      <meshlift-room room="${ROOM}" source="none"></meshlift-room>`),
  );
  await embedding.getByTestId('join').click();
  await expect(await tileOf(embedding, eve)).toHaveAttribute('data-state', 'here');
  await expect(await tileOf(embedding, bob)).toHaveAttribute('data-state', 'connecting');
});
