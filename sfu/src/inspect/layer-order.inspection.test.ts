import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';
import { withLayersInOrder } from '../rtp/layers.ts';
import { simulcastVideo } from '../testing/rtp-fixtures.ts';
import { ProducerInspector } from './producer-inspector.ts';

const SSRCS = [1_001, 1_002, 1_003] as const;
const EVERY_MS = 20;
const PATIENCE = { timeout: 15_000 };
const HASTE = { sampleMs: 400, headersMs: 200, headersEveryMs: 200, countersEveryMs: 200 };

let router: types.Router;
let transport: types.DirectTransport;
let producer: types.Producer;

beforeEach(async () => {
  const workerBin = findWorker();
  const worker = await createWorker({ logLevel: 'none', ...(workerBin ? { workerBin } : {}) });
  onTestFinished(() => worker.close());
  router = await worker.createRouter({ mediaCodecs });
  transport = await router.createDirectTransport();
  producer = await produce({ ...simulcastVideo(), encodings: SSRCS.map((ssrc) => ({ ssrc })) });
});

const produce = (rtpParameters: object) =>
  transport.produce({ kind: 'video', rtpParameters: rtpParameters as types.RtpParameters });

/** A key frame of VP8 of that width (RFC 7741; RFC 6386, section 9.1) in an RTP packet. */
function keyFrame(ssrc: number, picture: number, width: number): Buffer {
  const packet = Buffer.alloc(12 + 11 + width);
  packet.writeUInt16BE(0x80e0, 0);
  packet.writeUInt16BE(1_000 + picture, 2);
  packet.writeUInt32BE(picture * EVERY_MS * 90, 4);
  packet.writeUInt32BE(ssrc, 8);
  packet.set([0x10, 0x02, 0x00, 0x00, 0x9d, 0x01, 0x2a], 12);
  packet.writeUInt16LE(width, 19);
  packet.writeUInt16LE((width * 9) / 16, 21);
  return packet;
}

/** Sends key frames of these widths on each layer until the test is over; 0 for one that does not send. */
function send(widths: () => readonly number[]): void {
  let pictures = 0;
  const sending = setInterval(() => {
    pictures += 1;
    for (const [layer, ssrc] of SSRCS.entries()) {
      const width = widths()[layer] ?? 0;
      if (width > 0 && !producer.closed) producer.send(keyFrame(ssrc, pictures, width));
    }
  }, EVERY_MS);
  onTestFinished(() => clearInterval(sending));
}

async function inspect(): Promise<number[][]> {
  const orders: number[][] = [];
  const onOrder = (order: readonly number[]) => void orders.push([...order]);
  const inspector = await ProducerInspector.start({ router, producer, onOrder, pace: HASTE });
  onTestFinished(() => inspector.close());
  return orders;
}

it('finds that layers are the other way round, and says nothing of them once they are in order', async () => {
  const orders = await inspect();
  send(() => [1_280, 640, 320]);
  await expect.poll(() => orders[0], PATIENCE).toEqual([2, 1, 0]);

  const rtpParameters = await withLayersInOrder(producer, orders[0] ?? []);
  producer.close();
  producer = await produce(rtpParameters);
  const encodings = producer.rtpParameters.encodings ?? [];
  expect(encodings.map(({ ssrc }) => ssrc)).toEqual([...SSRCS].reverse());
});

it('says nothing of layers that are in order', async () => {
  const orders = await inspect();
  send(() => [320, 640, 1_280]);
  const arriving = async () => (await producer.getStats()).map(({ packetCount }) => packetCount > 100);
  await expect.poll(arriving, PATIENCE).toEqual([true, true, true]);
  expect(orders).toEqual([]);
});

it('looks again when a layer comes late', async () => {
  let widths = [640, 1_280, 0];
  const orders = await inspect();
  send(() => widths);
  const arriving = async () =>
    (await producer.getStats()).filter(({ packetCount }) => packetCount > 60).length;
  await expect.poll(arriving, PATIENCE).toBe(2);
  expect(orders).toEqual([]);
  widths = [640, 1_280, 320];
  await expect.poll(() => orders.at(-1), PATIENCE).toEqual([2, 0, 1]);
});
