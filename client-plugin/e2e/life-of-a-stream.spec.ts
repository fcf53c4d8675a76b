import { expect, Studio, test } from './support/fixtures.ts';
import { ServerProcess } from './support/server.ts';

test('a publisher that reloads keeps its stream ID and its viewers', async ({ server, studio, watch }) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  await viewer.seesMotion();
  await viewer.page.evaluate(() => Object.assign(window, { notReloaded: true }));

  await studio.page.reload();
  expect(await studio.watchLink()).toBe(link);
  // The picture counts from the start again: seeing a small number proves that it is the new one.
  await expect.poll(async () => (await viewer.see()).count).toBeLessThan(100);
  await viewer.seesMotion();
  expect(await viewer.page.evaluate(() => 'notReloaded' in window)).toBe(true);
});

test('viewers of a publisher that is gone see a waiting screen, and are told when the stream has ended', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  await studio.page.close();
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'waiting');
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over', {
    timeout: 40_000,
  });
});

test('a viewer whose signaling drops keeps playing, and follows the stream again when it is back', async ({
  server,
  cuttable,
  studio,
  watch,
}) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link.replace(server.url, cuttable.url));
  await viewer.seesMotion();

  cuttable.cut();
  await expect.poll(() => server.metric('meshlift_connections')).toEqual([1]);
  await viewer.seesMotion();

  cuttable.mend();
  await expect.poll(() => server.metric('meshlift_connections')).toEqual([2]);
  await viewer.seesMotion();
  // A request of its session is answered: the session is its own again.
  await viewer.page.getByTestId('quality-menu').selectOption('0');
  await viewer.seesWidth(320);
  expect(await server.metric('meshlift_viewers')).toEqual([1]);
});

test('a publisher whose signaling drops goes on, and its viewers notice nothing', async ({
  server,
  cuttable,
  studio,
  watch,
}) => {
  const link = await studio.goLive(cuttable.url);
  const viewer = await watch(link.replace(cuttable.url, server.url));
  await viewer.seesMotion();
  cuttable.cut();
  await expect.poll(() => server.metric('meshlift_connections')).toEqual([1]);
  await viewer.seesMotion();
  cuttable.mend();
  await expect.poll(() => server.metric('meshlift_connections')).toEqual([2]);
  await viewer.seesMotion();
  expect(await studio.watchLink()).toBe(link);
});

for (const claims of ['on', 'off']) {
  test(`publisher and viewers come back by themselves after the server was killed and started again; open claims: ${claims}`, async ({
    studio,
    watch,
  }) => {
    const server = await ServerProcess.start({ MESHLIFT_OPEN_CLAIMS: claims });
    try {
      const link = await studio.goLive(server.url);
      const viewers = [await watch(link), await watch(link.replace('/watch/', '/embed/'))];
      for (const viewer of viewers) await viewer.seesMotion();
      await viewers[0]?.page.evaluate(() => {
        const states: string[] = [];
        window.meshlift.view.on('state', ({ state }) => states.push(state));
        Object.assign(window, { states });
      });

      await server.stop('SIGKILL');
      await expect
        .poll(() => studio.page.evaluate(() => window.meshlift.publication.state))
        .toBe('reconnecting');
      await server.start();
      await expect.poll(() => studio.page.evaluate(() => window.meshlift.publication.state)).toBe('live');
      expect(await studio.watchLink()).toBe(link);
      await expect.poll(() => server.metric('meshlift_viewers')).toEqual([2]);
      for (const viewer of viewers) await viewer.seesMotion();
      // The same view: nobody was told that the stream had ended.
      const states = await viewers[0]?.page.evaluate(() => Reflect.get(window, 'states') as string[]);
      expect(states?.[0]).toBe('reconnecting');
      expect(states?.at(-1)).toBe('live');
      expect(states).not.toContain('ended');
    } finally {
      await server.stop();
    }
  });
}

test('publisher and viewer come back by themselves when a worker dies', async ({ server, studio, watch }) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  for (const pid of await server.workerPids()) process.kill(pid, 'SIGKILL');
  await expect.poll(() => server.metric('meshlift_sessions')).toEqual([1, 1]);
  await viewer.seesMotion();
});

test('M6: a rotated stream goes on under its new link, and the old one is dead', async ({
  server,
  studio,
  watch,
}) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  await viewer.seesMotion();
  const key = await studio.page.evaluate(() => window.meshlift.publication.publishKey);
  const oldId = new URL(link).pathname.split('/').at(-1);
  expect((await server.call('POST', `/api/streams/${oldId}/rotate`, key)).status).toBe(200);
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
  await expect.poll(() => studio.watchLink()).not.toBe(link);
  const invited = await watch(await studio.watchLink());
  await invited.seesMotion();
});

test('a deleted stream ends for viewers and publisher alike', async ({ server, studio, watch }) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  await viewer.seesMotion();
  const key = await studio.page.evaluate(() => window.meshlift.publication.publishKey);
  const streamId = new URL(link).pathname.split('/').at(-1);
  expect((await server.call('DELETE', `/api/streams/${streamId}`, key)).status).toBe(204);
  await expect(viewer.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'over');
  await expect(studio.page.getByTestId('watch-link')).toBeHidden();
});

test('somebody without the key cannot take a live stream', async ({ server, studio, watch, newPage }) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  await viewer.seesMotion();
  const thief = await newPage();
  await thief.goto(`${server.url}/studio`);
  const code = await thief.evaluate(async (streamId) => {
    const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    return publish({ stream, streamId, publishKey: 'x'.repeat(43) }).catch(
      (error: { code: string }) => error.code,
    );
  }, new URL(link).pathname.split('/').at(-1) ?? '');
  expect(code).toBe('STREAM_NOT_YOURS');
  await viewer.seesMotion();
});

test('the studio that is taken over elsewhere says so', async ({ server, studio, newPage, watch }) => {
  const link = await studio.goLive(server.url);
  const viewer = await watch(link);
  await viewer.seesMotion();
  const { streamId, publishKey } = await studio.page.evaluate(() => {
    const { streamId, publishKey } = window.meshlift.publication;
    return { streamId, publishKey };
  });
  const second = new Studio(await newPage());
  await second.page.goto(`${server.url}/studio`);
  await second.page.evaluate(
    async (owned) => {
      const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
      const stream = await navigator.mediaDevices.getUserMedia({ video: true });
      await publish({ stream, ...owned });
    },
    { streamId, publishKey },
  );
  await expect(studio.page.getByText(/went live somewhere else/i)).toBeVisible();
});

test('a duplicate of the studio’s tab leaves the broadcast where it is', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const opening = studio.page.context().waitForEvent('page');
  await studio.page.evaluate(() => void window.open(location.href));
  const copy = await opening;
  await expect.poll(() => copy.evaluate(() => sessionStorage.getItem('meshlift:stream'))).toBeNull();
  await expect(copy.getByTestId('go-live')).toBeEnabled();
  await expect(copy.getByTestId('watch-link')).toHaveCount(0);
  expect(await studio.page.evaluate(() => window.meshlift.publication.state)).toBe('live');
  await viewer.seesMotion();
});
