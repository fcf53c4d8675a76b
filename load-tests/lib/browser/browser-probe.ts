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
const LONGEST_REST_MS = 500;

/** Tells what only a decoder can: when a picture is really there, read from its pixels. */
export class BrowserProbe {
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #page: Page;
  #server = '';

  /** @param options.core the browser is held to it; any, when left out */
  static async start({ core }: { core?: number | undefined } = {}): Promise<BrowserProbe> {
    const scripts = [await bundle('./probe.ts'), await bundle(import.meta.resolve('./pages/probe-page.ts'))];
    const browser = await launchBrowser({ core });
    try {
      const context = await browser.newContext();
      for (const content of scripts) await context.addInitScript(content);
      return new BrowserProbe(browser, context, await context.newPage());
    } catch (error) {
      await browser.close();
      throw error;
    }
  }

  private constructor(browser: Browser, context: BrowserContext, page: Page) {
    this.#browser = browser;
    this.#context = context;
    this.#page = page;
  }

  /** As Chromium says it. */
  get version(): string {
    return this.#browser.version();
  }

  /**
   * Goes to a server, and publishes and watches something there, so that nothing has to be loaded for the first
   * time when it is measured.
   *
   * @param server Meshlift's URL
   */
  async prepare(server: string): Promise<void> {
    this.#server = server;
    await this.#page.goto(server);
    await this.#page.evaluate((server) => window.loadProbe.warmUp(server), server);
  }

  /**
   * Joins by the plugin, waits for the first picture with a number in it, and leaves.
   *
   * @returns what it waited for, since the call of `watchStream`
   * @throws Error when it is refused, or when no picture comes within 15 s
   */
  firstFrameByPlugin(streamId: string): Promise<FirstFrame> {
    return this.firstFrame({ kind: 'plugin', server: this.#server, streamId });
  }

  /** The same by any way that a browser has, a moment after it is called. */
  async firstFrame(door: Door): Promise<FirstFrame> {
    await wait(Math.random() * LONGEST_REST_MS);
    try {
      return await this.#page.evaluate((door) => window.loadProbe.join(door, { log: false }), door);
    } finally {
      await this.#page.evaluate(() => window.loadProbe.leave());
    }
  }

  /**
   * Publishes a stream of this browser's own, and watches it by the plugin in another page.
   *
   * @returns from the drawing of each picture to its presentation, in ms: camera and screen would come on top
   */
  async glassToGlass(seconds: number): Promise<number[]> {
    const glass = await GlassToGlass.start(this.#server, async () => {
      const page = await this.#context.newPage();
      await page.goto(this.#server);
      return page;
    });
    try {
      const { delaysMs } = await glass.measure(seconds);
      return delaysMs;
    } finally {
      await glass.close();
    }
  }

  stop(): Promise<void> {
    return this.#browser.close();
  }
}
