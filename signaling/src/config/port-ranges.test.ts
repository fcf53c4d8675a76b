import type { CreatedStream } from '@meshlift/protocol';
import { freePorts } from '@meshlift/sfu/testing/ports';
import { expect, it } from 'vitest';
import { ask, play, playOffer, publish, publishLive, refusalOf } from '../testing/sdp-client.ts';
import { ServerProcess } from '../testing/server-process.ts';
import { TestServer } from '../testing/test-server.ts';

/** The media port in the answer to an encoder. */
async function mediaPortOf({ url }: ServerProcess): Promise<number> {
  const stream = (await (await ask('POST', `${url}/api/streams`)).json()) as CreatedStream;
  const server = { url, metric: async () => 0 };
  const answer = await (await publish(server, stream.streamId, stream.publishKey)).text();
  return Number(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+) /m.exec(answer)?.[1]);
}

it('gives each of several servers on a machine a media port of the range, and refuses one too many', async () => {
  const first = await freePorts(4);
  const range = {
    MESHLIFT_RTC_PORT: String(first),
    MESHLIFT_RTC_LAST_PORT: String(first + 3),
    // Edges of all of them share these: the kernel gives each end another.
    MESHLIFT_PIPE_PORTS: `${first + 4}-${first + 99}`,
  };
  const servers = Array.from({ length: 4 }, () => new ServerProcess(range));
  await Promise.all(servers.map((server) => server.ready()));
  const ports = await Promise.all(servers.map(mediaPortOf));
  expect(ports.sort()).toEqual([first, first + 1, first + 2, first + 3]);
  const fifth = new ServerProcess(range);
  await fifth.said(
    `Meshlift did not start. The media ports ${first} to ${first + 3} (UDP and TCP) are all in use`,
  );
  expect(await fifth.exitCode()).toBe(1);
  expect(fifth.output).toContain('Set MESHLIFT_RTC_PORT and MESHLIFT_RTC_LAST_PORT');
  expect(fifth.output).not.toContain('    at ');
});

it('keeps pipes to the ports that were given for them', async () => {
  const min = await freePorts(2);
  const server = await TestServer.start({ pipePorts: { min, max: min + 1 } });
  const stream = await server.createStream();
  await publishLive(server, stream, 'audio', 'video');
  expect((await play(server, stream.streamId)).status).toBe(201);
  // Players with payload types of their own need a pipe each.
  const otherTypes = playOffer.replaceAll('111', '109').replaceAll('96', '120');
  expect(await refusalOf(await play(server, stream.streamId, otherTypes))).toEqual([503, 'SERVER_FULL']);
});
