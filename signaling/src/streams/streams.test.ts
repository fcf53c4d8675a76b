import type { CreatedStream } from '@meshlift/protocol';
import { opusAudio, simulcastVideo, strangerDtls, viewerCapabilities } from '@meshlift/sfu/testing';
import { describe, expect, it, vi } from 'vitest';
import { NativePeer } from '../testing/native-peer.ts';
import { type TestClient, TestServer } from '../testing/test-server.ts';

/** Publishes for real: the stream is live when this resolves. */
async function goLive(client: TestClient, { streamId, publishKey }: CreatedStream) {
  const { sessionId, transport } = await client.request('stream:publish', { streamId, publishKey });
  const peer = await NativePeer.create(transport);
  await client.request('transport:connect', { sessionId, dtlsParameters: peer.dtlsParameters });
  const { producerId } = await client.request('producer:open', {
    sessionId,
    kind: 'audio',
    rtpParameters: opusAudio(),
    paused: false,
  });
  await peer.connect();
  return { sessionId, producerId, peer };
}

/** Until the server has seen the publisher connect, nothing is playing. */
function watchWhenLive(client: TestClient, streamId: string) {
  const watch = () => client.request('stream:watch', { streamId, rtpCapabilities: viewerCapabilities() });
  return vi.waitFor(watch, { timeout: 5_000, interval: 10 });
}

async function liveStream(overrides: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(overrides);
  const stream = await server.createStream();
  const publisher = await server.connect();
  const publication = await goLive(publisher, stream);
  const viewer = await server.connect();
  const { sessionId } = await watchWhenLive(viewer, stream.streamId);
  return { server, stream, publisher, publication, viewer, viewerSession: sessionId };
}

/** What a stranger is told who asks to watch an ID. */
async function answerTo(server: TestServer, streamId: string) {
  const client = await server.connect();
  return client.raw('stream:watch', { streamId, rtpCapabilities: viewerCapabilities() });
}

describe('watching', () => {
  it('gets a consumer for each track, the state and the number of viewers', async () => {
    const { server, stream } = await liveStream();
    const client = await server.connect();
    const watching = await client.request('stream:watch', {
      streamId: stream.streamId,
      rtpCapabilities: viewerCapabilities(),
    });
    expect(watching.state).toBe('live');
    expect(watching.consumers.map(({ kind }) => kind)).toEqual(['audio']);
    expect(watching.viewers).toBe(2);
    await client.request('consumer:resume', {
      sessionId: watching.sessionId,
      consumerIds: watching.consumers.map(({ id }) => id),
    });
  });

  it('answers unknown, unpublished, revoked and ended IDs alike', async () => {
    const { server, stream } = await liveStream();
    const unpublished = await server.createStream();
    const unknown = await answerTo(server, 'NobodyHasEverClaimedMe');
    expect(unknown).toMatchObject({ error: { code: 'STREAM_NOT_FOUND' } });
    expect(await answerTo(server, unpublished.streamId)).toEqual(unknown);
    const rotated = await server.call('POST', `/api/streams/${stream.streamId}/rotate`, stream.publishKey);
    expect(await answerTo(server, stream.streamId)).toEqual(unknown);
    const { streamId: newId } = (await rotated.json()) as CreatedStream;
    await server.call('DELETE', `/api/streams/${newId}`, stream.publishKey);
    expect(await answerTo(server, newId)).toEqual(unknown);
  });

  it('counts viewers for publisher and viewers', async () => {
    const { server, stream, publisher, viewer, viewerSession } = await liveStream();
    expect((await publisher.next('stream:viewers')).viewers).toBe(1);
    const another = await server.connect();
    expect((await watchWhenLive(another, stream.streamId)).viewers).toBe(2);
    expect((await viewer.next('stream:viewers', ({ viewers }) => viewers === 2)).sessionId).toBe(
      viewerSession,
    );
    another.close();
    await viewer.request('session:close', { sessionId: viewerSession });
    await publisher.next('stream:viewers', ({ viewers }) => viewers === 1);
  });
});

describe('publishing', () => {
  it('refuses a wrong key and leaves the live stream untouched', async () => {
    const { server, stream, viewer, viewerSession } = await liveStream();
    const intruder = await server.connect();
    const publishKey = 'x'.repeat(43);
    expect(await intruder.refused('stream:publish', { streamId: stream.streamId, publishKey })).toBe(
      'STREAM_NOT_YOURS',
    );
    const state = await viewer.request('session:resume', { sessionId: viewerSession });
    expect(state).toMatchObject({ kind: 'viewer', state: 'live', consumers: [{ kind: 'audio' }] });
  });

  it('hands the stream over to a second client with the key, and tells the first', async () => {
    const { server, stream, publisher, viewer } = await liveStream();
    const second = await server.connect();
    await goLive(second, stream);
    const { error } = await publisher.next('session:closed');
    expect(error.code).toBe('SESSION_REPLACED');
    await viewer.next('stream:state', ({ state }) => state === 'live');
    await viewer.next('consumer:opened');
  });

  it('hands the stream over only when something of the second client has been accepted', async () => {
    const { server, stream, publisher, publication, viewer } = await liveStream();
    const second = await server.connect();
    const { sessionId } = await second.request('stream:publish', stream);
    const refused = { ...opusAudio(), encodings: [{ ssrc: 1 }, { ssrc: 1 }] };
    const track = { sessionId, kind: 'audio' as const, paused: false };
    expect(await second.refused('producer:open', { ...track, rtpParameters: refused })).toBe('RTP_REJECTED');
    const { producerId } = publication;
    await publisher.request('producer:setPaused', {
      sessionId: publication.sessionId,
      producerId,
      paused: true,
    });
    await viewer.next('consumer:paused', ({ paused }) => paused);
    expect(publisher.received('session:closed')).toEqual([]);
    expect(viewer.received('stream:state')).toEqual([]);
    await second.request('producer:open', { ...track, rtpParameters: opusAudio() });
    const { error } = await publisher.next('session:closed');
    expect(error.code).toBe('SESSION_REPLACED');
    await viewer.next('consumer:opened');
    // It is the publisher now, whose stream ends with it.
    await second.request('session:close', { sessionId });
    expect(await server.metric('meshlift_sessions{role="ingest"}')).toBe(0);
  });

  it('keeps the stream of the first client when the second one goes without having sent anything', async () => {
    const { server, stream, publisher, viewer } = await liveStream();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const second = await server.connect();
      const { sessionId } = await second.request('stream:publish', stream);
      if (attempt === 1) await second.request('session:close', { sessionId });
      if (attempt === 2) second.close();
    }
    const last = await server.connect();
    const { sessionId } = await last.request('stream:publish', stream);
    await last.request('session:close', { sessionId });
    await vi.waitFor(async () => expect(await server.metric('meshlift_sessions{role="ingest"}')).toBe(1));
    expect(publisher.received('session:closed')).toEqual([]);
    expect(viewer.received('stream:state')).toEqual([]);
  });

  it('asks for no layers until somebody watches', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const publisher = await server.connect();
    const { sessionId, transport } = await publisher.request('stream:publish', stream);
    const peer = await NativePeer.create(transport);
    await publisher.request('transport:connect', { sessionId, dtlsParameters: peer.dtlsParameters });
    const video = { sessionId, kind: 'video' as const, rtpParameters: simulcastVideo(), paused: false };
    expect((await publisher.request('producer:open', video)).spatialLayers).toEqual([]);
    await peer.connect();
    const viewer = await server.connect();
    await watchWhenLive(viewer, stream.streamId);
    expect((await publisher.next('producer:wanted')).spatialLayers).toEqual([0, 1, 2]);
  });
});

describe('a viewer that does not look', () => {
  it('pauses what it does not see, which is then not asked of the publisher, and resumes it', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const publisher = await server.connect();
    const { sessionId, producerId } = await goLive(publisher, stream);
    const viewer = await server.connect();
    const watching = await watchWhenLive(viewer, stream.streamId);
    const mine = { sessionId: watching.sessionId, consumerIds: watching.consumers.map(({ id }) => id) };
    await viewer.request('consumer:resume', mine);
    await viewer.request('consumer:pause', { ...mine, consumerIds: [...mine.consumerIds, 'unknown'] });
    await publisher.next('producer:wanted', (told) => told.spatialLayers.length === 0);
    await viewer.request('consumer:resume', mine);
    expect(await publisher.next('producer:wanted')).toMatchObject({
      sessionId,
      producerId,
      spatialLayers: [0],
    });
  });

  it('cannot pause what somebody else sees', async () => {
    const { server, publisher, publication, viewerSession } = await liveStream();
    const stranger = await server.connect();
    const pause = { sessionId: viewerSession, consumerIds: [] };
    expect(await stranger.refused('consumer:pause', pause)).toBe('SESSION_NOT_FOUND');
    const own = { sessionId: publication.sessionId, consumerIds: [] };
    expect(await publisher.refused('consumer:pause', own)).toBe('WRONG_STATE');
  });
});

describe('the life of a stream', () => {
  it('waits for a publisher whose connection was lost, keeps its viewers, and goes on when it is back', async () => {
    const { server, stream, publisher, publication, viewer, viewerSession } = await liveStream();
    publisher.close();
    publication.peer.close();
    expect(await viewer.next('stream:state')).toMatchObject({ sessionId: viewerSession, state: 'waiting' });
    const again = await server.connect();
    await goLive(again, stream);
    await viewer.next('stream:state', ({ state }) => state === 'live');
    expect((await viewer.next('consumer:opened')).consumer.kind).toBe('audio');
  });

  it('ends after the grace time and tells everybody', async () => {
    const { server, stream, publisher, publication, viewer } = await liveStream({ graceSeconds: 1 });
    publisher.close();
    publication.peer.close();
    const { error } = await viewer.next('session:closed');
    expect(error.code).toBe('STREAM_NOT_FOUND');
    expect(await answerTo(server, stream.streamId)).toMatchObject({ error: { code: 'STREAM_NOT_FOUND' } });
  });

  it('goes on under its ID when a publisher comes back after its end, but not when it was deleted', async () => {
    const { server, stream, publisher, publication, viewer } = await liveStream({ graceSeconds: 1 });
    publisher.close();
    publication.peer.close();
    await viewer.next('session:closed');
    const late = await server.connect();
    const thief = { ...stream, publishKey: 'x'.repeat(43) };
    expect(await late.refused('stream:publish', thief)).toBe('STREAM_NOT_YOURS');
    await goLive(late, stream);
    await watchWhenLive(viewer, stream.streamId);
    await server.call('DELETE', `/api/streams/${stream.streamId}`, stream.publishKey);
    expect(await late.refused('stream:publish', stream)).toBe('STREAM_NOT_FOUND');
  });

  it('V23: keeps nothing of anybody once everybody has left', async () => {
    const { server, publisher, publication, viewer, viewerSession } = await liveStream({ graceSeconds: 1 });
    await viewer.request('session:close', { sessionId: viewerSession });
    viewer.close();
    publisher.close();
    publication.peer.close();
    for (const name of ['streams', 'sessions', 'relays', 'viewers', 'edges', 'connections']) {
      await expect.poll(() => server.metric(`meshlift_${name}`), { timeout: 10_000 }).toBe(0);
    }
  });

  it('lets a viewer whose signaling dropped take its session over, with what it missed', async () => {
    const { server, publisher, publication, viewer, viewerSession } = await liveStream();
    viewer.close();
    await viewer.ended();
    await publisher.request('producer:close', {
      sessionId: publication.sessionId,
      producerId: publication.producerId,
    });
    const again = await server.connect();
    await expect
      .poll(() => again.request('session:resume', { sessionId: viewerSession }))
      .toMatchObject({ kind: 'viewer', state: 'live', consumers: [] });
  });

  it('lets a publisher whose signaling dropped take its session over without its viewers noticing', async () => {
    const { server, publisher, publication, viewer } = await liveStream();
    publisher.close();
    await publisher.ended();
    const again = await server.connect();
    const resumed = await again.request('session:resume', { sessionId: publication.sessionId });
    expect(resumed).toMatchObject({
      kind: 'publisher',
      wantedLayers: [{ producerId: publication.producerId }],
    });
    const { producerId, sessionId } = publication;
    await again.request('producer:setPaused', { sessionId, producerId, paused: true });
    await viewer.next('consumer:paused', ({ paused }) => paused);
  });
});

describe('rotating and ending', () => {
  it('M6: rotating drops the holders of the old ID while the publisher goes on under the new one', async () => {
    const { server, stream, publisher, viewer } = await liveStream();
    const response = await server.call('POST', `/api/streams/${stream.streamId}/rotate`, stream.publishKey);
    expect(response.status).toBe(200);
    const links = (await response.json()) as CreatedStream;
    expect((await viewer.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    expect((await publisher.next('stream:rotated')).links).toEqual(links);
    expect(await answerTo(server, links.streamId)).toMatchObject({ data: { state: 'live' } });
  });

  it('deleting drops everybody and frees everything', async () => {
    const { server, stream, publisher, viewer } = await liveStream();
    const response = await server.call('DELETE', `/api/streams/${stream.streamId}`, stream.publishKey);
    expect(response.status).toBe(204);
    expect((await viewer.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    expect((await publisher.next('session:closed')).error.code).toBe('STREAM_NOT_FOUND');
    expect(await server.metric('meshlift_sessions')).toBe(0);
    expect(await server.metric('meshlift_relays')).toBe(0);
  });
});

describe('what breaks', () => {
  it('tells both sides to join again when the worker dies, and serves them again', async () => {
    const { server, stream, publisher, viewer } = await liveStream();
    for (const pid of await server.node.workerPids()) process.kill(pid, 'SIGKILL');
    expect((await publisher.next('session:closed')).error.code).toBe('MEDIA_FAILED');
    expect((await viewer.next('session:closed')).error.code).toBe('MEDIA_FAILED');
    await expect.poll(() => server.metric('meshlift_worker_utilisation')).toBeDefined();
    await expect
      .poll(() => goLive(publisher, stream).then(() => 'live', String), { timeout: 10_000 })
      .toBe('live');
  });

  it('frees a transport that never connects within 15 seconds', async () => {
    const server = await TestServer.start();
    const stream = await server.createStream();
    const publisher = await server.connect();
    const { sessionId } = await publisher.request('stream:publish', stream);
    await publisher.request('transport:connect', { sessionId, dtlsParameters: strangerDtls() });
    expect((await publisher.next('session:closed')).error.code).toBe('TRANSPORT_TIMEOUT');
    await expect.poll(() => server.metric('meshlift_relays')).toBe(0);
    expect(await server.metric('meshlift_sessions')).toBe(0);
  });
});

describe('after a restart of the server, which forgets all streams', () => {
  /** A stream of a server that is gone, and another server in its place. */
  async function restarted(overrides: Parameters<typeof TestServer.start>[0] = {}) {
    const before = await TestServer.start(overrides);
    const stream = await before.createStream();
    const { streamId: rotatedId } = (await (
      await before.call('POST', `/api/streams/${stream.streamId}/rotate`, stream.publishKey)
    ).json()) as CreatedStream;
    await before.server.close();
    return { server: await TestServer.start(overrides), stream, rotatedId };
  }

  it.each([true, false])(
    'a page claims its ID again, and nobody else can; open claims: %s',
    async (openClaims) => {
      const { server, stream, rotatedId } = await restarted({ openClaims });
      const client = await server.connect();
      for (const streamId of [stream.streamId, rotatedId]) {
        // All who watched know the ID.
        for (const publishKey of ['x'.repeat(43), streamId]) {
          expect(await client.refused('stream:publish', { streamId, publishKey })).toBe('STREAM_NOT_YOURS');
        }
        await goLive(client, { ...stream, streamId });
        const viewer = await server.connect();
        expect((await watchWhenLive(viewer, streamId)).consumers).toHaveLength(1);
      }
    },
  );

  it('an ID of its own choice is claimed where claims are open, and is said to be refused where they are not', async () => {
    const chosen = { streamId: 'my-show', publishKey: 'my-key' };
    const open = await TestServer.start();
    expect(await (await open.connect()).request('stream:publish', chosen)).toHaveProperty('sessionId');
    expect(await (await open.connect()).refused('stream:publish', { ...chosen, publishKey: 'no' })).toBe(
      'STREAM_NOT_YOURS',
    );
    const closed = await TestServer.start({ openClaims: false });
    const client = await closed.connect();
    const refused = await client.raw('stream:publish', chosen);
    expect(refused).toMatchObject({ error: { code: 'STREAM_NOT_FOUND' } });
    // It is told the same of one that was revoked.
    const stream = await closed.createStream();
    await closed.call('DELETE', `/api/streams/${stream.streamId}`, stream.publishKey);
    expect(await client.raw('stream:publish', stream)).toEqual(refused);
    expect(await closed.metric('meshlift_streams')).toBe(0);
  });

  it('claims count like creating streams', async () => {
    const server = await TestServer.start();
    const codes = [];
    let client = await server.connect();
    for (let show = 0; show < 61; show += 1) {
      // One connection may hold 32 sessions.
      if (show % 30 === 0) client = await server.connect();
      const answer = await client.raw('stream:publish', { streamId: `show-${show}`, publishKey: 'key' });
      codes.push('error' in answer ? answer.error.code : 'claimed');
    }
    expect(codes.slice(59)).toEqual(['claimed', 'RATE_LIMITED']);
  });
});

it('V14 J11: no address, key or stream ID is in any line that was logged', async () => {
  const { server, stream, publication } = await liveStream();
  await server.call('DELETE', `/api/streams/${stream.streamId}`, 'wrong-key');
  await server.call('DELETE', `/api/streams/${stream.streamId}`, stream.publishKey);
  const log = server.log.join('');
  expect(log).toContain('stream ended');
  for (const secret of [stream.streamId, stream.publishKey, publication.sessionId])
    expect(log).not.toContain(secret);
});
