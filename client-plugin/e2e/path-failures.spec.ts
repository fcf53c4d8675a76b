import type { Page } from '@playwright/test';
import { BlockedRelay } from './support/blocked-relay.ts';
import { expect, test } from './support/fixtures.ts';
import type { ServerProcess } from './support/server.ts';

/** The references of the paths of a role that the server has logged. */
const logged = (server: ServerProcess, role: string) =>
  server.output
    .split('\n')
    .filter((line) => line.includes('"reference"') && line.includes(`"role":"${role}"`))
    .map((line) => JSON.parse(line) as { silent: string; reference: string });

async function showsReference(page: Page, server: ServerProcess, role: string): Promise<void> {
  const shown = async () => {
    const references = logged(server, role).filter(({ silent }) => silent === 'ice');
    const counts = references.map(({ reference }) => page.getByText(reference).count());
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
    showsReference(blockedStudio, server, 'publisher'),
    showsReference(blockedViewer, server, 'viewer'),
  ]);
  expect(Math.min(...(await server.metric('meshlift_paths_failed_total')))).toBeGreaterThan(0);
});
