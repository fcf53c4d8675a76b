import { describe, expect, it } from 'vitest';
import { EventStream } from '../testing/event-stream.ts';
import { ask, play, post, publishLive, refusalOf, startWatching } from '../testing/sdp-client.ts';

const ALL = ['active', 'inactive', 'layers', 'viewercount'];

/** A channel of events for a session, and the listener to it. */
async function listen(url: string, wanted: string[] = ALL) {
  const response = await post(`${url}/events`, wanted);
  const channel = new URL(response.headers.get('location') ?? '', url).href;
  return { channel, stream: await EventStream.open(channel) };
}

describe('the events of a session', () => {
  it('begin with how things stand, and follow what happens', async () => {
    const { server, stream, live, url } = await startWatching();
    const { channel, stream: told } = await listen(url);
    expect(channel).toMatch(new RegExp(`^${url}/events/[A-Za-z0-9]{22}$`));
    expect([told.status, told.type]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await expect.poll(() => told.names()).toEqual(['active', 'layers', 'viewercount']);
    expect(told.last('viewercount')).toEqual({ viewercount: 1 });
    expect(told.last('layers')).toEqual({
      '1': { active: [{ id: '0' }], inactive: [], layers: [{ encodingId: '0', temporalLayerId: 0 }] },
    });
    await play(server, stream.streamId);
    await expect.poll(() => told.last('viewercount'), { timeout: 5_000 }).toEqual({ viewercount: 2 });
    await ask('DELETE', live.url);
    await expect.poll(() => told.names()).toContain('inactive');
    await expect.poll(() => told.last('layers')).toEqual({});
    await publishLive(server, stream, 'audio', 'video');
    await expect.poll(() => told.names().filter((name) => name === 'active')).toHaveLength(2);
    await expect.poll(() => Object.keys((told.last('layers') ?? {}) as object)).toEqual(['1']);
  });

  it('are those that were asked for alone', async () => {
    const { stream, server, url } = await startWatching();
    const { stream: told } = await listen(url, ['viewercount']);
    await play(server, stream.streamId);
    await expect.poll(() => told.last('viewercount'), { timeout: 5_000 }).toEqual({ viewercount: 2 });
    expect(new Set(told.names())).toEqual(new Set(['viewercount']));
  });

  it('end with the session', async () => {
    const { url } = await startWatching();
    const { channel, stream: told } = await listen(url);
    await ask('DELETE', url);
    await told.ended;
    expect(await refusalOf(await ask('GET', channel))).toEqual([404, 'SESSION_NOT_FOUND']);
    expect(await refusalOf(await post(`${url}/events`, ALL))).toEqual([404, 'SESSION_NOT_FOUND']);
  });

  it('end when they are no longer wanted, and when another listens in their place', async () => {
    const { url } = await startWatching();
    const { channel, stream: first } = await listen(url);
    const second = await EventStream.open(channel);
    await first.ended;
    await expect.poll(() => second.names()).toContain('active');
    expect((await ask('DELETE', channel)).status).toBe(200);
    await second.ended;
    expect(await refusalOf(await ask('GET', channel))).toEqual([404, 'SESSION_NOT_FOUND']);
  });

  it('have four channels at most: a fifth ends the first', async () => {
    const { url } = await startWatching();
    const channels = [];
    for (let channel = 0; channel < 5; channel += 1) channels.push(await listen(url));
    await channels[0]?.stream.ended;
    expect((await ask('GET', channels[0]?.channel ?? '')).status).toBe(404);
    const last = channels[4]?.stream;
    await expect.poll(() => last?.names()).toContain('active');
  });

  it.each([[{}], ['active'], [['sound']], [Array.from({ length: 17 }, () => 'active')], [null]])(
    'cannot be asked for by %j',
    async (wanted) => {
      const { url } = await startWatching();
      expect(await refusalOf(await post(`${url}/events`, wanted))).toEqual([400, 'BAD_REQUEST']);
    },
  );

  it('cannot be asked for by what is no JSON, or too much of it', async () => {
    const { url } = await startWatching();
    expect(await refusalOf(await ask('POST', `${url}/events`, { body: '[active' }))).toEqual([
      400,
      'BAD_REQUEST',
    ]);
    expect(await refusalOf(await post(`${url}/events`, 'x'.repeat(5_000)))).toEqual([413, 'TOO_LARGE']);
  });

  it.each(['HEAD', 'PUT'])('do not take %s', async (method) => {
    const { url } = await startWatching();
    const { channel, stream: told } = await listen(url);
    const response = await ask(method, channel);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, DELETE, OPTIONS']);
    const others = await ask(method, `${url}/events`);
    expect([others.status, others.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    // Who listens is not disturbed.
    await ask('DELETE', url);
    await told.ended;
    expect(told.names()).toContain('active');
  });
});
