import { BusyCore } from './support/busy-core.ts';
import { expect, test } from './support/fixtures.ts';
import { expectAllIn, room } from './support/gathering.ts';
import type { Member } from './support/member.ts';

/** Lifted and lowered so often; `npm run measure:switch -- --busy` asks for ten times. */
const ROUNDS = Number(process.env.MESHLIFT_MEASURE_BUSY ?? 1);

/** Frames that each picture shows on its way before it counts as seen. */
const FRAMES = 10;

test('three people with large cameras and too little time for them are lifted and lowered, each time', async ({
  server,
  newMember,
}) => {
  test.setTimeout(120_000 + ROUNDS * 90_000);
  const members: Member[] = [];
  for (const name of ['ada', 'bob', 'eve']) {
    const member = await newMember();
    // The server's own pages may use a camera in the studio alone.
    await member.page.goto(`${server.url}/healthz`);
    await member.join(server.url, { room, name });
    await member.publishCamera(1280, 720);
    members.push(member);
  }
  const [host] = members;
  if (!host) throw new Error('nobody came');
  const everybodySees = async () => {
    for (const member of members) await member.seesFrames(members.length - 1, FRAMES);
  };
  await everybodySees();
  const core = BusyCore.start();
  try {
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const mode of ['sfu', 'mesh'] as const) {
        const reports = members.slice(1).map((member) => member.nextReport());
        const began = Date.now();
        const own = await host.switchTo(mode);
        const gaps = [own, ...(await Promise.all(reports))].flatMap(({ streams }) =>
          streams
            .filter(({ kind }) => kind === 'video')
            .map(({ gapMs, reason }) => `${Math.round(gapMs)}${reason ? ` (${reason})` : ''}`),
        );
        console.log(
          `    ${round} of ${ROUNDS}, to ${mode}: after ${Date.now() - began} ms; video gaps in ms: ${gaps.join(', ')}`,
        );
        expect(gaps).toHaveLength(members.length * (members.length - 1));
        await expectAllIn(mode, members);
        await everybodySees();
      }
    }
  } finally {
    core.stop();
  }
});
