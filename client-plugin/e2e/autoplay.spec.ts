import type { MeshliftPlayer } from '../src/elements/index.ts';
import { expect, idIn, test } from './support/embedding.ts';
import { Viewer } from './support/fixtures.ts';
import { launchStrict } from './support/strict-browser.ts';

test('where the browser wants a click before there is sound, the element plays silently and offers one', async ({
  server,
  studio,
  foreign,
  probeScript,
}, testInfo) => {
  const streamId = idIn(await studio.goLive(server.url));
  const browser = await launchStrict(testInfo.project.use);
  try {
    const viewer = new Viewer(await browser.newPage());
    const { page } = viewer;
    await page.addInitScript(probeScript);
    // Whatever a test asks of a page counts as a click in it: the page has to say by itself what happens.
    const says = (words: string) => page.waitForEvent('console', (message) => message.text() === words);
    const element = `<meshlift-player streamid="${streamId}"></meshlift-player>
      <script>
        const player = document.querySelector('meshlift-player')
        let refusals = 0
        player.addEventListener('volumechange', () => {
          if (!player.muted) return
          refusals += 1
          // A script cannot have it either.
          if (refusals === 1) player.muted = false
          else console.log('refused twice')
        })
      </script>`;
    const refusedTwice = says('refused twice');
    await page.goto(
      foreign.serve(
        `<body><script type="module" src="${server.url}/meshlift-elements.mjs"></script>${element}</body>`,
      ),
      // A video that has no picture yet holds the page's load event up.
      { waitUntil: 'commit' },
    );
    await refusedTwice;
    await viewer.seesMotion();
    expect(await page.locator('meshlift-player').evaluate((player: MeshliftPlayer) => player.muted)).toBe(
      true,
    );
    await page.getByTestId('unmute').click();
    await expect(page.getByTestId('unmute')).toHaveCount(0);
    expect(await page.locator('meshlift-player').evaluate((player: MeshliftPlayer) => player.muted)).toBe(
      false,
    );
    await viewer.seesMotion();
  } finally {
    await browser.close();
  }
});
