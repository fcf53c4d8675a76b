import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test, Viewer } from '../../client-plugin/e2e/support/fixtures.ts';

/** The tone of the test picture, in hertz. */
const TONE = 440;

/** What `docker/test` has started and mapped. */
const mapped = {
  url: process.env.MESHLIFT_TEST_URL ?? 'http://localhost:8080',
  tlsUrl: process.env.MESHLIFT_TEST_TLS_URL ?? 'https://localhost',
  prometheus: process.env.MESHLIFT_TEST_PROMETHEUS ?? 'http://127.0.0.1:9090',
  /** Announced address and mapped media port, such as `192.0.2.2:44400`. */
  media: process.env.MESHLIFT_TEST_MEDIA ?? '',
};

/** By which protocol and to which address and port a page's media travels. */
async function mediaRoutes(page: Page): Promise<string[]> {
  const routes = await page.evaluate(async () => {
    const reports = await Promise.all(window.probe.connections.map((connection) => connection.getStats()));
    const stats = reports.flatMap((report) => [...report.values()]);
    const used = stats.filter(({ type, nominated }) => type === 'candidate-pair' && nominated);
    return used.map(({ remoteCandidateId }) => {
      const { protocol, address, port } = stats.find(({ id }) => id === remoteCandidateId) ?? {};
      return `${protocol} ${address}:${port}`;
    });
  });
  return [...new Set(routes)];
}

/** Keeps the UDP candidates from a page that has not been opened yet. */
function hideUdp(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const Native = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Native {
      override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
        const sdp = (description.sdp ?? '').replace(/a=candidate:\S+ 1 udp .*\r\n/g, '');
        return super.setRemoteDescription({ type: description.type, sdp });
      }
    };
  });
}

test('a browser outside the container publishes and watches through the mapped port', async ({
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(mapped.url));
  await viewer.seesMotion();
  expect(await viewer.hearsTone(TONE)).toBeGreaterThan(10);
  expect(await mediaRoutes(studio.page)).toEqual([`udp ${mapped.media}`]);
  expect(await mediaRoutes(viewer.page)).toEqual([`udp ${mapped.media}`]);
});

test('where UDP does not get through, both go over the mapped TCP port', async ({ studio, newPage }) => {
  await hideUdp(studio.page);
  const link = await studio.goLive(mapped.url);
  const page = await newPage();
  await hideUdp(page);
  await page.goto(link);
  await new Viewer(page).seesMotion();
  expect(await mediaRoutes(studio.page)).toEqual([`tcp ${mapped.media}`]);
  expect(await mediaRoutes(page)).toEqual([`tcp ${mapped.media}`]);
});

test('the TLS proxy serves the pages and upgrades WebSockets', async ({ studio, watch }) => {
  const sockets: string[] = [];
  studio.page.on('websocket', (socket) => sockets.push(socket.url()));
  const link = await studio.goLive(mapped.tlsUrl);
  expect(link).toContain('https://');
  await (await watch(link)).seesMotion();
  expect(sockets).toContainEqual(expect.stringMatching(/^wss:/));
});

/** What Prometheus answers to a question: one value for each combination of labels. */
async function ask(query: string): Promise<number[]> {
  const response = await fetch(`${mapped.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
  const answer = (await response.json()) as {
    status: string;
    data: { result: { value: [number, string] }[] };
  };
  if (answer.status !== 'success') throw new Error(`Prometheus cannot answer ${query}`);
  return answer.data.result.map(({ value }) => Number(value[1]));
}

test('Prometheus asks the server, knows the alerts, and understands every panel of the dashboard', async () => {
  await expect.poll(() => ask('up{job="meshlift"}'), { timeout: 30_000 }).toEqual([1]);
  expect(await ask('meshlift_worker_viewers')).toHaveLength(1);
  const rules = (await (await fetch(`${mapped.prometheus}/api/v1/rules`)).json()) as {
    data: { groups: { rules: { name: string }[] }[] };
  };
  expect(rules.data.groups.flatMap(({ rules }) => rules.map(({ name }) => name))).toEqual([
    'MeshliftDown',
    'MeshliftWorkerFull',
    'MeshliftWorkerDied',
    'MeshliftRequestsFail',
  ]);
  const file = new URL('../monitoring/grafana/dashboards/meshlift.json', import.meta.url);
  const dashboard = JSON.parse(await readFile(file, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  for (const { expr } of dashboard.panels.flatMap(({ targets }) => targets)) await ask(expr);
});
