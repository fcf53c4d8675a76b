import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import type { Door } from '../relays/relay.ts';
import type { PictureSize } from './pages/probe-page.ts';
import { pictureDelays } from './picture-delays.ts';

/** What was seen within some time of what was drawn. */
interface SeenThrough {
  /** From the drawing of each picture to its presentation, in ms. */
  delaysMs: number[];
  /** How many pictures were drawn meanwhile. */
  drawn: number;
  /** The two pages' clocks were compared to so many ms. */
  clocksWithinMs: number;
}

const PICTURE: PictureSize = { width: 640, height: 360, frameRate: 30 };

/** Pictures of the beginning do not count, until layers and buffers have settled; in seconds. */
const SETTLE_SECONDS = 5;

/** One page draws, another page of the same browser sees it through the relay. */
export class GlassToGlass {
  readonly streamId: string;
  readonly #publisher: Page;
  readonly #viewer: Page;

  static async start(server: string, openPage: () => Promise<Page>): Promise<GlassToGlass> {
    const publisher = await openPage();
    await publisher.evaluate(() => window.loadProbe.tellTime());
    const streamId = await publisher.evaluate((size) => window.loadProbe.publish(size), PICTURE);
    const viewer = await openPage();
    const door: Door = { kind: 'plugin', server, streamId };
    await viewer.evaluate((door) => window.loadProbe.join(door, { log: true }), door);
    await wait(SETTLE_SECONDS * 1_000);
    return new GlassToGlass(streamId, publisher, viewer);
  }

  private constructor(streamId: string, publisher: Page, viewer: Page) {
    this.streamId = streamId;
    this.#publisher = publisher;
    this.#viewer = viewer;
  }

  async measure(seconds: number): Promise<SeenThrough> {
    const { ahead, within } = await this.#viewer.evaluate(() => window.loadProbe.compareClocks());
    // What was drawn before is seen after the beginning: the drawn ones are kept until then.
    const drawnBefore = await this.#publisher.evaluate(() => window.loadProbe.takeMoments());
    await this.#viewer.evaluate(() => window.loadProbe.takeMoments());
    await wait(seconds * 1_000);
    const seen = await this.#viewer.evaluate(() => window.loadProbe.takeMoments());
    const drawn = await this.#publisher.evaluate(() => window.loadProbe.takeMoments());
    return {
      delaysMs: pictureDelays([...drawnBefore, ...drawn], seen, ahead),
      drawn: drawn.length,
      clocksWithinMs: within,
    };
  }

  async close(): Promise<void> {
    for (const page of [this.#viewer, this.#publisher]) {
      await page.evaluate(() => window.loadProbe.leave());
      await page.close();
    }
  }
}
