import type { Page } from '@playwright/test';
import { expect, test, Viewer } from '../../client-plugin/e2e/support/fixtures.ts';

/** The tone of the test picture, in hertz. */
const TONE = 440;

/** What `docker/test` has started and mapped. */
const mapped = {
  url: process.env.MESHLIFT_TEST_URL ?? 'http://localhost:8080',
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
  await viewer.seesWidth(1280);
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
