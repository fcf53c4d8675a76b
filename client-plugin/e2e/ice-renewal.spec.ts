import type { Page, WebSocketRoute } from '@playwright/test';
import { test as base, expect } from './support/fixtures.ts';
import { Member } from './support/member.ts';
import { ServerProcess } from './support/server.ts';

/** Nothing listens there: what is tried is by which name a browser would ask. */
const TURN = 'turn:127.0.0.1:9';

const test = base.extend({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright tells a fixture's needs by destructuring.
  server: async ({}, use) => {
    const server = await ServerProcess.start({
      MESHLIFT_WORKERS: '1',
      MESHLIFT_ICE_SERVERS: JSON.stringify([{ urls: TURN }]),
      MESHLIFT_TURN_SECRET: 'a secret of some length',
    });
    await use(server);
    await server.stop();
  },
});

/** As the server makes one: when it runs out, and a pseudonym. */
const MADE = /^\d{10}:[\w-]{12}$/;
const RENEWED = '2000000000:renewed';

/** The signaling of one page, where a word of the server's can be put in that it would say after half an hour. */
class Signaling {
  readonly #sockets: WebSocketRoute[] = [];
  readonly #asked = Promise.withResolvers<void>();

  /** Must be set up before the page connects. */
  static async of(page: Page): Promise<Signaling> {
    const signaling = new Signaling();
    await page.routeWebSocket(/\/socket\.io\//, (socket) => signaling.#pass(socket));
    return signaling;
  }

  renew(): void {
    const iceServers = [{ urls: TURN, username: RENEWED, credential: 'secret' }];
    this.#sockets.at(-1)?.send(`42${JSON.stringify(['server:iceServers', { iceServers }])}`);
  }

  /** Resolves when the page asks for a new path. */
  get restart(): Promise<void> {
    return this.#asked.promise;
  }

  #pass(socket: WebSocketRoute): void {
    const server = socket.connectToServer();
    this.#sockets.push(socket);
    socket.onMessage((message) => {
      if (String(message).includes('"transport:restartIce"')) this.#asked.resolve();
      server.send(message);
    });
  }
}

/** By which names the page's connections ask for TURN now, oldest connection first. */
const names = (page: Page) =>
  page.evaluate(() =>
    window.probe.connections.map((connection) => connection.getConfiguration().iceServers?.[0]?.username),
  );

test('a path that is lost is looked for with the newest TURN credentials', async ({ studio, server }) => {
  const signaling = await Signaling.of(studio.page);
  await studio.goLive(server.url);
  await expect.poll(async () => (await names(studio.page)).at(-1)).toMatch(MADE);
  signaling.renew();
  const workers = await server.workerPids();
  for (const pid of workers) process.kill(pid, 'SIGSTOP');
  await signaling.restart;
  for (const pid of workers) process.kill(pid, 'SIGCONT');
  await expect.poll(async () => (await names(studio.page)).at(-1)).toBe(RENEWED);
});

test('in a room, who comes later is reached with the newest TURN credentials', async ({
  server,
  newPage,
}) => {
  const ada = new Member(await newPage());
  const bob = new Member(await newPage());
  const signaling = await Signaling.of(ada.page);
  await ada.join(server.url, { server: server.url, room: 'kitchen' });
  signaling.renew();
  await bob.join(server.url, { server: server.url, room: 'kitchen' });
  await expect.poll(() => names(ada.page)).toEqual([RENEWED]);
  await expect.poll(async () => (await names(bob.page)).at(-1)).toMatch(MADE);
});
