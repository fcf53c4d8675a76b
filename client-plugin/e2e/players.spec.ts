import type { Page } from '@playwright/test';
import type { MeshliftPlayer } from '../src/elements/index.ts';
import { closeUnasked, noteQuestions, noteWakeLocks } from './support/closing.ts';
import { expect, idIn, openSessions, test } from './support/embedding.ts';
import { Viewer } from './support/fixtures.ts';

declare global {
  interface Window {
    told: string[];
  }
}

const withElements = (server: string, body: string) => `<body style="margin: 0">
  <script type="module" src="${server}/meshlift-elements.mjs"></script>
  <style>meshlift-player { width: 960px; height: 540px }</style>
  ${body}
</body>`;

const setAttribute = (page: Page, name: string, value: string | null) =>
  page
    .locator('meshlift-player')
    .evaluate(
      (player, { name, value }) =>
        value === null ? player.removeAttribute(name) : player.setAttribute(name, value),
      { name, value },
    );

const read = <K extends keyof MeshliftPlayer>(page: Page, key: K) =>
  page.locator('meshlift-player').evaluate((player, key) => (player as never)[key], key) as Promise<
    MeshliftPlayer[K]
  >;

test('one script tag and one element play a stream in a page of another origin', async ({
  server,
  studio,
  foreign,
  newPage,
}) => {
  const streamId = idIn(await studio.goLive(server.url));
  const viewer = new Viewer(await newPage());
  await viewer.page.goto(
    foreign.serve(
      withElements(
        server.url,
        `<meshlift-player streamid="${streamId}" muted></meshlift-player>
        <script>
          window.told = []
          const player = document.querySelector('meshlift-player')
          player.addEventListener('state', ({ detail }) => told.push(detail.state))
          player.addEventListener('viewers', ({ detail }) => told.push('viewers ' + detail))
          player.addEventListener('layers', ({ detail }) => told.push('layers ' + detail.spatial))
        </script>`,
      ),
    ),
  );
  await viewer.seesMotion();
  await viewer.hears(440);
  await expect
    .poll(() => viewer.page.evaluate(() => window.told))
    .toEqual(expect.arrayContaining(['connecting', 'live', 'viewers 1', 'layers 3']));
  expect([await read(viewer.page, 'state'), await read(viewer.page, 'mode')]).toEqual(['live', 'sfu']);
  // Bare: nothing lies over the picture.
  for (const part of ['mode-label', 'quality-menu', 'viewer-count', 'unmute']) {
    await expect(viewer.page.getByTestId(part)).toHaveCount(0);
  }
  const stats = await viewer.page
    .locator('meshlift-player')
    .evaluate((player: MeshliftPlayer) => player.stats());
  expect(stats.framesDecoded).toBeGreaterThan(0);
  expect(stats.bytesReceived).toBeGreaterThan(0);
  expect(await viewer.page.context().cookies()).toEqual([]);
});

test('the element shows its controls, and follows its attributes', async ({
  server,
  studio,
  foreign,
  newPage,
}) => {
  const streamId = idIn(await studio.goLive(server.url));
  const viewer = new Viewer(await newPage());
  const { page } = viewer;
  await page.goto(
    foreign.serve(
      withElements(
        server.url,
        `<meshlift-player streamid="${streamId}" muted controls quality="low"></meshlift-player>`,
      ),
    ),
  );
  await viewer.seesWidth(320);
  await expect(page.getByTestId('mode-label')).toContainText(/relayed.*server.*see and hear/i);
  await expect(page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  await expect(page.getByTestId('quality-menu')).toHaveValue('0');

  await setAttribute(page, 'quality', 'high');
  await viewer.seesWidth(1280);
  await setAttribute(page, 'quality', '1');
  await viewer.seesWidth(640);
  await page.locator('meshlift-player').hover();
  await page.getByTestId('quality-menu').selectOption('auto');
  expect(await read(page, 'quality')).toBe('auto');
  await viewer.seesWidth(1280);

  await setAttribute(page, 'fit', 'cover');
  await expect(page.getByTestId('player')).toHaveCSS('object-fit', 'cover');
  await setAttribute(page, 'fit', 'nonsense');
  await expect(page.getByTestId('player')).toHaveCSS('object-fit', 'contain');

  expect(await read(page, 'muted')).toBe(true);
  await setAttribute(page, 'muted', null);
  expect(await read(page, 'muted')).toBe(false);
  await setAttribute(page, 'muted', '');
  expect(await read(page, 'muted')).toBe(true);

  await setAttribute(page, 'controls', null);
  await expect(page.getByTestId('mode-label')).toHaveCount(0);
  await viewer.seesMotion();
});

test('an element that is taken out closes its session, plays again when it is back, and another stream when told', async ({
  server,
  studio,
  foreign,
  newPage,
}) => {
  const streamId = idIn(await studio.goLive(server.url));
  const viewer = new Viewer(await newPage());
  const { page } = viewer;
  const held = await noteWakeLocks(page);
  await page.goto(
    foreign.serve(
      withElements(
        'data:,',
        `<script type="module">
          import { MeshliftPlayer } from '${server.url}/meshlift-elements.mjs'
          window.player = new MeshliftPlayer()
          Object.assign(player, { server: '${server.url}', streamId: '${streamId}', muted: true })
          document.body.append(player)
        </script>`,
      ),
    ),
  );
  await viewer.seesMotion();
  expect(await openSessions(server)).toBe(2);
  await expect.poll(held).toBe(1);
  const player = await page.locator('meshlift-player').elementHandle();
  await player?.evaluate((player) => player.remove());
  await expect.poll(() => openSessions(server)).toBe(1);
  expect(await player?.evaluate((player) => (player as MeshliftPlayer).state)).toBe('ended');
  await expect.poll(held).toBe(0);

  await player?.evaluate((player) => document.body.append(player));
  await viewer.seesMotion();
  expect(await openSessions(server)).toBe(2);

  // Several changes in a row: the last one counts, and nothing is left of the others.
  for (const id of ['NobodyHasEverClaimedMe', streamId, 'NobodyEither', streamId]) {
    await setAttribute(page, 'streamid', id);
  }
  await viewer.seesMotion();
  await expect.poll(() => openSessions(server)).toBe(2);
  await setAttribute(page, 'streamid', 'NobodyHasEverClaimedMe');
  await expect.poll(() => openSessions(server)).toBe(1);
  await expect.poll(() => read(page, 'state')).toBe('ended');
});

test('a page plays the stream in a video of its own', async ({ server, studio, foreign, newPage }) => {
  const streamId = idIn(await studio.goLive(server.url));
  const viewer = new Viewer(await newPage());
  await viewer.page.goto(
    foreign.serve(
      withElements(
        server.url,
        `<meshlift-player streamid="${streamId}"><video slot="video" id="mine" data-testid="player" autoplay muted></video>
        </meshlift-player>`,
      ),
    ),
  );
  await viewer.seesMotion();
  await expect(viewer.page.getByTestId('player')).toHaveId('mine');
});

test('the room element: two meet in a mesh, mute, are lifted by the host and come back', async ({
  server,
  examples,
  newPage,
}) => {
  const [ada, bob] = [await newPage(), await newPage()];
  const count = (page: Page) =>
    page
      .getByTestId('remote-tile')
      .locator('video')
      .evaluate((video) => window.probe.see(video as HTMLVideoElement).count);
  const sees = async (page: Page) => {
    await expect.poll(() => count(page)).toBeDefined();
    const first = (await count(page)) ?? 0;
    await expect.poll(() => count(page), { intervals: [50] }).toBeGreaterThan(first);
  };
  for (const [name, page] of Object.entries({ Ada: ada, Bob: bob })) {
    await page.goto(`${examples}/room/?source=test&server=${encodeURIComponent(server.url)}`);
    await page.getByTestId('name-field').fill(name);
    await page.getByTestId('join').click();
    await expect(page.getByTestId('own-tile')).toBeVisible();
  }
  await sees(ada);
  await sees(bob);
  await expect(ada.getByTestId('remote-tile')).toContainText('Bob');
  await expect(bob.getByTestId('remote-tile')).toContainText('Ada');
  await expect(ada.getByTestId('mode-label')).toHaveText(/Direct/);
  await expect(bob.getByTestId('mode-toggle')).toHaveCount(0);

  await bob.getByTestId('toggle-audio').click();
  await expect(ada.getByTestId('remote-tile')).toContainText('Muted');
  await bob.getByTestId('toggle-audio').click();
  await expect(ada.getByTestId('remote-tile')).not.toContainText('Muted');

  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  for (const page of [ada, bob])
    await expect(page.getByTestId('mode-label')).toHaveAttribute('data-mode', 'sfu');
  await expect(bob.getByTestId('mode-label')).toHaveText(
    /Relayed: the server localhost can see and hear this/,
  );
  await sees(ada);
  await sees(bob);
  await ada.getByTestId('mode-toggle').click();
  for (const page of [ada, bob])
    await expect(page.getByTestId('mode-label')).toHaveAttribute('data-mode', 'mesh');
  await sees(ada);
  await sees(bob);

  await bob.getByTestId('leave').click();
  await expect(ada.getByTestId('remote-tile')).toHaveCount(0);
  await expect(bob.getByTestId('name-field')).toHaveValue('Bob');
  await bob.getByTestId('join').click();
  await sees(ada);
  await bob.locator('meshlift-room').evaluate((room) => room.remove());
  await expect(ada.getByTestId('remote-tile')).toHaveCount(0);
});

test('the room element: who is host is so again after a reload of the page', async ({
  server,
  examples,
  newPage,
}) => {
  const [ada, bob] = [await newPage(), await newPage()];
  const join = async (page: Page) => {
    await page.getByTestId('join').click();
    await expect(page.getByTestId('own-tile')).toBeVisible();
  };
  for (const page of [ada, bob]) {
    await page.goto(`${examples}/room/?source=test&server=${encodeURIComponent(server.url)}`);
    await join(page);
  }
  await expect(bob.getByTestId('remote-tile')).toHaveCount(1);
  await ada.reload();
  await join(ada);
  await expect(ada.getByTestId('mode-toggle')).toBeVisible();
  await expect(bob.getByTestId('mode-toggle')).toHaveCount(0);

  // A duplicate of the tab has a copy of what it stores, and is nobody's host.
  const opening = ada.context().waitForEvent('page');
  await ada.evaluate(() => void window.open(location.href));
  const copy = await opening;
  await join(copy);
  await expect(copy.getByTestId('remote-tile')).toHaveCount(2);
  await expect(copy.getByTestId('mode-toggle')).toHaveCount(0);
  await expect(ada.getByTestId('mode-toggle')).toBeVisible();
});

test('the room element keeps the screen on, asks before its page is closed where it is told to, and sums up the stay', async ({
  server,
  foreign,
  newPage,
}) => {
  const [ada, bob] = [await newPage(), await newPage()];
  const held = await noteWakeLocks(ada);
  const asked = noteQuestions(ada);
  for (const [page, attribute] of [
    [ada, 'confirmclose'],
    [bob, ''],
  ] as const) {
    await page.goto(
      foreign.serve(
        withElements(
          server.url,
          `<meshlift-room room="kitchen" source="camera" ${attribute}></meshlift-room>`,
        ),
      ),
    );
    await page.getByTestId('join').click();
    await expect(page.getByTestId('own-tile')).toBeVisible();
  }
  await expect(ada.getByTestId('remote-tile')).toHaveAttribute('data-state', 'here');
  await expect.poll(held).toBe(1);
  await ada.close({ runBeforeUnload: true });
  await expect.poll(() => asked).toEqual(['beforeunload']);
  await closeUnasked(bob);
  await ada.getByTestId('leave').click();
  await expect(ada.getByTestId('summary')).toHaveAttribute('data-most-people', '2');
  await expect(ada.getByTestId('summary')).toHaveAttribute('data-ways', 'direct');
  await expect.poll(held).toBe(0);
  await closeUnasked(ada);
  expect(asked).toEqual(['beforeunload']);
});
