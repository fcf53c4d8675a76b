import type { MeshliftPlayer } from '../src/elements/index.ts';
import { ask, expect, framing, heard, idIn, tell, test } from './support/embedding.ts';
import { ServerProcess } from './support/server.ts';

test('the embedded player is bare and silent, and its address says otherwise', async ({
  server,
  studio,
  watch,
}) => {
  const url = `${server.url}/embed/${idIn(await studio.goLive(server.url))}`;
  const viewer = await watch(url);
  await viewer.seesMotion();
  const { page } = viewer;
  const video = page.getByTestId('player');
  expect(await video.evaluate((video) => (video as HTMLVideoElement).muted)).toBe(true);
  await expect(video).toHaveCSS('object-fit', 'contain');
  for (const part of ['unmute', 'mode-label', 'quality-menu', 'viewer-count']) {
    await expect(page.getByTestId(part)).toHaveCount(0);
  }
  expect(await page.evaluate(() => window.meshlift.view.state)).toBe('live');

  await page.goto(`${url}?muted=0&quality=low&fit=cover`);
  await viewer.seesWidth(320);
  await expect(video).toHaveCSS('object-fit', 'cover');
  expect(await video.evaluate((video) => (video as HTMLVideoElement).muted)).toBe(false);
  await viewer.hears(440);
  await expect(page.getByTestId('unmute')).toHaveCount(0);

  await page.goto(`${url}?controls`);
  await viewer.seesWidth(1280);
  await expect(page.getByTestId('mode-label')).toContainText(/relayed.*server.*see and hear/i);
  await expect(page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
  await page.getByTestId('quality-menu').selectOption('0');
  await viewer.seesWidth(320);
  await page.getByTestId('unmute').click();
  expect(await video.evaluate((video) => (video as HTMLVideoElement).muted)).toBe(false);
  await expect(page.getByTestId('unmute')).toHaveCount(0);
});

test('with nothing playing the page is transparent, and the stream starts in it by itself', async ({
  server,
  studio,
  foreign,
  newPage,
}) => {
  const stream = await server.createStream();
  const page = await newPage();
  const alphas = async () => {
    const picture = await page.screenshot({ omitBackground: true });
    return page.evaluate(
      async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 40 });
        const context = canvas.getContext('2d');
        context?.drawImage(bitmap, 0, 0, 64, 40);
        const { data } = context?.getImageData(0, 0, 64, 40) ?? { data: [] };
        return [...new Set(data.filter((_value, index) => index % 4 === 3))];
      },
      [...picture],
    );
  };
  const url = `${server.url}/embed/${stream.streamId}`;
  await page.goto(url);
  await expect
    .poll(() => page.evaluate(() => (document.querySelector('meshlift-player') as MeshliftPlayer).state))
    .toBe('ended');
  expect(await alphas()).toEqual([0]);
  await page.goto(`${url}?controls`);
  await expect(page.getByTestId('player-words')).toHaveAttribute('data-state', 'absent');
  expect(await alphas()).toContain(0);
  await page.goto(url);

  await studio.page.goto(`${server.url}/studio`);
  await studio.page.evaluate(async ({ streamId, publishKey }) => {
    const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
    const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    window.meshlift = { ...window.meshlift, publication: await publish({ stream, streamId, publishKey }) };
  }, stream);
  await expect.poll(alphas).toContain(255);
  // The last picture does not stay when there is no more.
  await studio.page.evaluate(() => window.meshlift.publication.close());
  await expect.poll(alphas).toEqual([0]);

  // In a frame what lies behind is seen, in a page of either scheme.
  for (const scheme of ['light', 'dark']) {
    await page.goto(
      foreign.serve(
        framing(
          `${server.url}/embed/NobodyHasEverClaimedMe`,
          `background: rgb(10, 200, 30); color-scheme: ${scheme}`,
        ),
      ),
    );
    const inside = page.frameLocator('iframe').locator('meshlift-player');
    await expect.poll(() => inside.evaluate((player: MeshliftPlayer) => player.state)).toBe('ended');
    const shot = await page.screenshot({ clip: { x: 300, y: 150, width: 8, height: 8 } });
    const colour = await page.evaluate(
      async (bytes) => {
        const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
        const context = Object.assign(document.createElement('canvas'), { width: 8, height: 8 }).getContext(
          '2d',
        );
        context?.drawImage(bitmap, 0, 0);
        return [...(context?.getImageData(4, 4, 1, 1).data ?? [])];
      },
      [...shot],
    );
    expect(colour, scheme).toEqual([10, 200, 30, 255]);
  }
});

test('a page of another origin commands the player in its frame, and hears of it', async ({
  server,
  studio,
  foreign,
  newPage,
}) => {
  const streamId = idIn(await studio.goLive(server.url));
  const page = await newPage();
  await page.goto(
    foreign.serve(`${framing(`${server.url}/embed/${streamId}`)}
      <script type="module">
        import { EmbedController } from '${server.url}/meshlift-elements.mjs'
        window.controller = new EmbedController(document.querySelector('iframe'))
        window.states = []
        controller.on('state', ({ state }) => states.push(state))
      </script>`),
  );
  const run = <T>(code: string) => page.evaluate(code) as Promise<T>;
  await expect.poll(() => run('window.controller?.getState().then(({ state }) => state)')).toBe('live');
  const frame = page.frameLocator('iframe').getByTestId('player');
  const see = () => frame.evaluate((video) => window.probe.see(video as HTMLVideoElement));
  await expect.poll(async () => (await see()).width).toBe(1280);
  const { count = 0 } = await see();
  await expect.poll(async () => (await see()).count).toBeGreaterThan(count);
  await expect
    .poll(() => run('controller.getState()'))
    .toMatchObject({
      state: 'live',
      muted: true,
      quality: 'auto',
      mode: 'sfu',
      viewers: 1,
      layers: { spatial: 3 },
    });

  expect(await run('controller.unmute()')).toBe(true);
  expect(await frame.evaluate((video) => (video as HTMLVideoElement).muted)).toBe(false);
  await run('controller.setVolume(0.25)');
  expect(await frame.evaluate((video) => (video as HTMLVideoElement).volume)).toBe(0.25);
  await run('controller.mute()');
  expect(await run('controller.getState()')).toMatchObject({ muted: true, volume: 0.25 });
  await run("controller.setQuality('low')");
  await expect.poll(async () => (await see()).width).toBe(320);
  expect(
    await run<number>('controller.getStats().then(({ framesDecoded }) => framesDecoded)'),
  ).toBeGreaterThan(0);
  expect(await run('controller.setVolume(7).catch(({ code }) => code)')).toBe('BAD_REQUEST');

  const messages = await heard(page);
  expect(new Set(messages.map(({ data }) => data.event))).toEqual(
    new Set(['ready', 'state', 'volume', 'quality', 'mode', 'viewers', 'layers', 'stats', 'error']),
  );
  expect(messages.every(({ origin, data }) => origin === server.url && data.meshlift === 1)).toBe(true);
  expect(JSON.stringify(messages)).not.toContain(streamId);

  // A frame that is loaded anew is spoken to anew.
  await run("document.querySelector('iframe').src += '?quality=1'");
  await expect.poll(() => run("controller.getState().then(({ quality }) => quality, () => '')")).toBe(1);
  await run('controller.close()');
  expect(await run('controller.getState().catch(({ code }) => code)')).toBe('DISCONNECTED');
});

test('bad messages are answered with a code, and those that are not for the player not at all', async ({
  server,
  foreign,
  newPage,
}) => {
  const { streamId } = await server.createStream();
  const page = await newPage();
  const broken: string[] = [];
  page.on('pageerror', ({ message }) => broken.push(message));
  await page.goto(foreign.serve(framing(`${server.url}/embed/${streamId}`)));
  const code = async (message: { id: number } & Record<string, unknown>) => (await ask(page, message)).code;
  expect(await heard(page)).toEqual([]);
  for (const other of [null, 'meshlift', 7, [], { source: 'devtools' }]) await tell(page, other);
  expect(await code({ id: 1, meshlift: 2, command: 'mute' })).toBe('PROTOCOL_VERSION');
  expect(await code({ id: 2, meshlift: 1, command: 'explode' })).toBe('UNKNOWN_REQUEST');
  expect(await code({ id: 3, meshlift: 1, command: 'volume', volume: 'loud' })).toBe('BAD_REQUEST');
  expect(await code({ id: 4, meshlift: 1 })).toBe('BAD_REQUEST');
  expect(await ask(page, { id: 5, meshlift: 1, command: 'getState' })).toMatchObject({
    event: 'state',
    state: 'ended',
    error: { code: 'STREAM_NOT_FOUND' },
  });
  const errors = (await heard(page)).filter(({ data }) => data.event === 'error');
  expect(errors).toHaveLength(4);
  expect(broken).toEqual([]);
});

test('only pages that the server allows may hold the player in a frame and speak to it', async ({
  foreign,
  newPage,
}) => {
  const server = await ServerProcess.start({ MESHLIFT_WORKERS: '1', MESHLIFT_FRAME_ORIGINS: foreign.origin });
  try {
    const { streamId } = await server.createStream();
    const url = `${server.url}/embed/${streamId}`;
    const friend = await newPage();
    await friend.goto(foreign.serve(framing(url)));
    expect(await ask(friend, { id: 1, meshlift: 1, command: 'getState' })).toMatchObject({ event: 'state' });

    // The same site under another name is another origin: the browser refuses the frame.
    const foe = await newPage();
    const refused = foe.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    await foe.goto(foreign.origin.replace('127.0.0.1', 'localhost'));
    await refused;
    await tell(foe, { id: 1, meshlift: 1, command: 'getState' });
    await expect(foe.frameLocator('iframe').getByTestId('player')).toHaveCount(0);
    expect(await heard(foe)).toEqual([]);

    // Nor may any other page be held by anybody.
    const bold = await newPage();
    const alsoRefused = bold.waitForEvent('console', (message) => /frame-ancestors/.test(message.text()));
    await bold.goto(foreign.serve(framing(`${server.url}/watch/${streamId}`)));
    await alsoRefused;
  } finally {
    await server.stop();
  }
});

test('a player whose address declares its page tells that page by itself, and no other', async ({
  server,
  foreign,
  newPage,
}) => {
  const { streamId } = await server.createStream();
  const declared = await newPage();
  const embed = (parent: string) => `${server.url}/embed/${streamId}?parent=${encodeURIComponent(parent)}`;
  await declared.goto(foreign.serve(framing(embed(foreign.origin))));
  await expect.poll(async () => (await heard(declared)).map(({ data }) => data.event)).toContain('ready');

  const other = await newPage();
  await other.goto(foreign.serve(framing(embed('https://somebody.example'))));
  const player = other.frameLocator('iframe').locator('meshlift-player');
  await expect.poll(() => player.evaluate((player: MeshliftPlayer) => player.state)).toBe('ended');
  await tell(other, { id: 1, meshlift: 1, command: 'unmute' });
  // Messages come in order: when this one has gone both ways, so would have an answer.
  await other.evaluate(
    () =>
      new Promise((resolve) => {
        addEventListener('message', ({ data }) => data === 'echo' && resolve(undefined));
        postMessage('echo', '*');
      }),
  );
  expect(await player.evaluate((player: MeshliftPlayer) => player.muted)).toBe(true);
  expect((await heard(other)).filter(({ data }) => data.meshlift === 1)).toEqual([]);
});
