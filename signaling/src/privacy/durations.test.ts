import { privacyPolicySchema } from '@meshlift/protocol';
import { viewerCapabilities } from '@meshlift/sfu/testing';
import { expect, it } from 'vitest';
import { ask, SDP, sessionUrl } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { ServerProcess } from '../testing/server-process.ts';
import { TestClient } from '../testing/test-server.ts';

const GRACE = { seconds: 2, inWords: '2 seconds' };

/** What a busy machine and the polling of a test may add to a stated duration. */
const SLACK_SECONDS = 8;

/** What a running server says of how long it keeps something. */
async function stated({ url }: ServerProcess, id: string): Promise<string> {
  const policy = privacyPolicySchema.parse(await (await fetch(`${url}/privacy.json`)).json());
  return policy.sections.flatMap(({ entries }) => entries).find((entry) => entry.id === id)?.howLong ?? '';
}

/** A socket that will vanish without a word: nothing of it is closed but the connection. */
async function connect(server: ServerProcess) {
  const client = new TestClient(server.url);
  await client.next('server:welcome');
  return { client, vanish: () => client.socket.io.engine.transport.close() };
}

it('V23: /privacy: what is kept for the grace time is there before, and gone by its stated end', async () => {
  const server = new ServerProcess({ MESHLIFT_GRACE_SECONDS: String(GRACE.seconds) });
  await server.ready();
  for (const id of ['connections', 'streams', 'keys', 'room-names', 'rooms']) {
    expect(await stated(server, id), id).toContain(GRACE.inWords);
  }

  const peer = await SdpPeer.create('SendOnly', 'audio');
  const publish = (key: string) => {
    const headers = { ...SDP, authorization: `Bearer ${key}` };
    return ask('POST', `${server.url}/whip/stream`, { headers, body: peer.offer });
  };
  const published = await publish('of-mine');
  await peer.connect(await published.text());
  peer.send();
  await expect.poll(() => server.metric('meshlift_streams{state="live"}')).toBe(1);

  const [viewer, member, back] = [await connect(server), await connect(server), await connect(server)];
  const watched = { streamId: 'stream', rtpCapabilities: viewerCapabilities() };
  const { sessionId } = await viewer.client.request('stream:watch', watched);
  await member.client.request('room:join', { roomId: 'a-room' });

  const kept = async () => ({
    streams: await server.metric('meshlift_streams'),
    sessions: await server.metric('meshlift_sessions'),
    rooms: await server.metric('meshlift_rooms'),
    participants: await server.metric('meshlift_participants'),
  });
  expect(await kept()).toEqual({ streams: 1, sessions: 2, rooms: 1, participants: 1 });
  // Those who come back in time are taken for the same.
  viewer.vanish();
  await back.client.request('session:resume', { sessionId });
  back.vanish();
  member.vanish();
  expect((await ask('DELETE', sessionUrl(published))).status).toBe(200);
  await expect.poll(() => server.metric('meshlift_connections')).toBe(0);
  expect(await kept()).toMatchObject({ streams: 1, rooms: 1, participants: 1 });

  const timeout = (GRACE.seconds + SLACK_SECONDS) * 1_000;
  await expect.poll(kept, { timeout }).toEqual({ streams: 0, sessions: 0, rooms: 0, participants: 0 });
  const late = await connect(server);
  expect(await late.client.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  late.client.close();

  // What is said to be kept for longer is kept.
  expect(await stated(server, 'keys')).toContain('1 minute after its end');
  expect((await ask('DELETE', sessionUrl(published))).status).toBe(200);
  expect(await stated(server, 'past-streams')).toContain('24 hours after the stream has ended');
  expect((await publish('of-another')).status).toBe(401);
});
