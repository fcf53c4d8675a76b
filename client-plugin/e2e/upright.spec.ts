import { mergeTests, type Page } from '@playwright/test';
import type { Publication } from '../src/index.ts';
import { firefoxTest, missingFirefox } from './support/firefox.ts';
import type { DrivenPage, Member } from './support/member.ts';
import { CVO } from './support/phone-camera.ts';
import { playIn, publishFrom } from './support/whip.ts';
import { expect, test as whipTest } from './support/whip-fixtures.ts';

const test = mergeTests(whipTest, firefoxTest);

const MID = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** The header extensions that a page and the relay have agreed on for the video that it sends. */
const agreedExtensions = (page: Page) =>
  page.evaluate(() =>
    window.probe.connections
      .flatMap((connection) => connection.getSenders())
      .filter(({ track }) => track?.kind === 'video')
      .flatMap((sender) => sender.getParameters().headerExtensions.map(({ uri }) => uri)),
  );

// A sender that may mark its video as lying on its side does so, and not every viewer can read the mark.
test('browsers may not mark video as lying on its side: by WHIP', async ({ server, newPublisher }) => {
  const stream = await server.createStream();
  const publisher = await newPublisher();
  await publisher.publish(stream, { codec: 'VP8' });
  const extensions = await agreedExtensions(publisher.page);
  expect(extensions).toContain(MID);
  expect(extensions).not.toContain(CVO);
});

test('browsers may not mark video as lying on its side: from the studio', async ({
  server,
  studio,
  watch,
}) => {
  const viewer = await watch(await studio.goLive(server.url));
  await viewer.seesMotion();
  const extensions = await agreedExtensions(studio.page);
  expect(extensions).toContain(MID);
  expect(extensions).not.toContain(CVO);
});

/** So many different pictures are read of a video before one says how it stands. */
const PICTURES = 4;

/** Whatever a page sent ends when it goes there. */
const BLANK = 'about:blank';

type Which = { testId: string } | { participant: string };

/** Waits until a page has shown some pictures of a video, and each of them upright. */
async function expectUpright(page: DrivenPage, which: Which, pair: string): Promise<void> {
  const counts = new Set<number>();
  const turns = new Set<number>();
  let portrait = false;
  const look = async () => {
    const seen = await page.evaluate((which) => {
      const video =
        'testId' in which
          ? window.probe.find(which.testId)
          : document.querySelector(`[data-participant="${which.participant}"]`);
      if (!(video instanceof HTMLVideoElement)) return undefined;
      const posture = window.probe.posture(video);
      return posture && { ...posture, portrait: video.videoHeight > video.videoWidth };
    }, which);
    if (!seen) return counts.size;
    counts.add(seen.count);
    turns.add(seen.lies);
    portrait = seen.portrait;
    return counts.size;
  };
  await expect
    .poll(look, { message: `pictures: ${pair}`, intervals: [30], timeout: 30_000 })
    .toBeGreaterThanOrEqual(PICTURES);
  console.log(`    ${pair}: to be turned by ${[...turns].join(', ')} degrees`);
  expect.soft({ turns: [...turns], portrait }, pair).toEqual({ turns: [0], portrait: true });
}

/** A page that sends the video of a phone to a room. @returns where it can be watched from outside */
async function sendFromPhone(member: Member<DrivenPage>): Promise<string> {
  const { watchUrl } = await member.page.evaluate(async () =>
    window.mesh.room.publish((await window.probe.phoneCamera()).stream),
  );
  return watchUrl;
}

/** Each sees each other. */
async function expectAllUpright(members: Record<string, Member<DrivenPage>>, way: string): Promise<void> {
  const pairs = Object.entries(members).flatMap((viewer) =>
    Object.entries(members).map((sender) => ({ viewer, sender })),
  );
  await Promise.all(
    pairs.map(async ({ viewer: [viewerName, viewer], sender: [senderName, sender] }) => {
      if (viewer === sender) return;
      await expectUpright(
        viewer.page,
        { participant: await sender.id() },
        `${way}, ${senderName} to ${viewerName}`,
      );
    }),
  );
}

test('the video of a phone held upright is upright for each kind of viewer, whatever sends it', async ({
  server,
  newPage,
  newMember,
  firefox,
  newFirefoxMember,
  sdpScript,
}) => {
  test.skip(missingFirefox !== undefined, `this needs ${missingFirefox}`);
  test.setTimeout(180_000);
  const newChromium = async (): Promise<DrivenPage> => newPage();
  const openSdpPage = async (page: DrivenPage) => {
    await page.goto(server.url);
    await page.evaluate(sdpScript);
    return page;
  };

  const ada: Member<DrivenPage> = await newMember();
  const bob: Member<DrivenPage> = await newMember();
  const fox = await newFirefoxMember();
  const room = 'kitchen';
  for (const member of [ada, bob]) await member.join(server.url, { room });
  const watchUrlOfAda = await sendFromPhone(ada);
  await sendFromPhone(bob);
  await expectAllUpright({ Ada: ada, Bob: bob }, 'direct, by twos');
  // Between these two the mark is agreed on: it is in use, and so would it be wherever else it was agreed on.
  expect(await ada.page.evaluate(async () => (await window.probe.phoneCamera()).marked())).toBeGreaterThan(0);

  await fox.join(server.url, { room });
  const watchUrlOfFox = await sendFromPhone(fox);
  const members = { 'Chromium (Ada)': ada, 'Chromium (Bob)': bob, Firefox: fox };
  await expectAllUpright(members, 'direct');
  await ada.switchTo('sfu');
  await expectAllUpright(members, 'relayed');

  const publishByWhip = async (page: DrivenPage) => {
    const { watchUrl, whipUrl, publishKey } = await server.createStream();
    await openSdpPage(page);
    await publishFrom(page, {
      client: 'plain',
      url: whipUrl,
      key: publishKey,
      kinds: ['video'],
      phone: true,
    });
    return watchUrl;
  };
  const publishByPlugin = async (page: DrivenPage) => {
    await page.goto(server.url);
    return page.evaluate(async () => {
      const { publish } = await import(new URL('/meshlift.mjs', location.href).href);
      const publication: Publication = await publish({ stream: (await window.probe.phoneCamera()).stream });
      return publication.watchUrl;
    });
  };
  const senders = [
    { name: 'a relayed room, Chromium', page: ada.page, send: async () => watchUrlOfAda },
    { name: 'a relayed room, Firefox', page: fox.page, send: async () => watchUrlOfFox },
    { name: 'the plugin, Chromium', page: await newChromium(), send: publishByPlugin },
    { name: 'WHIP, Chromium', page: await newChromium(), send: publishByWhip },
    { name: 'WHIP, Firefox', page: await firefox.newPage(), send: publishByWhip },
  ];
  const openWatchPage = async (page: DrivenPage, watchUrl: string) => void (await page.goto(watchUrl));
  const playByWhep = async (page: DrivenPage, watchUrl: string) => {
    await openSdpPage(page);
    await playIn(page, { client: 'plain', url: watchUrl.replace('/watch/', '/whep/'), kinds: ['video'] });
  };
  const viewers = [
    { name: 'the watch page, Chromium', page: await newChromium(), view: openWatchPage },
    { name: 'the watch page, Firefox', page: await firefox.newPage(), view: openWatchPage },
    { name: 'WHEP, Chromium', page: await newChromium(), view: playByWhep },
    { name: 'WHEP, Firefox', page: await firefox.newPage(), view: playByWhep },
  ];
  for (const sender of senders) {
    const watchUrl = await sender.send(sender.page);
    await Promise.all(
      viewers.map(async ({ name, page, view }) => {
        await view(page, watchUrl);
        await expectUpright(page, { testId: 'player' }, `${sender.name} to ${name}`);
      }),
    );
    await sender.page.goto(BLANK);
  }
});
