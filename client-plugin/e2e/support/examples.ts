import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, type Page, type TestType } from '@playwright/test';
import type { Example } from '../../examples/shared/window.ts';
import { test as base } from './fixtures.ts';

const SERVE = fileURLToPath(new URL('../../examples/serve.ts', import.meta.url));

/** `npm run examples` on a port of its own. */
class ExamplesServer {
  readonly #child: ChildProcess;
  #output = '';

  static async start(): Promise<ExamplesServer> {
    const server = new ExamplesServer();
    await server.#ready();
    return server;
  }

  private constructor() {
    this.#child = spawn(process.execPath, [SERVE], { env: { ...process.env, MESHLIFT_EXAMPLES_PORT: '0' } });
  }

  get url(): string {
    return /http:\/\/localhost:\d+/.exec(this.#output)?.[0] ?? '';
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.kill();
    await once(this.#child, 'exit');
  }

  #ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      const read = (chunk: Buffer) => {
        this.#output += chunk.toString();
        if (/simple-peer +http/.test(this.#output)) resolve();
      };
      this.#child.stdout?.on('data', read);
      this.#child.stderr?.on('data', read);
      this.#child.once('exit', () => reject(new Error(`the examples were not served:\n${this.#output}`)));
    });
  }
}

/** Somebody in a room of an example: a page with the test picture. */
export class Guest {
  readonly page: Page;
  id = '';

  constructor(page: Page) {
    this.page = page;
  }

  /** @param server where the room can be lifted to; nowhere by default */
  async join(example: string, room: string, server = 'http://localhost:1'): Promise<void> {
    await this.page.goto(`${example}?source=test&server=${encodeURIComponent(server)}`);
    await this.page.getByLabel('Room').fill(room);
    await this.page.getByRole('button', { name: 'Join' }).click();
    await expect(this.page.getByRole('button', { name: 'Leave' })).toBeVisible();
    this.id = await this.run(({ mesh }) => mesh.selfId);
  }

  /** Runs in the page. */
  run<T>(work: (example: Example) => T | Promise<T>): Promise<T> {
    return this.page.evaluate(`(${work})(window.example)`) as Promise<T>;
  }

  hold(held: boolean): Promise<void> {
    return this.run(held ? ({ mesh }) => mesh.hold(true) : ({ mesh }) => mesh.hold(false));
  }

  /** The ids of the peers that the adapter knows. */
  peers(): Promise<string[]> {
    return this.run(({ mesh }) => [...mesh.peers.keys()].sort());
  }

  async meets(...others: Guest[]): Promise<void> {
    await expect.poll(() => this.peers()).toEqual(others.map(({ id }) => id).sort());
  }

  /** The frame counter in somebody's tile; undefined while there is none. */
  count(other: Guest): Promise<number | undefined> {
    return this.page.evaluate((id) => {
      const tile = document.querySelector<HTMLVideoElement>(`[data-testid=remote-tile][data-peer="${id}"]`);
      return tile ? window.probe.see(tile).count : undefined;
    }, other.id);
  }

  /** Waits until somebody's picture moves on from what it shows now. */
  async sees(other: Guest): Promise<void> {
    let first: number | undefined;
    await expect
      .poll(
        async () => {
          const count = await this.count(other);
          first ??= count;
          return first !== undefined && count !== undefined && count > first;
        },
        { message: 'the picture should move', intervals: [50] },
      )
      .toBe(true);
  }

  /** How clearly the tone of the test picture is heard of somebody, in decibels. */
  hears(other: Guest): Promise<number> {
    return this.page
      .locator(`[data-peer="${other.id}"]`)
      .evaluate((video) => window.probe.hearTone(video as HTMLVideoElement, 440));
  }

  /** Waits until this page's own picture has moved on by so many frames. */
  async drawsFrames(count: number): Promise<void> {
    await this.page.getByTestId('local').evaluate(
      (video, count) =>
        new Promise<void>((resolve) => {
          const { requestVideoFrameCallback: next } = HTMLVideoElement.prototype;
          let drawn = 0;
          const onFrame = () => {
            drawn += 1;
            if (drawn === count) resolve();
            else next.call(video as HTMLVideoElement, onFrame);
          };
          next.call(video as HTMLVideoElement, onFrame);
        }),
      count,
    );
  }

  /** Frames that this page has sent so far, over all its connections. */
  framesSent(): Promise<number> {
    return this.#sum('outbound-rtp', 'framesSent');
  }

  /** Frames that this page has received so far, over all its connections. */
  framesReceived(): Promise<number> {
    return this.#sum('inbound-rtp', 'framesReceived');
  }

  /** Waits until the last frames on their way have gone, and shows that none follow while this page draws on. */
  async sendsNothing(): Promise<void> {
    let before = await this.framesSent();
    await expect
      .poll(async () => {
        const last = before;
        await this.drawsFrames(30);
        before = await this.framesSent();
        return before - last;
      })
      .toBe(0);
  }

  negotiations(): Promise<number> {
    return this.page.evaluate(() => window.probe.negotiations());
  }

  #sum(type: string, value: string): Promise<number> {
    return this.page.evaluate(
      async ({ type, value }) => {
        let sum = 0;
        for (const connection of window.probe.connections) {
          for (const stat of (await connection.getStats()).values()) {
            if (stat.type === type && stat.kind === 'video') sum += Number(stat[value] ?? 0);
          }
        }
        return sum;
      },
      { type, value },
    );
  }
}

/** Each of them knows all others, sees them move, and hears them. */
export async function expectAllToMeet(guests: Guest[]): Promise<void> {
  for (const guest of guests) {
    const others = guests.filter((other) => other !== guest);
    await guest.meets(...others);
    for (const other of others) {
      await guest.sees(other);
      await expect.poll(() => guest.hears(other)).toBeGreaterThan(10);
    }
  }
}

interface GuestFixtures {
  /** Somebody who is in no room yet. */
  newGuest(): Promise<Guest>;
}

interface ExamplesFixture {
  /** Where the examples are served. */
  examples: string;
}

type Extended<T> =
  T extends TestType<infer Each, infer Worker>
    ? TestType<Each & GuestFixtures, Worker & ExamplesFixture>
    : never;

export const test: Extended<typeof base> = base.extend<GuestFixtures, ExamplesFixture>({
  examples: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
    async ({}, use) => {
      const server = await ExamplesServer.start();
      await use(server.url);
      await server.stop();
    },
    { scope: 'worker' },
  ],
  newGuest: async ({ newPage }, use) => {
    await use(async () => new Guest(await newPage()));
  },
});

export { expect };
