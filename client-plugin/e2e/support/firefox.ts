import { existsSync } from 'node:fs';
import puppeteer, { type Browser, type BrowserContext } from 'puppeteer-core';
import { test as base, expect } from './fixtures.ts';
import { type DrivenPage, Member } from './member.ts';

/** The Firefox that the setup found, or where distributions have theirs. */
const program =
  process.env.MESHLIFT_FIREFOX ??
  ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path));

/** What a page of the tests needs of the browser. */
const PREFERENCES = {
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  // Sound plays without a click.
  'media.autoplay.default': 0,
  'media.autoplay.blocking_policy': 0,
  // Pages on one machine meet over loopback, by addresses that are not hidden behind names.
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // Not to be had without the network: every room here is in VP8.
  'media.gmp-gmpopenh264.enabled': false,
};

/** What is missing for Firefox to take part; undefined when nothing is. */
export const missingFirefox = program === undefined ? 'Firefox' : undefined;

/**
 * The distribution's Firefox, driven over WebDriver BiDi. Playwright drives a Firefox of its own only, whose
 * media stack is another build.
 */
export class Firefox {
  readonly #browser: Browser;
  readonly #script: string;

  /** @param script runs in each page before its own scripts */
  static async launch(script: string): Promise<Firefox> {
    if (program === undefined) throw new Error('there is no Firefox here');
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: program,
      extraPrefsFirefox: PREFERENCES,
      defaultViewport: { width: 1280, height: 800 },
    });
    return new Firefox(browser, script);
  }

  private constructor(browser: Browser, script: string) {
    this.#browser = browser;
    this.#script = script;
  }

  version(): Promise<string> {
    return this.#browser.version();
  }

  /** A page that shares nothing with any other. */
  async newPage(): Promise<DrivenPage> {
    const context: BrowserContext = await this.#browser.createBrowserContext();
    // In a window of its own: a tab in the background is slowed down.
    const page = await context.newPage({ type: 'window' });
    await page.evaluateOnNewDocument(this.#script);
    return {
      url: () => page.url(),
      goto: (url) => page.goto(url),
      evaluate: <R, A>(work: string | ((argument: A) => R), argument?: A) =>
        page.evaluate(work as (argument: unknown) => R, argument),
    };
  }

  /** Repeating it changes nothing. */
  async close(): Promise<void> {
    await this.#browser.close();
  }
}

/** One of the product's own pages in Firefox. */
export class FirefoxPage {
  readonly #page: DrivenPage;

  constructor(page: DrivenPage) {
    this.#page = page;
  }

  async goto(url: string): Promise<void> {
    await this.#page.goto(url);
  }

  /** Presses what has this `data-testid`, once it is there and may be pressed. */
  async press(testId: string): Promise<void> {
    const press = () =>
      this.#page.evaluate((id) => {
        const button = window.probe.find(id);
        if (!button || button.matches(':disabled')) return false;
        button.click();
        return true;
      }, testId);
    await expect.poll(press, { message: `press ${testId}` }).toBe(true);
  }

  /** Waits until what has this `data-testid` has a text. */
  async text(testId: string): Promise<string> {
    let text = '';
    await expect
      .poll(async () => {
        text = await this.#page.evaluate((id) => window.probe.find(id)?.textContent?.trim() ?? '', testId);
        return text;
      })
      .not.toBe('');
    return text;
  }

  /** Waits until the counter in the decoded pixels of the player has gone up so often. */
  async seesChanges(times: number): Promise<void> {
    const seen = new Set<number>();
    await expect
      .poll(
        async () => {
          const count = await this.#page.evaluate(() => {
            const player = window.probe.find('player');
            return player instanceof HTMLVideoElement ? window.probe.see(player).count : undefined;
          });
          if (count !== undefined) seen.add(count);
          return seen.size;
        },
        { message: 'other counters in the decoded pixels', intervals: [30] },
      )
      .toBeGreaterThan(times);
  }
}

/** Tests in which Firefox takes part. */
export const firefoxTest = base.extend<
  { newFirefoxMember(): Promise<Member<DrivenPage>>; newFirefoxPage(): Promise<FirefoxPage> },
  { firefox: Firefox }
>({
  firefox: [
    async ({ probeScript }, use) => {
      const firefox = await Firefox.launch(probeScript);
      await use(firefox);
      await firefox.close();
    },
    { scope: 'worker' },
  ],
  newFirefoxMember: async ({ firefox }, use) => {
    await use(async () => new Member(await firefox.newPage()));
  },
  newFirefoxPage: async ({ firefox }, use) => {
    await use(async () => new FirefoxPage(await firefox.newPage()));
  },
});
