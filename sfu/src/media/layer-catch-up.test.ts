import type { types } from 'mediasoup';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openDirectTransport } from '../testing/direct-transport.ts';
import { simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { INTER_FRAME, KEY_FRAME, rtpPacket } from '../testing/vp8-packets.ts';
import { LayerCatchUp, whereIs } from './layer-catch-up.ts';

const SSRCS = [1_001, 1_002, 1_003] as const;
const PICTURE_EVERY_MS = 33;

let transport: types.DirectTransport;
let producer: types.Producer;
let consumer: types.Consumer;
/** Of each layer: key frames that were asked for. */
let asked: number[];

beforeEach(async () => {
  transport = await openDirectTransport();
  const encodings = SSRCS.map((ssrc) => ({ ssrc }));
  const rtpParameters = { ...simulcastVideo(), encodings } as types.RtpParameters;
  producer = await transport.produce({ kind: 'video', rtpParameters });
  const rtpCapabilities = viewerCapabilities() as types.RtpCapabilities;
  consumer = await transport.consume({ producerId: producer.id, rtpCapabilities });
  asked = [0, 0, 0];
  transport.on('rtcp', (packet) => {
    // Picture loss indication (RFC 4585, section 6.3.1).
    const layer = packet[1] === 206 ? SSRCS.indexOf(packet.readUInt32BE(8) as 1_001) : -1;
    if (layer >= 0) asked[layer] = (asked[layer] ?? 0) + 1;
  });
});

/** RFC 3550, section 6.4.1. */
function senderReport(ssrc: number, timestamp: number): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt32BE(0x80c80006, 0);
  report.writeUInt32BE(ssrc, 4);
  const seconds = Date.now() / 1_000 + 2_208_988_800;
  report.writeUInt32BE(Math.floor(seconds), 8);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  report.writeUInt32BE(timestamp, 16);
  return report;
}

type Layer = (picture: number) => Buffer;

const often: Layer = (picture) => (picture % 10 === 0 ? KEY_FRAME : INTER_FRAME);

/** Sends all layers until the test is over: what these give for each picture, from the smallest layer on. */
function publish(...layers: [Layer, Layer, Layer]): void {
  let pictures = 0;
  const sending = setInterval(() => {
    const timestamp = pictures * PICTURE_EVERY_MS * 90;
    for (const [layer, ssrc] of SSRCS.entries()) {
      const payload = layers[layer]?.(pictures) ?? INTER_FRAME;
      producer.send(rtpPacket({ ssrc, sequence: 1_000 + pictures, timestamp, payload }));
      if (pictures % 10 === 9) transport.sendRtcp(senderReport(ssrc, timestamp));
    }
    pictures += 1;
  }, PICTURE_EVERY_MS);
  onTestFinished(() => clearInterval(sending));
}

const only = (spatialLayer: number) => ({ spatialLayer, temporalLayer: 0 });

const current = () => consumer.currentLayers?.spatialLayer;

it('asks for the key frame of the middle layer until it comes, from below', { timeout: 30_000 }, async () => {
  let next = INTER_FRAME;
  new LayerCatchUp(consumer, () => consumer.setPreferredLayers(only(1)), { timeout: 500 });
  publish(often, () => next, often);
  await consumer.setPreferredLayers(only(1));
  await expect.poll(current).toBe(0);
  // By itself mediasoup asks twice.
  await expect.poll(() => asked[1], { timeout: 15_000 }).toBeGreaterThan(3);
  expect(current()).toBe(0);

  next = KEY_FRAME;
  await expect.poll(current).toBe(1);
});

it.each([
  ['the smallest layer, where mediasoup does not estimate', { from: 1, to: 0, estimated: false }],
  ['the smallest layer, where it does', { from: 1, to: 0, estimated: true }],
  ['the middle layer', { from: 2, to: 1, estimated: true }],
])('asks for that of %s, from above', { timeout: 30_000 }, async (_, { from, to, estimated }) => {
  let next = often;
  let wanted = only(from);
  const catchUp = new LayerCatchUp(consumer, () => consumer.setPreferredLayers(wanted), {
    estimated,
    timeout: 500,
  });
  const [smallest, middle, largest] = SSRCS.map((_, layer) =>
    layer === to ? (picture: number) => next(picture) : often,
  );
  publish(smallest ?? often, middle ?? often, largest ?? often);
  await consumer.setPreferredLayers(wanted);
  await expect.poll(current, { timeout: 10_000 }).toBe(from);

  // An encoder that is short of time, just when the viewer chooses.
  next = () => INTER_FRAME;
  const before = asked[to] ?? 0;
  wanted = only(to);
  await consumer.setPreferredLayers(wanted);
  catchUp.check();
  await expect.poll(() => (asked[to] ?? 0) - before, { timeout: 15_000 }).toBeGreaterThan(3);
  expect(current()).toBe(from);

  next = often;
  await expect.poll(current).toBe(to);
});

describe('a consumer is', () => {
  const score = { score: 10, producerScore: 10, producerScores: [10, 10, 10] };
  const where = (changes: Partial<Parameters<typeof whereIs>[0]>) =>
    whereIs({
      ...{
        paused: false,
        producerPaused: false,
        preferredLayers: undefined,
        currentLayers: { spatialLayer: 1 },
      },
      ...{ score, ...changes },
    });
  const arriving = (...layers: number[]) => ({
    score: { ...score, producerScores: [0, 1, 2].map((layer) => (layers.includes(layer) ? 10 : 0)) },
  });

  it('below, when a larger layer comes in than is sent and was asked for', () => {
    expect(where({})).toBe('below');
    expect(where({ currentLayers: undefined })).toBe('below');
    expect(where({ currentLayers: { spatialLayer: 2 } })).toBe('there');
    expect(where(arriving(0, 1))).toBe('there');
    expect(where({ preferredLayers: { spatialLayer: 1 } })).toBe('there');
  });

  it('above, when a larger layer is sent than was asked for', () => {
    expect(where({ preferredLayers: { spatialLayer: 0 } })).toBe('above');
    expect(where({ preferredLayers: { spatialLayer: 0 }, ...arriving(1, 2) })).toBe('there');
  });

  it('nowhere else while it is paused, at either end', () => {
    expect(where({ paused: true })).toBe('there');
    expect(where({ producerPaused: true })).toBe('there');
  });
});
