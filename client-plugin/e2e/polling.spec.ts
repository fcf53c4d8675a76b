import { expect, test } from './support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather } from './support/gathering.ts';

/** As in networks that answer for a server and refuse the upgrade. */
function refuseWebSockets(): void {
  const Refused = function refuse(): never {
    throw new DOMException('WebSockets do not get through here', 'SecurityError');
  };
  Object.assign(window, { WebSocket: Refused });
}

/** As in networks that let the upgrade go and its answer not come. */
function swallowWebSockets(): void {
  const Swallowed = class extends EventTarget {
    readonly readyState = 0;
    binaryType = 'blob';
    send(): void {}
    close(): void {}
  };
  Object.assign(window, { WebSocket: Swallowed });
}

for (const [network, change] of [
  ['refuses', refuseWebSockets],
  ['swallows', swallowWebSockets],
] as const) {
  test.describe(`in a network that ${network} WebSockets`, () => {
    test.use({ beforePages: `(${change})()` });

    test('a browser publishes and another watches, over long polling', async ({ server, studio, watch }) => {
      const polls: URL[] = [];
      studio.page.on('request', (request) => {
        if (request.url().includes('transport=polling')) polls.push(new URL(request.url()));
      });
      const viewer = await watch(await studio.goLive(server.url));
      await viewer.seesMotion();
      await expect(studio.page.getByTestId('viewer-count')).toHaveAttribute('data-count', '1');
      await viewer.page.getByTestId('quality-menu').selectOption('0');
      await viewer.seesWidth(320);
      expect(await server.metric('meshlift_connections')).toEqual([2]);
      // A proxy in front of several doors goes by it.
      expect(new Set(polls.map(({ searchParams }) => searchParams.get('n'))).size).toBe(1);
      expect(polls[0]?.searchParams.get('n')).toMatch(/^0\.\d+$/);
    });

    test('two people meet in a room, lift it and lower it, over long polling', async ({
      server,
      newMember,
    }) => {
      const members = await gather(server.url, newMember, 2);
      await members[0].run((room) => room.setMode('sfu'));
      await expectAllIn('sfu', members);
      await expectAllToMeet(members);
      await members[0].run((room) => room.setMode('mesh'));
      await expectAllIn('mesh', members);
      await expectAllToMeet(members);
    });
  });
}
