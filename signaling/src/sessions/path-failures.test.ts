import { strangerDtls, viewerCapabilities } from '@meshlift/sfu/testing';
import { pseudonyms } from '@meshlift/telemetry';
import { describe, expect, it, vi } from 'vitest';
import { publish, publishLive, sessionUrl } from '../testing/sdp-client.ts';
import { SdpPeer } from '../testing/sdp-peer.ts';
import { TestServer } from '../testing/test-server.ts';

/** The lines of the log that tell of paths that never came about, as data. */
const failuresIn = (server: TestServer) =>
  server.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ silent }) => silent !== undefined);

const failed = (server: TestServer, labels: string) =>
  server.metric(`meshlift_paths_failed_total{${labels}}`);

describe('a media path that never comes about is logged, counted and given a reference that the client is told', () => {
  it('when nothing of the client arrives, and when it does not say how it connects', async () => {
    const server = await TestServer.start();
    expect(await failed(server, 'role="publisher",code="TRANSPORT_TIMEOUT"')).toBe(0);
    const stream = await server.createStream();
    const unheard = await server.connect();
    const { sessionId } = await unheard.request('stream:publish', stream);
    await unheard.request('transport:connect', { sessionId, dtlsParameters: strangerDtls() });

    const watched = { streamId: 'watched', publishKey: 'of-mine' };
    await publishLive(server, watched, 'audio');
    const idle = await server.connect();
    const { streamId } = watched;
    await idle.request('stream:watch', { streamId, rtpCapabilities: viewerCapabilities() });

    const told = await Promise.all([unheard, idle].map((client) => client.next('session:closed')));
    const log = failuresIn(server);
    const code = 'TRANSPORT_TIMEOUT';
    expect(log).toMatchObject([
      {
        level: 'warn',
        role: 'publisher',
        silent: 'ice',
        code,
        streamId: pseudonyms.of('stream', stream.streamId),
      },
      {
        level: 'warn',
        role: 'viewer',
        silent: 'signaling',
        code,
        streamId: pseudonyms.of('stream', streamId),
      },
    ]);
    for (const [index, { error }] of told.entries()) {
      expect(error).toMatchObject({ code, reference: expect.stringMatching(/^[2-9A-Z]{6}$/) });
      expect(log[index]?.reference).toBe(error.reference);
    }
    expect(await failed(server, 'role="publisher",code="TRANSPORT_TIMEOUT"')).toBe(1);
    expect(await failed(server, 'role="viewer",code="TRANSPORT_TIMEOUT"')).toBe(1);
  });

  it('when packets arrive, and the handshake fails', async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const peer = await SdpPeer.create('SendOnly', 'audio');
    const forged = peer.offer.replace(/(a=fingerprint:sha-256 )\S+/g, `$1${Array(32).fill('AB').join(':')}`);
    expect(forged).not.toBe(peer.offer);
    const response = await publish(server, streamId, publishKey, forged);
    void peer.connect(await response.text()).catch(() => undefined);
    await vi.waitFor(() => expect(failuresIn(server)).toHaveLength(1), { timeout: 10_000 });
    expect(failuresIn(server)).toMatchObject([{ role: 'publisher', silent: 'dtls', code: 'MEDIA_FAILED' }]);
    expect(await failed(server, 'role="publisher",code="MEDIA_FAILED"')).toBe(1);
  });

  it('when an encoder is connected and sends nothing, whether anybody watches or not', {
    timeout: 40_000,
  }, async () => {
    const server = await TestServer.start();
    const { streamId, publishKey } = await server.createStream();
    const peer = await SdpPeer.create('SendOnly', 'video');
    const response = await publish(server, streamId, publishKey, peer.offer);
    await peer.connect(await response.text());
    await publishLive(server, { streamId: 'sending', publishKey: 'of-mine' }, 'video');
    await vi.waitFor(() => expect(failuresIn(server)).toHaveLength(1), { timeout: 30_000 });
    expect(failuresIn(server)).toMatchObject([
      {
        level: 'warn',
        role: 'publisher',
        silent: 'media',
        code: 'MEDIA_MISSING',
        streamId: pseudonyms.of('stream', streamId),
      },
    ]);
    expect(await failed(server, 'role="publisher",code="MEDIA_MISSING"')).toBe(1);
    // The session goes on: the encoder may begin to send.
    expect((await fetch(sessionUrl(response), { method: 'DELETE' })).status).toBe(200);
  });

  it('but not for somebody who closed the page meanwhile, or whose path stood', async () => {
    const server = await TestServer.start({ graceSeconds: 1 });
    const stream = await server.createStream();
    const gone = await server.connect();
    const { sessionId } = await gone.request('stream:publish', stream);
    await gone.request('transport:connect', { sessionId, dtlsParameters: strangerDtls() });
    gone.close();
    const { url } = await publishLive(server, { streamId: 'stood', publishKey: 'of-mine' }, 'audio');
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(200);
    await expect.poll(() => server.metric('meshlift_sessions'), { timeout: 10_000 }).toBe(0);
    expect(failuresIn(server)).toEqual([]);
    expect(await server.metric('meshlift_paths_failed_total')).toBe(0);
  });
});
