import type { Page } from '@playwright/test';
import { BlockedRelay } from './support/blocked-relay.ts';
import { expect, test } from './support/embedding.ts';
import { enterRoom, ROOM } from './support/room-pages.ts';
import type { ServerProcess } from './support/server.ts';

type Silent = 'ice' | 'media';

/** The references that the server has logged of paths of a role. */
const logged = (server: ServerProcess, role: string, silent: Silent): string[] =>
  server.output
    .split('\n')
    .filter((line) => line.includes('"reference"') && line.includes(`"role":"${role}"`))
    .map((line) => JSON.parse(line) as { silent: string; reference: string })
    .filter((failure) => failure.silent === silent)
    .map(({ reference }) => reference);

/** Waits until a page shows a reference that is in the log; each attempt to connect has another. */
async function showsReference(
  page: Page,
  server: ServerProcess,
  roles: readonly string[],
  silent: Silent = 'ice',
): Promise<void> {
  const shown = async () => {
    const references = roles.flatMap((role) => logged(server, role, silent));
    const counts = references.map((reference) => page.getByText(reference).count());
    return (await Promise.all(counts)).some((count) => count > 0);
  };
  await expect.poll(shown, { timeout: 45_000 }).toBe(true);
}

test('who sends or watches where the announced address leads nowhere sees a code that stands in the log', async ({
  server,
  studio,
  newPage,
}) => {
  const [blockedStudio, blockedViewer] = [await newPage(), await newPage()];
  for (const page of [blockedStudio, blockedViewer]) await BlockedRelay.between(page);
  const watchUrl = await studio.goLive(server.url);
  await blockedStudio.goto(`${server.url}/studio?source=test`);
  await blockedStudio.getByTestId('go-live').click();
  await blockedViewer.goto(watchUrl);
  await Promise.all([
    showsReference(blockedStudio, server, ['publisher']),
    showsReference(blockedViewer, server, ['viewer']),
  ]);
  for (const role of ['publisher', 'viewer'])
    expect(await failures(server, role, 'TRANSPORT_TIMEOUT')).toBeGreaterThan(0);
});

test('who is connected while no media gets through sees a code, unless none is to be expected', async ({
  server,
  studio,
  newPage,
}) => {
  const [stuckStudio, mutedStudio, stuckViewer] = [await newPage(), await newPage(), await newPage()];
  for (const page of [stuckStudio, mutedStudio, stuckViewer]) await BlockedRelay.between(page, 'not media');
  const watchUrl = await studio.goLive(server.url);
  await mutedStudio.goto(`${server.url}/studio?source=test`);
  await mutedStudio.getByTestId('go-live').click();
  // Video that nobody watches is not sent.
  await mutedStudio.waitForFunction(() => window.meshlift?.publication !== undefined);
  await mutedStudio.evaluate(() => window.meshlift.publication.setPaused('audio', true));
  await stuckStudio.goto(`${server.url}/studio?source=test`);
  await stuckStudio.getByTestId('go-live').click();
  await stuckViewer.goto(watchUrl);
  await Promise.all([
    showsReference(stuckStudio, server, ['publisher'], 'media'),
    showsReference(stuckViewer, server, ['viewer'], 'media'),
  ]);
  await expect(stuckViewer.getByTestId('scene-card')).toHaveAttribute('data-state', 'failed');
  for (const role of ['publisher', 'viewer']) expect(await failures(server, role, 'MEDIA_MISSING')).toBe(1);
  expect(await mutedStudio.evaluate(() => window.meshlift.publication.mediaError)).toBeUndefined();
  expect(await studio.page.evaluate(() => window.meshlift.publication.mediaError)).toBeUndefined();
});

test('a member of a relayed room whom no media reaches sees a code, in the studio and in the element', async ({
  server,
  examples,
  newPage,
}) => {
  const [ada, bob, eve] = [await newPage(), await newPage(), await newPage()];
  for (const page of [bob, eve]) await BlockedRelay.between(page);
  await enterRoom(ada, server.url, { name: 'Ada' });
  await ada.getByTestId('mode-toggle').click();
  await ada.getByTestId('confirm-lift').click();
  await expect(ada.getByTestId('mode-label')).toHaveAttribute('data-way', 'relayed');
  await enterRoom(bob, server.url, { name: 'Bob' });
  await bob.getByTestId('relay-agree').click();
  await eve.goto(
    `${examples}/room/?source=test&name=Eve&room=${ROOM}&server=${encodeURIComponent(server.url)}`,
  );
  await eve.getByTestId('join').click();
  await eve.getByTestId('relay-agree').click();
  await Promise.all([bob, eve].map((page) => showsReference(page, server, ['publisher', 'viewer'])));
  for (const page of [bob, eve]) await expect(page.getByTestId('relay-trouble')).toBeVisible();
  await expect(ada.getByTestId('relay-trouble')).toHaveCount(0);
  // Over the mesh nothing of the relay's matters.
  await ada.getByTestId('mode-toggle').click();
  await expect(bob.getByTestId('relay-trouble')).toHaveCount(0);
});

async function failures(server: ServerProcess, role: string, code: string): Promise<number> {
  const [count = Number.NaN] = await server.metric(
    `meshlift_paths_failed_total{role="${role}",code="${code}"}`,
  );
  return count;
}
