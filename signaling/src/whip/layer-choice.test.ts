import { offerOf, receiving, videoSection } from '@meshlift/sfu/testing/sdp';
import { describe, expect, it } from 'vitest';
import { ask, post, refusalOf, startWatching } from '../testing/sdp-client.ts';

describe('the layer of a session', () => {
  it.each([
    [{ mediaId: '1', encodingId: '0' }],
    [{ spatialLayerId: 0, temporalLayerId: 0 }],
    [{ maxSpatialLayerId: 0 }],
    [{ maxTemporalLayerId: 1 }],
    [{ encodingId: null }],
    [{}],
  ])('can be chosen by %j, and left open again', async (choice) => {
    const { url } = await startWatching();
    expect((await post(`${url}/layer`, choice)).status).toBe(200);
    expect((await ask('DELETE', `${url}/layer`)).status).toBe(200);
  });

  it.each<[unknown, [number, string]]>([
    [{ encodingId: '7' }, [400, 'BAD_REQUEST']],
    [{ encodingId: 'high' }, [400, 'BAD_REQUEST']],
    [{ encodingId: '-1' }, [400, 'BAD_REQUEST']],
    [{ encodingId: '0.5' }, [400, 'BAD_REQUEST']],
    [{ encodingId: '' }, [400, 'BAD_REQUEST']],
    [{ spatialLayerId: 1 }, [400, 'BAD_REQUEST']],
    [{ spatialLayerId: -1 }, [400, 'BAD_REQUEST']],
    [{ temporalLayerId: 'x' }, [400, 'BAD_REQUEST']],
    [[], [400, 'BAD_REQUEST']],
    [{ mediaId: '0' }, [409, 'WRONG_STATE']],
    [{ mediaId: '__proto__' }, [409, 'WRONG_STATE']],
  ])('cannot be %j', async (choice, expected) => {
    const { url } = await startWatching();
    expect(await refusalOf(await post(`${url}/layer`, choice))).toEqual(expected);
  });

  it('is of no picture when there is none', async () => {
    const { live, url } = await startWatching(offerOf([receiving(videoSection())]));
    await ask('DELETE', live.url);
    await expect.poll(async () => (await post(`${url}/layer`, {})).status).toBe(409);
    expect((await ask('DELETE', `${url}/layer`)).status).toBe(200);
  });

  it('is that of a session alone, which is gone with it', async () => {
    const { url } = await startWatching();
    await ask('DELETE', url);
    expect(await refusalOf(await post(`${url}/layer`, {}))).toEqual([404, 'SESSION_NOT_FOUND']);
    expect(await refusalOf(await ask('DELETE', `${url}/layer`))).toEqual([404, 'SESSION_NOT_FOUND']);
  });
});
