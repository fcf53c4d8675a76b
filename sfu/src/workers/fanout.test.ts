import type { MediaKind } from '@meshlift/protocol';
import type { types } from 'mediasoup';
import { beforeEach, expect, it } from 'vitest';
import { openDirectTransport } from '../testing/direct-transport.ts';
import { opusAudio, simulcastVideo } from '../testing/rtp-fixtures.ts';
import { Fanout } from './fanout.ts';
import { Traffic } from './traffic.ts';

let transport: types.DirectTransport;
let traffic: Traffic;
let fanout: Fanout;

beforeEach(async () => {
  transport = await openDirectTransport();
  traffic = new Traffic();
  fanout = new Fanout(traffic);
});

let streams = 0;

/** A producer that has sent nothing yet. */
async function addSource(sourceId: string, kind: MediaKind = 'video'): Promise<types.Producer> {
  streams += 1;
  const [mid, encodings] = [`${streams}`, [{ ssrc: streams }]];
  const parameters = kind === 'audio' ? opusAudio() : simulcastVideo();
  const rtpParameters = { ...parameters, mid, encodings } as types.RtpParameters;
  const producer = await transport.produce({ kind, rtpParameters });
  traffic.add(sourceId, producer);
  return producer;
}

const viewersOfBursts = () => fanout.bursts.map(({ viewers }) => viewers);

it('counts to each burst the viewers that have subscribed to its source', async () => {
  for (const source of ['anna', 'ben', 'cleo']) await addSource(source);
  for (const me of ['anna', 'ben', 'cleo']) fanout.add({ except: [me] });
  for (let viewer = 0; viewer < 10; viewer += 1) fanout.add({ only: ['anna'] });
  expect(viewersOfBursts()).toEqual([12, 2, 2]);
  expect(fanout.burstsAfterAdding({ only: ['ben'] }).map(({ viewers }) => viewers)).toEqual([12, 3, 2]);
  fanout.remove({ only: ['anna'] });
  expect(viewersOfBursts()).toEqual([11, 2, 2]);
  expect(fanout.viewers).toBe(12);
});

it('has the packets of a picture in one burst, and those of sound in one each', async () => {
  await addSource('anna');
  await addSource('anna', 'audio');
  fanout.add({ except: [] });
  expect(fanout.bursts).toEqual([
    { viewers: 1, packets: 5, perSecond: 30 },
    { viewers: 1, packets: 1, perSecond: 50 },
  ]);
});

it('counts viewers whose source is away as those of a picture that may come', async () => {
  fanout.add({ only: ['anna'] });
  const picture = { viewers: 1, packets: 5, perSecond: 30 };
  expect(fanout.bursts).toEqual([picture]);
  const anna = await addSource('anna', 'audio');
  await addSource('ben');
  expect(fanout.bursts).toEqual([{ viewers: 1, packets: 1, perSecond: 50 }]);
  const { share } = fanout.work;
  anna.close();
  expect(fanout.bursts).toEqual([picture]);
  expect(fanout.work.share).toBeGreaterThan(share);
});
