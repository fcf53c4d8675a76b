import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { enterRoom as enter, ROOM as room, remoteTile as tile } from './support/room-pages.ts';
import { WireTap } from './support/wire-tap.ts';

const password = 'correct horse+battery';

/** Waits until somebody's picture moves on from what it shows now. */
async function sees(page: Page, name: string): Promise<void> {
  const video = tile(page, name).locator('video');
  await expect(video).toBeAttached();
  let first: number | undefined;
  await expect
    .poll(
      async () => {
        const { count } = await video.evaluate((video: HTMLVideoElement) => window.probe.see(video));
        first ??= count;
        return first !== undefined && count !== undefined && count > first;
      },
      { message: `the picture of ${name} should move`, intervals: [50] },
    )
    .toBe(true);
}

/** Ada, who is host, and Bob see each other. */
async function meet(url: string, newPage: () => Promise<Page>): Promise<{ ada: Page; bob: Page }> {
  const ada = await newPage();
  const bob = await newPage();
  await enter(ada, url, { name: 'Ada' });
  await enter(bob, url, { name: 'Bob' });
  await sees(ada, 'Bob');
  await sees(bob, 'Ada');
  return { ada, bob };
}

const mode = (page: Page) => page.getByTestId('mode-label');

test('two people meet by the page alone, read each other, and see who is muted', async ({
  server,
  newPage,
}) => {
  const { ada, bob } = await meet(server.url, newPage);
  await expect(tile(bob, 'Ada').getByTestId('host-badge')).toBeVisible();
  await expect(tile(ada, 'Bob').getByTestId('host-badge')).toHaveCount(0);
  await expect(bob.getByTestId('mode-toggle')).toHaveCount(0);
  await expect(mode(bob)).toContainText('Direct: from browser to browser');
  await expect(mode(bob)).toContainText(/others can see your network address/);

  await bob.getByTestId('open-chat').click();
  await bob.getByTestId('chat-field').fill('<b>Good morning</b> m c');
  await bob.getByTestId('chat-send').click();
  await expect(ada.getByTestId('unread-count')).toHaveText('1');
  await ada.getByTestId('open-chat').click();
  await expect(ada.getByTestId('chat-message')).toContainText('Bob');
  await expect(ada.getByTestId('chat-message')).toContainText('<b>Good morning</b> m c');
  await expect(ada.getByTestId('unread-count')).toHaveCount(0);
  // What was typed into the chat has switched nothing off.
  await expect(tile(ada, 'Bob').getByTestId('muted-mark')).toHaveCount(0);

  await bob.keyboard.press('Escape');
  await expect(bob.getByTestId('chat-field')).toBeHidden();
  await expect(bob.getByTestId('open-chat')).toBeFocused();
  await bob.keyboard.press('m');
  await bob.keyboard.press('c');
  await expect(tile(ada, 'Bob').getByTestId('muted-mark')).toBeVisible();
  await expect(tile(ada, 'Bob').getByTestId('picture-off-mark')).toBeVisible();
  await bob.getByTestId('toggle-audio').click();
  await bob.getByTestId('toggle-video').click();
  await expect(tile(ada, 'Bob').getByTestId('muted-mark')).toHaveCount(0);
  await sees(ada, 'Bob');

  expect(await bob.evaluate(() => window.meshlift.room.participants.map(({ name }) => name))).toEqual([
    'Ada',
  ]);
  await bob.getByTestId('leave').click();
  await expect(tile(ada, 'Bob')).toHaveCount(0);
  await bob.getByTestId('rejoin').click();
  await bob.getByTestId('join').click();
  await sees(ada, 'Bob');
});

test('M1 M8: the host confirms a lift, both are told how their media travels, and come back', async ({
  server,
  newPage,
}) => {
  const { ada, bob } = await meet(server.url, newPage);
  await ada.getByTestId('mode-toggle').click();
  const dialog = ada.getByTestId('lift-dialog');
  await expect(dialog).toContainText('localhost');
  await expect(dialog).toContainText(/see and hear everything/);
  await expect(dialog.getByRole('link')).toHaveAttribute('href', '/privacy');
  await ada.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(mode(ada)).toHaveAttribute('data-mode', 'mesh');

  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  for (const page of [ada, bob]) {
    await expect(mode(page)).toHaveAttribute('data-mode', 'sfu');
    await expect(mode(page)).toContainText('Relayed: the server localhost can see and hear this');
  }
  await sees(ada, 'Bob');
  await sees(bob, 'Ada');
  const told = bob.getByTestId('relay-notice');
  await expect(told).toHaveAttribute('role', 'status');
  await expect(told).toContainText('localhost');
  await expect(told.getByRole('link')).toHaveAttribute('href', '/privacy');
  await expect(ada.getByTestId('relay-notice')).toHaveCount(0);
  await bob.getByTestId('dismiss-relay-notice').click();
  await expect(told).toHaveCount(0);

  await mode(ada).click();
  await expect(ada.getByTestId('gap-report')).toContainText(/Bob: .* \d+ ms/);
  await ada.keyboard.press('Escape');

  await ada.getByTestId('mode-toggle').click();
  for (const page of [ada, bob]) await expect(mode(page)).toHaveAttribute('data-mode', 'mesh');
  await sees(ada, 'Bob');
  await sees(bob, 'Ada');
});

test('a lift that somebody cannot follow is told by name, and the room is as it was', async ({
  server,
  newPage,
}) => {
  const { ada, bob } = await meet(server.url, newPage);
  await bob.evaluate(() => {
    // What a network that lets nothing through to the relay comes to.
    window.RTCPeerConnection = class {
      constructor() {
        throw new Error('no way out');
      }
    } as never;
  });
  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  await ada.getByTestId('stuck-stay').click();
  await expect(ada.getByTestId('switch-trouble')).toContainText('The room stays direct');
  await expect(ada.getByTestId('switch-trouble')).toContainText('Bob could not follow');
  await expect(mode(ada)).toHaveAttribute('data-mode', 'mesh');
  await expect(ada.getByTestId('mode-toggle')).toBeEnabled();
  await sees(bob, 'Ada');
});

test('a reload of the host comes back as host, without the doorway and as muted as before', async ({
  server,
  newPage,
}) => {
  const { ada, bob } = await meet(server.url, newPage);
  await ada.getByTestId('toggle-audio').click();
  await expect(tile(bob, 'Ada').getByTestId('muted-mark')).toBeVisible();
  await ada.reload();
  await expect(ada.getByTestId('mode-toggle')).toBeVisible();
  await expect(ada.getByTestId('join')).toHaveCount(0);
  await sees(ada, 'Bob');
  await sees(bob, 'Ada');
  await expect(tile(bob, 'Ada').getByTestId('host-badge')).toBeVisible();
  await expect(tile(bob, 'Ada').getByTestId('muted-mark')).toBeVisible();
});

test('a locked room says so, and the host can hand it over', async ({ server, newPage }) => {
  const ada = await newPage();
  const bob = await newPage();
  const eve = await newPage();
  await enter(ada, server.url, { name: 'Ada', more: '&source=none' });
  await enter(bob, server.url, { name: 'Bob', more: '&source=none' });
  await expect(tile(ada, 'Bob')).toBeVisible();
  await expect(ada.getByTestId('lock-room')).toHaveAttribute('aria-checked', 'false');
  await ada.getByTestId('lock-room').click();
  await expect(bob.getByTestId('locked-mark')).toBeVisible();

  await eve.goto(`${server.url}/studio?room=${room}&source=none`);
  await eve.getByTestId('join').click();
  await expect(eve.getByText('This room is locked')).toBeVisible();

  await ada.getByTestId('hand-over').click();
  await ada.getByTestId('confirm-hand-over').click();
  await expect(bob.getByTestId('mode-toggle')).toBeVisible();
  await expect(ada.getByTestId('mode-toggle')).toHaveCount(0);
  await bob.getByTestId('open-people').click();
  await bob.getByTestId('lock-room').click();
  await eve.getByTestId('join').click();
  await expect(tile(bob, 'Guest')).toBeVisible();
});

test('V1: a browser is told once that others see its address, and is not asked for its name again', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  await ada.goto(`${server.url}/studio?room=${room}&source=none`);
  await expect(ada.getByText('can see the network address')).toBeVisible();
  await ada.getByTestId('suggest-name').click();
  const name = await ada.getByTestId('name-field').inputValue();
  expect(name).toMatch(/^\w+ \w+$/);
  await ada.getByTestId('join').click();
  await ada.getByTestId('leave').click();
  await ada.getByTestId('rejoin').click();
  await expect(ada.getByTestId('name-field')).toHaveValue(name);
  await expect(ada.getByText('can see the network address')).toHaveCount(0);
});

test('V18 V19: a password is asked of no server, and a room that has one is not named to it again', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  const bob = await newPage();
  const urls: string[] = [];
  for (const page of [ada, bob]) page.on('request', (request) => urls.push(request.url()));
  const tap = await WireTap.on(ada);
  await enter(ada, server.url, {
    name: 'Ada',
    more: `&source=none#password=${encodeURIComponent(password)}`,
  });
  expect(await ada.evaluate(() => location.href)).toBe(
    `${server.url}/studio?source=none#room=${room}&password`,
  );
  await expect(ada.getByTestId('alone')).toContainText('compare passwords');

  // By the link that Ada can copy.
  await expect(ada.getByTestId('room-link')).toHaveText(`${server.url}/studio#room=${room}&password`);
  await bob.goto(`${server.url}/studio?source=none#room=${room}&password`);
  // Without the password it would be another room.
  await expect(bob.getByTestId('password-field')).toBeVisible();
  await bob.getByTestId('join').click();
  await expect(bob.getByTestId('join')).toBeEnabled();
  await expect(bob.getByTestId('leave')).toHaveCount(0);
  await bob.getByTestId('password-field').fill(password);
  await bob.getByTestId('name-field').fill('Bob');
  await bob.getByTestId('join').click();
  await expect(tile(ada, 'Bob')).toBeVisible();

  // A reload comes back into the same room, and tells the server neither its password nor its name.
  urls.length = 0;
  await ada.reload();
  await expect(tile(ada, 'Bob')).toBeVisible();
  expect(urls.length).toBeGreaterThan(4);
  for (const url of urls) expect(new URL(url).search).not.toContain(room);
  for (const url of urls) expect(decodeURIComponent(url)).not.toContain(password);
  for (const text of [tap.text, server.output]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(encodeURIComponent(password));
  }
});

test('a duplicate of the host’s tab begins at the door, without the key; the tab itself comes back by itself', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  await enter(ada, server.url, { name: 'Ada', more: '&source=none' });
  // What a browser does when a tab is duplicated: a copy of its session storage.
  const opening = ada.context().waitForEvent('page');
  await ada.evaluate(() => void window.open(location.href));
  const copy = await opening;
  await expect(copy.getByTestId('join')).toBeEnabled();
  await expect(copy.getByTestId('leave')).toHaveCount(0);
  expect(await copy.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
  await copy.getByTestId('join').click();
  await expect(copy.getByTestId('leave')).toBeVisible();
  expect(await copy.evaluate(() => window.meshlift.room.host)).toBe(false);
  await ada.reload();
  await expect(ada.getByTestId('leave')).toBeVisible();
  expect(await ada.evaluate(() => window.meshlift.room.host)).toBe(true);

  // Nor has one that is made after leaving, when the tab keeps the key alone.
  await ada.getByTestId('leave').click();
  const openingAgain = ada.context().waitForEvent('page');
  await ada.evaluate(() => void window.open(location.href));
  const later = await openingAgain;
  await later.getByTestId('join').click();
  await expect(later.getByTestId('leave')).toBeVisible();
  expect(await later.evaluate(() => window.meshlift.room.host)).toBe(false);
});

test('who becomes host because the host has gone is told so, and can lock the room', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  const bob = await newPage();
  await enter(ada, server.url, { name: 'Ada', more: '&source=none' });
  await enter(bob, server.url, { name: 'Bob', more: '&source=none' });
  await expect(tile(ada, 'Bob')).toBeVisible();
  await ada.close();
  await expect(bob.getByTestId('host-notice')).toBeVisible();
  await bob.getByTestId('open-people').click();
  await bob.getByTestId('lock-room').click();
  await expect(bob.getByTestId('locked-mark')).toBeVisible();
});

test('a room in a mesh does not load the relay client, and the broadcaster does', async ({
  server,
  newPage,
}) => {
  const ada = await newPage();
  const urls: string[] = [];
  ada.on('request', (request) => urls.push(request.url()));
  await enter(ada, server.url, { name: 'Ada' });
  const bob = await newPage();
  await enter(bob, server.url, { name: 'Bob' });
  await sees(ada, 'Bob');
  expect(urls.filter((url) => /room-page/.test(url))).toHaveLength(1);
  expect(urls.filter((url) => /relay-client|studio-page/.test(url))).toEqual([]);

  const studio = await newPage();
  const relay = studio.waitForRequest(/relay-client/);
  await studio.goto(`${server.url}/studio?source=test`);
  await relay;
});

test('V16: the front page leads into a room, and warns of names that are easy to guess', async ({
  server,
  newPage,
}) => {
  const page = await newPage();
  await page.goto(server.url);
  await page.getByTestId('room-field').fill('standup');
  await expect(page.getByTestId('room-hint')).toContainText('like a password');
  await page.getByTestId('suggest-room').click();
  await expect(page.getByTestId('room-hint')).toBeHidden();
  const name = await page.getByTestId('room-field').inputValue();
  await page.getByTestId('enter-room').click();
  await expect(page).toHaveURL(`${server.url}/studio?room=${name}`);
  await expect(page.getByRole('heading', { name })).toBeVisible();
});

test('signaling that is away is told in words, while the picture goes on', async ({
  server,
  cuttable,
  newPage,
}) => {
  const ada = await newPage();
  const bob = await newPage();
  await enter(ada, cuttable.url, { name: 'Ada' });
  await enter(bob, server.url, { name: 'Bob' });
  await sees(ada, 'Bob');
  cuttable.cut();
  await expect(ada.getByText('The server cannot be reached')).toBeVisible();
  await sees(ada, 'Bob');
  cuttable.mend();
  await expect(ada.getByText('The server cannot be reached')).toHaveCount(0);
  await sees(bob, 'Ada');
});
