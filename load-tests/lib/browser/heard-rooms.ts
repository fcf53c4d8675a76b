import type { Browser } from '@playwright/test';
import { bundle } from '../../../client-plugin/e2e/support/bundle.ts';
import { HeardRoom } from '../../../client-plugin/e2e/support/heard-room.ts';
import type { PictureSize } from '../../../client-plugin/e2e/support/hop-source.ts';
import { Member } from '../../../client-plugin/e2e/support/member.ts';
import { launchBrowser } from './launch-browser.ts';

/**
 * One machine encodes and decodes everybody's pictures, 30 each in a mesh of six, so they are as small as it goes:
 * a picture that comes in time is 50 ms after the one before it.
 */
export const ROOM_PICTURE: PictureSize = { width: 160, height: 90, frameRate: 20 };

/** A tile's width in pixels, as the pages of rooms lay them out. */
const TILE = 320;

/** A browser in which whole rooms meet, that sees and hears what each of them is shown. */
export class HeardRooms {
  readonly #browser: Browser;
  readonly #script: string;

  /** It is held to no core: a room of this size would not fit onto one. */
  static async start(): Promise<HeardRooms> {
    const script = await bundle('./probe.ts');
    return new HeardRooms(await launchBrowser({ sound: true }), script);
  }

  private constructor(browser: Browser, script: string) {
    this.#browser = browser;
    this.#script = script;
  }

  get version(): string {
    return this.#browser.version();
  }

  /** Resolves when everybody sees and hears everybody else. */
  async gather(server: string, people: number): Promise<HeardRoom> {
    const members: Member[] = [];
    while (members.length < people) {
      const context = await this.#browser.newContext({
        // Everybody else's pictures stand side by side, since nothing is received for one that cannot be seen.
        viewport: { width: TILE * (people - 1) + 20, height: 240 },
      });
      await context.addInitScript(this.#script);
      members.push(new Member(await context.newPage()));
    }
    return HeardRoom.gather(server, `kitchen for ${people}`, ROOM_PICTURE, members);
  }

  stop(): Promise<void> {
    return this.#browser.close();
  }
}
