import { type BrowserContext, test as base, expect, type Page } from '@playwright/test';
import { bundle } from './bundle.ts';
import { CuttableProxy } from './cuttable-proxy.ts';
import { Member } from './member.ts';
import type { Seen } from './probe.ts';
import { ServerProcess } from './server.ts';

/** The studio, publishing its test picture. */
export class Studio {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async goLive(url: string): Promise<string> {
    await this.page.goto(`${url}/studio?source=test`);
    await this.page.getByTestId('go-live').click();
    return this.watchLink();
  }

  async watchLink(): Promise<string> {
    const link = this.page.getByTestId('watch-link');
    await expect(link).toHaveText(/\/watch\/[A-Za-z0-9]{22}$/);
    return (await link.textContent())?.trim() ?? '';
  }

  /** Waits until the picture that is published has moved on by so many frames. */
  async drawsFrames(count: number): Promise<void> {
    await this.page
      .locator('video')
      .first()
      .evaluate(
        (video: HTMLVideoElement, count) =>
          new Promise<void>((resolve) => {
            let drawn = 0;
            const onFrame = () => {
              drawn += 1;
              if (drawn === count) resolve();
              else video.requestVideoFrameCallback(onFrame);
            };
            video.requestVideoFrameCallback(onFrame);
          }),
        count,
      );
  }

  /** Frames that each simulcast layer has encoded so far, lowest layer first. */
  async framesEncoded(): Promise<number[]> {
    return this.page.evaluate(async () => {
      const frames: { rid: string; frames: number }[] = [];
      for (const connection of window.probe.connections) {
        for (const stat of (await connection.getStats()).values()) {
          if (stat.type === 'outbound-rtp' && stat.kind === 'video') {
            frames.push({ rid: String(stat.rid), frames: Number(stat.framesEncoded) });
          }
        }
      }
      return frames.sort((a, b) => a.rid.localeCompare(b.rid)).map((layer) => layer.frames);
    });
  }
}

/** Somebody who watches. */
export class Viewer {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  see(): Promise<Seen> {
    return this.page.getByTestId('player').evaluate((video) => window.probe.see(video as HTMLVideoElement));
  }

  /** Waits until the picture moves: its counter has been read and has then grown. */
  async seesMotion(): Promise<Seen> {
    let first: number | undefined;
    let seen: Seen = { count: undefined, width: 0, height: 0 };
    await expect
      .poll(
        async () => {
          seen = await this.see();
          first ??= seen.count;
          return first !== undefined && seen.count !== undefined && seen.count > first;
        },
        { message: 'the picture should move', intervals: [50] },
      )
      .toBe(true);
    return seen;
  }

  /** An encoder that is short of time begins with its largest layer late, and viewers get to it seconds after. */
  async seesWidth(width: number): Promise<void> {
    await expect
      .poll(async () => (await this.see()).width, {
        message: 'width of the decoded picture',
        timeout: 30_000,
      })
      .toBe(width);
    await this.seesMotion();
  }

  /** Waits until a tone is heard, which may be a little after the picture has begun to move. */
  async hears(frequency: number): Promise<void> {
    await expect
      .poll(() => this.toneLevel(frequency), { message: `a tone of ${frequency} Hz` })
      .toBeGreaterThan(10);
  }

  /** How clearly a tone is heard now, in decibels. */
  toneLevel(frequency: number): Promise<number> {
    return this.page
      .getByTestId('player')
      .evaluate((video, hertz) => window.probe.hearTone(video as HTMLVideoElement, hertz), frequency);
  }
}

export interface Fixtures {
  /** A script that runs in each page before anything else; none, unless a spec says otherwise. */
  beforePages: string;
  /** A server with two workers. */
  server: ServerProcess;
  cuttable: CuttableProxy;
  studio: Studio;
  /** Opens a page that watches. */
  watch(url: string): Promise<Viewer>;
  newPage(): Promise<Page>;
  /** Somebody who is in no room yet. */
  newMember(): Promise<Member>;
}

export const test = base.extend<Fixtures, { probeScript: string }>({
  beforePages: ['', { option: true }],
  probeScript: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
    async ({}, use) => {
      await use(await bundle('./probe.ts'));
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: see above.
  server: async ({}, use, testInfo) => {
    const server = await ServerProcess.start({ MESHLIFT_WORKERS: '2' });
    await use(server);
    await server.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      await testInfo.attach('server.log', { body: server.output, contentType: 'text/plain' });
    }
  },
  cuttable: async ({ server }, use) => {
    const proxy = await CuttableProxy.to(server.port);
    await use(proxy);
    proxy.close();
  },
  newPage: async ({ browser, probeScript, beforePages }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      await context.addInitScript(probeScript);
      await context.addInitScript(beforePages);
      return context.newPage();
    });
    for (const context of contexts) await context.close();
  },
  newMember: async ({ newPage }, use) => {
    await use(async () => new Member(await newPage()));
  },
  studio: async ({ newPage }, use) => {
    await use(new Studio(await newPage()));
  },
  watch: async ({ newPage }, use) => {
    await use(async (url) => {
      const page = await newPage();
      await page.goto(url);
      return new Viewer(page);
    });
  },
});

export { expect };
