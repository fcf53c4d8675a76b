import { BlockedRelay } from './support/blocked-relay.ts';
import { pluggable } from './support/devices.ts';
import { expect, test } from './support/embedding.ts';
import { enterRoom, remoteTile } from './support/room-pages.ts';

test('M1: the label follows what is sent to the server, for an audience too, and they can be refused', async ({
  server,
  newPage,
  watch,
}) => {
  const ada = await newPage();
  await enterRoom(ada, server.url, { name: 'Ada' });
  const label = ada.getByTestId('mode-label');
  await expect(label).toHaveAttribute('data-way', 'direct');
  await expect.poll(() => ada.evaluate(() => window.meshlift.room.audience?.links.watchUrl)).toBeDefined();
  const watchUrl = await ada.evaluate(() => window.meshlift.room.audience?.links.watchUrl ?? '');
  const viewer = await watch(watchUrl);
  await viewer.seesMotion();
  await expect(label).toHaveAttribute('data-way', 'audience');
  await expect(label).toHaveAttribute('data-mode', 'mesh');
  await ada.getByTestId('refuse-audience').click();
  await expect(label).toHaveAttribute('data-way', 'direct');
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
});

test('the room element says that somebody outside watches, and refuses them', async ({
  server,
  examples,
  newPage,
  watch,
}) => {
  const ada = await newPage();
  await ada.goto(`${examples}/room/?source=test&server=${encodeURIComponent(server.url)}`);
  await ada.getByTestId('join').click();
  const link = () =>
    ada.evaluate(() => document.querySelector('meshlift-room')?.joined?.audience?.links.watchUrl ?? '');
  await expect.poll(link).not.toBe('');
  const label = ada.getByTestId('mode-label');
  await expect(label).toHaveAttribute('data-way', 'direct');
  const viewer = await watch(await link());
  await viewer.seesMotion();
  await expect(label).toHaveAttribute('data-way', 'audience');
  await expect(ada.getByTestId('watched-notice')).toHaveAttribute('data-state', 'watched');
  await ada.getByTestId('refuse-audience').click();
  await expect(ada.getByTestId('watched-notice')).toHaveAttribute('data-state', 'refused');
  await expect(label).toHaveAttribute('data-way', 'direct');
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
  await ada.getByTestId('let-audience').click();
  await viewer.seesMotion();
});

test('who joins a room on the relay is told before anything of theirs is sent, and may only watch', async ({
  server,
  newPage,
}) => {
  const [ada, bob, eve] = [await newPage(), await newPage(), await newPage()];
  await enterRoom(ada, server.url, { name: 'Ada' });
  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  await expect(ada.getByTestId('mode-label')).toHaveAttribute('data-way', 'relayed');

  await enterRoom(bob, server.url, { name: 'Bob' });
  await expect(bob.getByTestId('relay-door')).toBeVisible();
  await expect(remoteTile(bob, 'Ada')).toBeVisible();
  const sent = () =>
    bob.evaluate(async () => {
      let bytes = 0;
      for (const connection of window.probe.connections) {
        for (const stat of (await connection.getStats()).values()) {
          if (stat.type === 'outbound-rtp') bytes += Number(stat.bytesSent);
        }
      }
      return bytes;
    });
  const hasVideo = () =>
    ada.evaluate(() => window.meshlift.room.participants.map(({ stream }) => stream?.hasVideo ?? false));
  // Ada is received already, by the relay: what Bob has could have been sent by now.
  await expect
    .poll(() => bob.evaluate(() => window.meshlift.room.participants[0]?.stream?.hasVideo))
    .toBe(true);
  expect(await sent()).toBe(0);
  expect(await bob.evaluate(() => window.meshlift.room.localStream)).toBeUndefined();
  await bob.getByTestId('relay-agree').click();
  await expect.poll(hasVideo).toEqual([true]);
  // Once said it is not asked again by a reload.
  await bob.reload();
  await expect.poll(hasVideo).toEqual([true]);
  await expect(bob.getByTestId('relay-door')).toHaveCount(0);

  await enterRoom(eve, server.url, { name: 'Eve' });
  await eve.getByTestId('relay-watch').click();
  await expect(eve.getByTestId('relay-door')).toHaveCount(0);
  await expect(remoteTile(ada, 'Eve').getByTestId('no-audio-mark')).toBeVisible();
  expect(await eve.evaluate(() => window.meshlift.room.localStream)).toBeUndefined();
});

test('M1: who joins while a room is being moved to the relay is told as well, and sends directly when it is called off', async ({
  server,
  newPage,
}) => {
  const [ada, bob, eve] = [await newPage(), await newPage(), await newPage()];
  await BlockedRelay.between(eve);
  await enterRoom(ada, server.url, { name: 'Ada' });
  await enterRoom(eve, server.url, { name: 'Eve' });
  await expect(remoteTile(ada, 'Eve')).toBeVisible();
  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  // Eve cannot follow, so that the switch lasts until Ada decides.
  await expect(ada.getByTestId('stuck-stay')).toBeVisible();

  await enterRoom(bob, server.url, { name: 'Bob' });
  await expect(bob.getByTestId('relay-door')).toBeVisible();
  expect(await bob.evaluate(() => window.meshlift.room.localStream)).toBeUndefined();
  await ada.getByTestId('stuck-stay').click();
  await expect(bob.getByTestId('relay-door')).toHaveCount(0);
  await expect(remoteTile(ada, 'Bob').locator('video')).toBeVisible();
  await expect(bob.getByTestId('mode-label')).toHaveAttribute('data-way', 'direct');
});

test('a shared screen gets the stage, a click or a key puts somebody else there', async ({
  server,
  newPage,
}) => {
  const [ada, bob, eve] = [await newPage(), await newPage(), await newPage()];
  await pluggable(ada);
  await enterRoom(ada, server.url, { name: 'Ada' });
  await enterRoom(bob, server.url, { name: 'Bob', more: '&source=none' });
  await enterRoom(eve, server.url, { name: 'Eve', more: '&source=none' });
  const tile = (name: string) => remoteTile(bob, name);
  await expect(tile('Ada')).toHaveAttribute('data-stage', 'off');
  await ada.getByTestId('share-screen').click();
  await expect(tile('Ada')).toHaveAttribute('data-stage', 'on');
  await expect(tile('Eve')).toHaveAttribute('data-stage', 'off');
  // The stage is most of what there is.
  const area = async (name: string) => {
    const box = await tile(name).boundingBox();
    return (box?.width ?? 0) * (box?.height ?? 0);
  };
  await expect.poll(async () => (await area('Ada')) / (await area('Eve'))).toBeGreaterThan(5);

  await tile('Eve').getByTestId('enlarge').focus();
  await bob.keyboard.press('Enter');
  await expect(tile('Eve')).toHaveAttribute('data-stage', 'on');
  await tile('Ada').locator('video').click();
  await expect(tile('Ada')).toHaveAttribute('data-stage', 'on');
  await ada.getByTestId('share-screen').click();
  await expect(tile('Ada')).toHaveAttribute('data-stage', 'off');
});
