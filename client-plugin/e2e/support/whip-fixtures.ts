import type { TestType } from '@playwright/test';
import { bundle } from './bundle.ts';
import { test as base, expect } from './fixtures.ts';
import type { PublishingClient, SdpClient } from './sdp-page.ts';
import { WhepViewer, WhipPublisher } from './whip.ts';

interface WhipFixtures {
  /** Somebody who has not published yet, in a page of the server's unless told otherwise. */
  newPublisher(client?: PublishingClient, url?: string): Promise<WhipPublisher>;
  /** Somebody who does not watch yet, in a page of the server's unless told otherwise. */
  newViewer(client?: SdpClient, url?: string): Promise<WhepViewer>;
}

interface SdpScript {
  /** What every page runs that publishes or watches. */
  sdpScript: string;
}

type Extended<T> =
  T extends TestType<infer Each, infer Worker> ? TestType<Each & WhipFixtures, Worker & SdpScript> : never;

export const test: Extended<typeof base> = base.extend<WhipFixtures, SdpScript>({
  sdpScript: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
    async ({}, use) => {
      await use(await bundle('./sdp-page.ts'));
    },
    { scope: 'worker' },
  ],
  newPublisher: async ({ server, newPage, sdpScript }, use) => {
    await use(async (client = 'plain', url = server.url) => {
      const page = await newPage();
      await page.addInitScript(sdpScript);
      await page.goto(url);
      return new WhipPublisher(page, client);
    });
  },
  newViewer: async ({ server, newPage, sdpScript }, use) => {
    await use(async (client = 'plain', url = server.url) => {
      const page = await newPage();
      await page.addInitScript(sdpScript);
      await page.goto(url);
      return new WhepViewer(page, client);
    });
  },
});

export { expect };
