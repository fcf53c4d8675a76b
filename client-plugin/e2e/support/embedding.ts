import type { Page, TestType } from '@playwright/test';
import { test as base, expect } from './examples.ts';
import { ForeignSite } from './foreign-page.ts';
import type { ServerProcess } from './server.ts';

/** The messages that a page has got, oldest first, with the origin of each. */
export interface Heard {
  origin: string;
  data: { meshlift?: number; event?: string; id?: number; code?: string } & Record<string, unknown>;
}

declare global {
  interface Window {
    heard: Heard[];
  }
}

/** Notes all messages, and puts an iframe in the page. */
export const framing = (src: string, style = '') => `<body style="margin: 0; ${style}">
  <script>
    window.heard = []
    addEventListener('message', ({ origin, data }) => heard.push({ origin, data }))
  </script>
  <iframe src="${src}" allow="autoplay" style="border: 0; color-scheme: light; width: 640px; height: 360px"></iframe>
</body>`;

/** Posts something to the player in the frame, as the page around it. */
export async function tell(page: Page, message: unknown): Promise<void> {
  await page.evaluate((message) => {
    document.querySelector('iframe')?.contentWindow?.postMessage(message, '*');
  }, message);
}

export const heard = (page: Page) => page.evaluate(() => window.heard);

/** Posts a command and waits for what answers it. */
export async function ask(
  page: Page,
  message: { id: number } & Record<string, unknown>,
): Promise<Heard['data']> {
  await tell(page, message);
  let answer: Heard['data'] | undefined;
  await expect
    .poll(async () => {
      answer = (await heard(page)).find(({ data }) => data.id === message.id)?.data;
      return answer !== undefined;
    })
    .toBe(true);
  return answer ?? {};
}

/** Sessions that the server has open: each publisher and viewer is one. */
export async function openSessions(server: ServerProcess): Promise<number> {
  return (await server.metric('meshlift_sessions')).reduce((sum, sessions) => sum + sessions, 0);
}

export const idIn = (watchLink: string) => new URL(watchLink).pathname.split('/').at(-1) ?? '';

interface ForeignFixture {
  foreign: ForeignSite;
}

type Extended<T> =
  T extends TestType<infer Each, infer Worker> ? TestType<Each & ForeignFixture, Worker> : never;

export const test: Extended<typeof base> = base.extend<ForeignFixture>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
  foreign: async ({}, use) => {
    const site = await ForeignSite.start();
    await use(site);
    site.close();
  },
});

export { expect };
