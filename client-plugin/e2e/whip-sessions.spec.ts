import { ForeignSite } from './support/foreign-page.ts';
import { UdpLine } from './support/udp-line.ts';
import { expect, test } from './support/whip-fixtures.ts';

test('an encoder that was killed comes back at once, and viewers go on with it', async ({
  server,
  newPublisher,
  newViewer,
  watch,
}) => {
  const stream = await server.createStream();
  const first = await newPublisher();
  const line = await UdpLine.of(first.page);
  await first.publish(stream);
  const viewer = await newViewer();
  await viewer.play(stream);
  const page = await watch(stream.watchUrl);
  await page.seesMotion();
  const { count = 0 } = await viewer.seesMotion();
  // Without a farewell, as a process that was killed: the server does not know yet that it is gone.
  line.break();
  await first.page.close();
  await (await newPublisher()).publish(stream);
  await viewer.seesCounterBelow(count);
  await viewer.seesItGoOn();
  await page.seesMotion();
});

test('a key that is not the stream’s publishes nothing', async ({ server, newPublisher }) => {
  const stream = await server.createStream();
  const thief = await newPublisher();
  const publishing = thief.publish({ ...stream, publishKey: 'x'.repeat(43) });
  await expect(publishing).rejects.toThrow(/status 401.*KEY_REQUIRED/);
});

test('viewers wait for a publisher that vanishes, and see it again when it is back in time', async ({
  server,
  newPublisher,
  newViewer,
  watch,
}) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  const line = await UdpLine.of(publisher.page);
  await publisher.publish(stream);
  const viewer = await newViewer();
  await viewer.play(stream);
  const page = await watch(stream.watchUrl);
  await page.seesMotion();
  const { count = 0 } = await viewer.seesMotion();
  await viewer.listen('active', 'inactive');

  // Without the line not even its farewell arrives: the server must miss it.
  line.break();
  await publisher.page.close();
  const activity = async () => (await viewer.told()).map(({ event }) => event);
  await expect.poll(activity).toEqual(['active', 'inactive']);
  await expect(page.page.getByTestId('scene-card')).toHaveAttribute('data-state', 'waiting');
  const late = await newViewer();
  await late.play(stream);
  await (await newPublisher()).publish(stream);
  await viewer.seesCounterBelow(count);
  await page.seesMotion();
  await late.seesMotion();
  await expect.poll(activity).toEqual(['active', 'inactive', 'active']);
});

test('a viewer is told when the publisher goes and comes, of the layers and of the audience', async ({
  server,
  newPublisher,
  newViewer,
}) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  await publisher.publish(stream, { codec: 'VP8' });
  const viewer = await newViewer();
  await viewer.play(stream, { kinds: ['video'] });
  await viewer.seesMotion();
  await viewer.listen('active', 'inactive', 'layers', 'viewercount');
  const last = async (...names: string[]) =>
    (await viewer.told()).filter(({ event }) => names.includes(event)).at(-1);
  const three = {
    event: 'layers',
    data: { 0: expect.objectContaining({ active: [{ id: '0' }, { id: '1' }, { id: '2' }] }) },
  };
  await expect.poll(() => last('active', 'inactive')).toMatchObject({ event: 'active' });
  await expect.poll(() => last('layers')).toEqual(three);
  await expect.poll(() => last('viewercount')).toMatchObject({ data: { viewercount: 1 } });

  const other = await newViewer();
  await other.play(stream);
  await expect.poll(() => last('viewercount')).toMatchObject({ data: { viewercount: 2 } });
  await other.stop();
  await expect.poll(() => last('viewercount')).toMatchObject({ data: { viewercount: 1 } });

  await publisher.stop();
  await expect.poll(() => last('active', 'inactive')).toMatchObject({ event: 'inactive' });
  await expect.poll(() => last('layers')).toEqual({ event: 'layers', data: {} });
  await publisher.publish(stream, { codec: 'VP8', layers: undefined });
  await expect.poll(() => last('active', 'inactive')).toMatchObject({ event: 'active' });
  await expect
    .poll(() => last('layers'))
    .toEqual({ event: 'layers', data: { 0: expect.objectContaining({ active: [{ id: '0' }] }) } });
  await viewer.seesMotion();
});

test('whoever says goodbye by DTLS before hanging up has hung up all the same', async ({
  server,
  newPublisher,
  newViewer,
}) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  await publisher.publish(stream);
  const viewer = await newViewer();
  await viewer.play(stream);
  await viewer.seesMotion();
  const sessions = async () =>
    (await server.metric('meshlift_sessions')).reduce((sum, each) => sum + each, 0);
  for (const [end, left] of [
    [viewer, 1],
    [publisher, 0],
  ] as const) {
    await end.page.evaluate(() => window.sdp.connection?.close());
    await expect.poll(sessions).toBe(left);
    // It would throw at any answer but a good one.
    await end.stop();
  }
});

test('a page of another origin asks for the ICE servers, and reads what a session takes', async ({
  server,
  newPage,
}) => {
  const foreign = await ForeignSite.start();
  const page = await newPage();
  await page.goto(foreign.serve(''));
  const told = await page.evaluate(async (url) => {
    const headers = { Authorization: 'Bearer s3cret' };
    const endpoint = await fetch(`${url}/whip/my-show`, { method: 'OPTIONS', headers });
    const session = await fetch(`${url}/whip/sessions/any`, { method: 'OPTIONS' });
    return [endpoint.headers.get('accept-post'), session.headers.get('accept-patch')];
  }, server.url);
  expect(told).toEqual(['application/sdp', 'application/trickle-ice-sdpfrag']);
  foreign.close();
});

test('pages of another origin publish, watch, trickle, restart and are told', async ({
  server,
  newPublisher,
  newViewer,
}) => {
  const foreign = await ForeignSite.start();
  const elsewhere = foreign.serve('');
  const stream = await server.createStream();
  const publisher = await newPublisher('plain', elsewhere);
  const viewer = await newViewer('plain', elsewhere);
  const trickled = [publisher.trickled(), viewer.trickled()];
  await publisher.publish(stream);
  await viewer.play(stream);
  expect(await Promise.all(trickled)).toEqual([204, 204]);
  await viewer.seesWidth(1280);
  await viewer.listen('active');
  await expect.poll(() => viewer.told()).toEqual([{ event: 'active', data: {} }]);
  await publisher.restart();
  await viewer.restart();
  await viewer.seesItGoOn();
  await viewer.selectLayer('0');
  await viewer.seesWidth(320);
  expect(await viewer.page.context().cookies()).toEqual([]);
  await viewer.stop();
  await publisher.stop();
  foreign.close();
});

test('a browser’s WHIP library that nobody here wrote publishes from another origin, and hangs up', async ({
  server,
  newPublisher,
  newViewer,
}) => {
  const foreign = await ForeignSite.start();
  const stream = await server.createStream();
  const publisher = await newPublisher('whip-web-client', foreign.serve(''));
  const asked: string[] = [];
  publisher.page.on('response', (response) => {
    if (response.url().startsWith(server.url)) {
      asked.push(`${response.request().method()} ${response.status()}`);
    }
  });
  await publisher.publish(stream);
  const viewer = await newViewer();
  await viewer.play(stream);
  await viewer.seesMotion();
  await publisher.stop();
  await expect.poll(async () => (await server.metric('meshlift_sessions')).toSorted()).toEqual([0, 1]);
  await viewer.stop();
  await expect.poll(() => [...new Set(asked)].sort()).toEqual(['DELETE 200', 'OPTIONS 204', 'POST 201']);
  foreign.close();
});
