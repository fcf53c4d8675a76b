import { opusAudio, viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it } from 'vitest';
import { NativePeer } from '../testing/native-peer.ts';
import { type Door, testDoors } from '../testing/test-doors.ts';

/** A media node on its own, the door of a live stream, and two more doors. */
async function start() {
  const { engine, doors } = await testDoors(4, { roles: ['sfu', 'signaling', 'signaling', 'signaling'] });
  const [media, owner, door, other] = doors as [Door, Door, Door, Door];
  const stream = await owner.server.createStream();
  const publisher = await owner.server.connect();
  const publishing = await publisher.request('stream:publish', stream);
  const { sessionId, transport } = publishing;
  const peer = await NativePeer.create(transport);
  await publisher.request('transport:connect', { sessionId, dtlsParameters: peer.dtlsParameters });
  const track = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
  await publisher.request('producer:open', { sessionId, ...track });
  await peer.connect();
  const { streamId } = stream;
  const watch = async ({ server }: Door) => {
    const client = await server.connect();
    const terms = { streamId, rtpCapabilities: viewerCapabilities() };
    await expect.poll(async () => 'data' in (await client.raw('stream:watch', terms))).toBe(true);
    const watched = await client.request('stream:watch', terms);
    const ids = watched.consumers.map(({ id }) => id);
    await client.request('consumer:resume', { sessionId: watched.sessionId, consumerIds: ids });
    return { client, ...watched };
  };
  return { engine, media, owner, door, other, stream, publisher, publishing, watch };
}

describe('a viewer whose door is killed', () => {
  it('goes on with its session at another door, as it was', { timeout: 30_000 }, async () => {
    const { door, other, owner, stream, watch } = await start();
    const { sessionId, consumers, transport } = await watch(door);
    door.kill();
    const client = await other.server.connect();
    const resumed = await client.request('session:resume', { sessionId });
    expect(resumed).toEqual({ kind: 'viewer', state: 'live', consumers, viewers: expect.any(Number) });
    const [consumer] = consumers;
    await client.request('consumer:pause', { sessionId, consumerIds: [consumer?.id ?? ''] });
    const { iceParameters } = await client.request('transport:restartIce', { sessionId });
    expect(iceParameters.usernameFragment).not.toBe(transport.iceParameters.usernameFragment);
    // It moves on from there as any other session.
    const elsewhere = await owner.server.connect();
    expect(await elsewhere.request('session:resume', { sessionId })).toMatchObject({ consumers });
    // What happens to it reaches its client under the token that the client knows.
    await owner.server.call('DELETE', `/api/streams/${stream.streamId}`, stream.publishKey);
    expect(await elsewhere.next('session:closed')).toMatchObject({
      sessionId,
      error: { code: 'STREAM_NOT_FOUND' },
    });
    expect(await client.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  });

  it('is one session, also when it is resumed at two doors at once', { timeout: 30_000 }, async () => {
    const { door, other, owner, media, watch } = await start();
    const { sessionId, consumers } = await watch(door);
    const before = await media.server.metric('meshlift_sessions');
    door.kill();
    const clients = await Promise.all([other, owner].map(({ server }) => server.connect()));
    const resumed = await Promise.all(
      clients.map((client) => client.request('session:resume', { sessionId })),
    );
    expect(resumed.map((answer) => 'consumers' in answer && answer.consumers)).toEqual([
      consumers,
      consumers,
    ]);
    expect(await media.server.metric('meshlift_sessions')).toBe(before);
  });

  it('is closed when it ends there, and a forged token changes nothing', { timeout: 30_000 }, async () => {
    const { door, other, watch, media } = await start();
    const { sessionId } = await watch(door);
    const before = await media.server.metric('meshlift_sessions');
    door.kill();
    const client = await other.server.connect();
    const forged = sessionId.slice(0, -4) + (sessionId.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    expect(await client.refused('session:resume', { sessionId: forged })).toBe('SESSION_NOT_FOUND');
    expect(await media.server.metric('meshlift_sessions')).toBe(before);
    await client.request('session:resume', { sessionId });
    await client.request('session:close', { sessionId });
    expect(await media.server.metric('meshlift_sessions')).toBe(before - 1);
    expect(await client.refused('session:resume', { sessionId })).toBe('SESSION_NOT_FOUND');
  });
});

it('a publisher whose door is killed goes on, and resumes its session once its stream has another owner', {
  timeout: 30_000,
}, async () => {
  const { door, other, owner, media, publishing, watch } = await start();
  await watch(door);
  const before = await media.server.metric('meshlift_sessions');
  const { sessionId } = publishing;
  owner.kill();
  const client = await other.server.connect();
  const resume = async () => 'data' in (await client.raw('session:resume', { sessionId }));
  await expect.poll(resume, { timeout: 12_000, interval: 300 }).toBe(true);
  const resumed = await client.request('session:resume', { sessionId });
  expect(resumed).toMatchObject({ kind: 'publisher', wantedLayers: [{ spatialLayers: [0] }] });
  await client.request('transport:restartIce', { sessionId });
  expect(await media.server.metric('meshlift_sessions')).toBe(before);
});
