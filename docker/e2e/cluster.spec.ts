import type { CreatedStream } from '@meshlift/protocol';
import type { APIRequestContext } from '@playwright/test';
import { bundle } from '../../client-plugin/e2e/support/bundle.ts';
import { expect, test } from '../../client-plugin/e2e/support/fixtures.ts';
import type { PublishOptions } from '../../client-plugin/e2e/support/sdp-page.ts';
import { addMediaNode, atEachDoor, kill } from './cluster.ts';
import { mapped } from './mapped.ts';
import { mediaRoutes } from './media-routes.ts';
import { ask } from './prometheus.ts';

/** What Prometheus does every 15 seconds: look who is there, and then ask. */
const LOOKED_AND_ASKED_MS = 60_000;

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test('a broadcast by WHIP is watched on two media nodes, and goes on when one of them is killed', async ({
  newPage,
  request,
  watch,
}) => {
  test.setTimeout(180_000);
  const created = await request.post(`${mapped.tlsUrl}/api/streams`);
  const { streamId, publishKey } = (await created.json()) as CreatedStream;
  const publisher = await newPage();
  await publisher.addInitScript(await bundle('./sdp-page.ts'));
  await publisher.goto(mapped.tlsUrl);
  const broadcast: PublishOptions = {
    client: 'plain',
    url: `${mapped.tlsUrl}/whip/${streamId}`,
    key: publishKey,
    kinds: ['audio', 'video'],
  };
  await publisher.evaluate((options) => window.sdp.publish(options), broadcast);
  const link = `${mapped.tlsUrl}/watch/${streamId}`;
  const near = await watch(link);
  await near.seesMotion();
  const [route = ''] = await mediaRoutes(near.page);
  expect(route).toContain(`udp ${mapped.address}:`);

  // The doors prefer media nodes of their region, and so far there was none.
  const container = await addMediaNode(mapped.region);
  const far = await watch(link);
  await far.seesMotion();
  expect(await mediaRoutes(far.page)).not.toContain(route);

  await kill(container);
  await expect.poll(() => mediaRoutes(far.page), { timeout: 30_000 }).toContain(route);
  await far.seesMotion();
  await near.seesMotion();
});

/** Opens a connection by long polling, as socket.io does. @returns what came first after the handshake */
async function connectByPolling(request: APIRequestContext, n: number): Promise<string> {
  const path = `${mapped.tlsUrl}/socket.io/?EIO=4&transport=polling&n=${n}`;
  const handshake = await (await request.get(path)).text();
  const { sid } = JSON.parse(handshake.slice(1)) as { sid: string };
  const session = `${path}&sid=${sid}`;
  await request.post(session, { data: '40{"protocol":2}', headers: { 'content-type': 'text/plain' } });
  return (await request.get(session)).text();
}

test('each connection over long polling stays with one door, and every door has some', async ({
  request,
}) => {
  const before = await atEachDoor('meshlift_connections');
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => connectByPolling(request, Math.random())),
  );
  for (const answer of answers) expect(answer).toMatch(/^40\{"sid"/);
  const after = await atEachDoor('meshlift_connections');
  expect(sum(after)).toBe(sum(before) + answers.length);
  const added = after.map((connections, door) => connections - (before[door] ?? 0));
  expect(Math.min(...added)).toBeGreaterThan(0);
});

test('Prometheus finds every server of the cluster', async () => {
  test.setTimeout(2 * LOOKED_AND_ASKED_MS);
  const patiently = { timeout: LOOKED_AND_ASKED_MS };
  const found = (role: string) => ask(`count(up{job="meshlift", role="${role}"} == 1)`);
  await expect.poll(() => found('signaling'), patiently).toEqual([2]);
  await expect.poll(() => found('sfu'), patiently).toEqual([2]);
  await expect.poll(() => ask('count(meshlift_worker_utilisation{role="sfu"})'), patiently).toEqual([2]);
});
