import { expect, test } from './support/fixtures.ts';
import { ForeignSite } from './support/foreign-page.ts';

test('V15: pages speak to their own server, over a WebSocket too, and to no other', async ({
  server,
  studio,
}) => {
  const foreign = await ForeignSite.start();
  const sockets: string[] = [];
  studio.page.on('websocket', (socket) => sockets.push(socket.url()));
  const misunderstood: string[] = [];
  studio.page.on('console', (message) => {
    if (/Policy/i.test(message.text())) misunderstood.push(message.text());
  });
  await studio.goLive(server.url);
  expect(sockets.some((url) => url.startsWith(`ws://localhost:${server.port}/socket.io/`))).toBe(true);
  expect(misunderstood).toEqual([]);
  const blocked = await studio.page.evaluate(async (origin) => {
    const violations: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
      violations.push(`${effectiveDirective} ${blockedURI}`),
    );
    const fetched = await fetch(origin).then(
      () => 'fetched',
      () => 'refused',
    );
    const opened = await new Promise((resolve) => {
      const socket = new WebSocket(origin.replace('http', 'ws'));
      socket.onopen = () => resolve('opened');
      socket.onerror = () => resolve('refused');
    });
    return { fetched, opened, violations };
  }, foreign.origin);
  expect([blocked.fetched, blocked.opened]).toEqual(['refused', 'refused']);
  expect(blocked.violations).toEqual([
    expect.stringContaining(`connect-src ${foreign.origin}`),
    expect.stringContaining(`connect-src ${foreign.origin.replace('http', 'ws')}`),
  ]);
  foreign.close();
});

test('a password in front of the # leaves the address at once, and the page says that it was sent', async ({
  server,
  newPage,
}) => {
  const page = await newPage();
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.url()} ${request.headers().referer ?? ''}`));
  await page.goto(`${server.url}/studio?room=kitchen&password=between+us&source=test`);
  await expect(page.getByTestId('password-sent')).toBeVisible();
  await expect(page.getByTestId('password-field')).toHaveValue('between us');
  expect(new URL(page.url()).search).toBe('?room=kitchen&source=test');
  await page.getByTestId('join').click();
  await expect(page.getByTestId('leave')).toBeVisible();
  expect(asked.filter((request) => request.includes('between'))).toHaveLength(1);
  await page.goto(`${server.url}/studio?password=between+us`);
  await expect(page.getByTestId('go-live')).toBeVisible();
  expect(page.url()).not.toContain('password');
});

test('a password behind the # is not said to be sent', async ({ server, newPage }) => {
  const page = await newPage();
  await page.goto(`${server.url}/studio?room=kitchen#password=between%20us`);
  await expect(page.getByTestId('password-field')).toHaveValue('between us');
  await expect(page.getByTestId('password-sent')).toHaveCount(0);
  expect(page.url()).not.toContain('password');
});

test('links of another server are named, and are not opened here', async ({ server, newPage }) => {
  const page = await newPage();
  await page.goto(server.url);
  const open = page.getByTestId('open-elsewhere');
  const watch = page.locator('#stream');
  await watch.fill('https://other.example/watch/Rk7vQ2mXc9');
  await watch.press('Enter');
  await expect(open).toHaveAttribute('href', 'https://other.example/watch/Rk7vQ2mXc9');
  await expect(page.getByTestId('elsewhere')).toContainText('other.example');
  await watch.fill('');
  await expect(open).toHaveCount(0);
  const room = page.getByTestId('room-field');
  await room.fill('https://other.example/studio?room=kitchen');
  await room.press('Enter');
  await expect(open).toHaveAttribute('href', 'https://other.example/studio?room=kitchen');
  expect(page.url()).toBe(`${server.url}/`);
  await room.fill(`${server.url}/studio?room=kitchen`);
  await room.press('Enter');
  await expect(page).toHaveURL(`${server.url}/studio?room=kitchen`);
});

test('an address that leads nowhere is a page that leads home', async ({ server, newPage }) => {
  const page = await newPage();
  expect((await page.goto(`${server.url}/nothing/here`))?.status()).toBe(404);
  await expect(page.getByTestId('missing')).toBeVisible();
  await page.getByRole('link').click();
  await expect(page).toHaveURL(`${server.url}/`);
});
