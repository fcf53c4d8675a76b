import { setTimeout as wait } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { bundle } from '../../../client-plugin/e2e/support/bundle.ts';
import type { Door } from '../relays/relay.ts';
import { GlassToGlass } from './glass-to-glass.ts';
import { launchBrowser } from './launch-browser.ts';
import type { FirstFrame } from './pages/probe-page.ts';

/**
 * Joins come at any moment: one right after the other would fall into step with the pause that the relay makes
 * between two requests for a key frame, and meet it always at the same point. In ms.
 */
const LONGEST_REST_MS = 1_000;

/** Tells what only a decoder can: when a picture is really there, read from its pixels. */
export class BrowserProbe {
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #page: Page;
  readonly #server: string;
  /** The ways in that it has gone before: what is loaded once is loaded. */
  readonly #known = new Set<Door['kind']>();

  /**
   * @param options.server Meshlift's URL, of which the pages are
   * @param options.core the browser is held to it; any, when left out
   */
  static async start({ server, core }: { server: string; core?: number | undefined }): Promise<BrowserProbe> {
    const scripts = [await bundle('./probe.ts'), await bundle(import.meta.resolve('./pages/probe-page.ts'))];
    const browser = await launchBrowser({ core });
    try {
      const context = await browser.newContext();
      for (const content of scripts) await context.addInitScript(content);
      return new BrowserProbe(browser, context, await openPage(context, server), server);
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: Browser, context: BrowserContext, page: Page, server: string) {
    this.#browser = browser;
    this.#context = context;
    this.#page = page;
    this.#server = server;
  }

  /** As Chromium says it. */
  get version(): string {
    return this.#browser.version();
  }

  /**
   * Joins after a rest of up to a second, waits for the first picture with a number in it, and leaves. The first
   * time by each way is not measured: it is done twice then, in a browser that has everything loaded.
   *
   * @throws Error when it is refused, or when no picture comes within 15 s
   */
  async timeToFirstFrame(door: Door): Promise<FirstFrame> {
    if (!this.#known.has(door.kind)) await this.#join(door);
    this.#known.add(door.kind);
    await wait(Math.random() * LONGEST_REST_MS);
    return this.#join(door);
  }

  /** Publishes a stream of this browser's own, and watches it by the plugin in another page. */
  async glassToGlass(): Promise<GlassToGlass> {
    return GlassToGlass.start(this.#server, () => openPage(this.#context, this.#server));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async #join(door: Door): Promise<FirstFrame> {
    try {
      return await this.#page.evaluate((door) => window.loadProbe.join(door, { log: false }), door);
    } finally {
      await this.#page.evaluate(() => window.loadProbe.leave());
    }
  }
}

async function openPage(context: BrowserContext, server: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(server);
  await page.evaluate(() => window.loadProbe.warmUp());
  return page;
}
