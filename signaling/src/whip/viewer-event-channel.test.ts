import type { ConsumerOptions } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { HttpClient } from './http-client.ts';
import { type SentState, ViewerEventChannel } from './viewer-event-channel.ts';

const consumer = (
  id: string,
  kind: 'audio' | 'video',
  spatialLayers = 1,
  temporalLayers = 1,
): ConsumerOptions => ({
  id,
  producerId: `producer of ${id}`,
  sourceId: 'stream',
  kind,
  rtpParameters: {
    mid: kind === 'audio' ? '0' : '1',
    codecs: [],
  } as unknown as ConsumerOptions['rtpParameters'],
  producerPaused: false,
  spatialLayers,
  temporalLayers,
});

function start(consumers: ConsumerOptions[] = []) {
  const client = new HttpClient('whep', 'http://localhost');
  const sent: SentState[] = [];
  const channel = new ViewerEventChannel(client, { consumers, state: 'waiting', viewers: 1 }, (event) =>
    sent.push(event),
  );
  return { client, channel, sent };
}

describe('how things stand for a viewer', () => {
  it('is sent to one who begins to listen', () => {
    expect(start([consumer('sound', 'audio'), consumer('picture', 'video', 2, 2)]).channel.current()).toEqual(
      [
        { event: 'inactive', data: {} },
        {
          event: 'layers',
          data: {
            '1': {
              active: [{ id: '0' }, { id: '1' }],
              inactive: [],
              layers: [
                { encodingId: '0', temporalLayerId: 0 },
                { encodingId: '0', temporalLayerId: 1 },
                { encodingId: '1', temporalLayerId: 0 },
                { encodingId: '1', temporalLayerId: 1 },
              ],
            },
          },
        },
        { event: 'viewercount', data: { viewercount: 1 } },
      ],
    );
  });

  it('follows the stream, its viewers and its tracks', () => {
    const { client, channel, sent } = start();
    const sessionId = 'session';
    client.send('stream:state', { sessionId, state: 'live' });
    client.send('stream:viewers', { sessionId, viewers: 7 });
    client.send('consumer:opened', { sessionId, consumer: consumer('picture', 'video', 3, 3) });
    client.send('consumer:closed', { sessionId, consumerId: 'picture' });
    client.send('consumer:closed', { sessionId, consumerId: 'never was' });
    client.send('stream:state', { sessionId, state: 'waiting' });
    expect(sent.map(({ event }) => event)).toEqual(['active', 'viewercount', 'layers', 'layers', 'inactive']);
    expect(sent[1]?.data).toEqual({ viewercount: 7 });
    expect(channel.current()).toEqual([
      { event: 'inactive', data: {} },
      { event: 'layers', data: {} },
      { event: 'viewercount', data: { viewercount: 7 } },
    ]);
  });
});
