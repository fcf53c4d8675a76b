import { type PrivacyPolicy, privacyPolicySchema } from '@meshlift/protocol';
import type { Page } from '@playwright/test';
import { expect, test } from './support/fixtures.ts';
import { ServerProcess } from './support/server.ts';

async function policyOf(url: string): Promise<PrivacyPolicy> {
  return privacyPolicySchema.parse(await (await fetch(`${url}/privacy.json`)).json());
}

const entry = (page: Page, id: string) => page.getByTestId(`entry-${id}`);

test('J2 V5 V13: the page says what is in force and who runs the server, asks nobody else and sets no cookie', async ({
  newPage,
}) => {
  const server = await ServerProcess.start({
    MESHLIFT_WORKERS: '1',
    MESHLIFT_LOG_LEVEL: 'silent',
    MESHLIFT_GRACE_SECONDS: '12',
    MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org","username":"u","credential":"hunter2"}]',
    MESHLIFT_OPERATOR_NAME: 'The <b>Example</b> Society',
    MESHLIFT_OPERATOR_CONTACT: 'privacy@example.org',
  });
  try {
    const page = await newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(server.url);
    await page.getByRole('link', { name: 'Privacy' }).click();

    const operator = page.getByTestId('operator');
    await expect(operator).toContainText('The <b>Example</b> Society');
    await expect(operator.getByRole('link')).toHaveAttribute('href', 'mailto:privacy@example.org');
    await expect(entry(page, 'relayed-media')).toContainText('It could see and hear everything');
    await expect(entry(page, 'relayed-media')).toContainText('In memory');
    await expect(entry(page, 'streams')).toContainText('gone for 12 seconds');
    await expect(entry(page, 'log')).toContainText('Not kept');
    await expect(entry(page, 'other-hosts')).toContainText('turn.example.org');
    await expect(page.getByText('hunter2')).toHaveCount(0);

    expect(asked).toContain(`${server.url}/privacy.json`);
    expect(asked.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([]);
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  } finally {
    await server.stop();
  }
});

test('J2: the page says all that the server says, and says plainly that the operator has said nothing', async ({
  server,
  newPage,
}) => {
  const page = await newPage();
  await page.goto(`${server.url}/privacy#log`);
  await expect(page.getByTestId('operator')).toContainText('has not said who they are');
  await expect(entry(page, 'log')).toBeInViewport();
  const { sections, cannotKnow } = await policyOf(server.url);
  for (const { id, what, why, howLong, who } of sections.flatMap(({ entries }) => entries)) {
    for (const text of [what, why, howLong, who]) await expect(entry(page, id)).toContainText(text);
  }
  for (const text of cannotKnow) await expect(page.getByText(text)).toBeVisible();
});

test('the page says so when the server does not answer, and tries again', async ({ server, newPage }) => {
  const page = await newPage();
  await page.route('**/privacy.json', (route) => route.abort());
  await page.goto(`${server.url}/privacy`);
  await expect(page.getByRole('alert')).toContainText('The server did not say');
  await page.unroute('**/privacy.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(entry(page, 'cookies')).toContainText('None.');
});

const room = 'lusab-gutih-tugad';

test('V11: what the pages store in use is what the page lists, and goes when it says', async ({
  server,
  newPage,
}) => {
  const { sections } = await policyOf(server.url);
  const items = sections.flatMap(({ entries }) => entries).find(({ id }) => id === 'browser-storage')?.items;
  const listed = (kind: 'browser' | 'tab') =>
    (items ?? [])
      .filter(({ about }) => about.startsWith(`${kind}: `))
      .map(({ name }) => name.replace('<room>', room))
      .toSorted();
  const page = await newPage();
  const stored = () =>
    page.evaluate(() => ({
      browser: Object.keys(localStorage).sort(),
      tab: Object.keys(sessionStorage).sort(),
    }));

  await page.goto(`${server.url}/studio?source=camera`);
  await page.getByRole('combobox', { name: 'Microphone' }).selectOption({ index: 1 });
  await page.getByRole('radio', { name: 'Test picture' }).check();
  await page.getByTestId('go-live').click();
  await expect(page.getByTestId('watch-link')).toBeVisible();
  // The same tab, from its stream into a room.
  await page.goto(`${server.url}/studio?room=${room}&source=test`);
  await page.getByTestId('name-field').fill('Ada');
  await page.getByTestId('join').click();
  await expect(page.getByTestId('leave')).toBeVisible();
  expect(await stored()).toEqual({ browser: listed('browser'), tab: listed('tab') });
  // Nor anything that no list could show: a database, a cache, a worker of the site.
  expect(
    await page.evaluate(async () => [
      (await indexedDB.databases()).length,
      (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length,
    ]),
  ).toEqual([0, 0, 0]);
  expect(await page.context().cookies()).toEqual([]);

  await page.getByTestId('leave').click();
  await expect(page.getByTestId('rejoin')).toBeVisible();
  expect((await stored()).tab).not.toContain(`meshlift:stay:${room}`);
  // What belongs to a tab goes with it.
  const next = await page.context().newPage();
  await next.goto(`${server.url}/studio`);
  expect(await next.evaluate(() => sessionStorage.length)).toBe(0);
});
