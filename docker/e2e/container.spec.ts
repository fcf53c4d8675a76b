import type { Page } from '@playwright/test';
import { expect, test, Viewer } from '../../client-plugin/e2e/support/fixtures.ts';
import { mapped } from './mapped.ts';
import { mediaRoutes } from './media-routes.ts';

/** The tone of the test picture, in hertz. */
const TONE = 440;

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
  await viewer.hears(TONE);
  await expect.poll(() => mediaRoutes(studio.page)).toEqual([`udp ${mapped.media}`]);
  await expect.poll(() => mediaRoutes(viewer.page)).toEqual([`udp ${mapped.media}`]);
});

test('where UDP does not get through, both go over the mapped TCP port', async ({ studio, newPage }) => {
  await hideUdp(studio.page);
  const link = await studio.goLive(mapped.url);
  const page = await newPage();
  await hideUdp(page);
  await page.goto(link);
  await new Viewer(page).seesMotion();
  await expect.poll(() => mediaRoutes(studio.page)).toEqual([`tcp ${mapped.media}`]);
  await expect.poll(() => mediaRoutes(page)).toEqual([`tcp ${mapped.media}`]);
});

test('the TLS proxy serves the pages and upgrades WebSockets', async ({ studio, watch }) => {
  const sockets: string[] = [];
  studio.page.on('websocket', (socket) => sockets.push(socket.url()));
  const link = await studio.goLive(mapped.tlsUrl);
  expect(link).toContain('https://');
  await (await watch(link)).seesMotion();
  expect(sockets).toContainEqual(expect.stringMatching(/^wss:/));
});
