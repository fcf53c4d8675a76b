import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { types } from 'mediasoup';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { openRouter } from '../testing/direct-transport.ts';
import { simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { INTER_FRAME, KEY_FRAME, rtpPacket } from '../testing/vp8-packets.ts';
import { PipeEnd } from './pipe-end.ts';

const LOOPBACK = '127.0.0.1';
const SSRC = 1_234;
const FRAME_EVERY_MS = 5;
/** Of a clock of 90 kHz. */
const FRAME_TICKS = 450;
const FRAMES = 400;

/** Two routers as on two machines: they share nothing but the network. */
let near: types.Router;
let far: types.Router;
let feeding: PipeEnd;
let fed: PipeEnd;

beforeEach(async () => {
  [near, far] = await Promise.all([openRouter(), openRouter()]);
  const range = { ip: LOOPBACK, portRange: { min: 45_000, max: 45_999 } };
  [feeding, fed] = await Promise.all([
    PipeEnd.open({ router: near, ...range }),
    PipeEnd.open({ router: far, ...range }),
  ]);
});

/** Video at the near router, and what a viewer at the far one receives of it. */
async function carryVideo() {
  const source = await near.createDirectTransport();
  const rtpParameters = { ...simulcastVideo(), encodings: [{ ssrc: SSRC }] } as types.RtpParameters;
  const producer = await source.produce({ kind: 'video', rtpParameters, keyFrameRequestDelay: 0 });
  let keyFramesAsked = 0;
  source.on('rtcp', (packet) => {
    // Picture loss indication (RFC 4585, section 6.3.1).
    if (packet[1] === 206 && packet.readUInt32BE(8) === SSRC) keyFramesAsked += 1;
  });
  const consumer = await feeding.feed(producer);
  const copy = await fed.receive({
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters,
    paused: consumer.producerPaused,
  });
  const sink = await far.createDirectTransport();
  const rtpCapabilities = viewerCapabilities() as types.RtpCapabilities;
  const viewer = await sink.consume({ producerId: copy.id, rtpCapabilities });
  const timestamps = new Set<number>();
  viewer.on('rtp', (packet) => timestamps.add(packet.readUInt32BE(4)));
  let frames = 0;
  const sendFrame = () => {
    const payload = frames % 50 === 0 ? KEY_FRAME : INTER_FRAME;
    producer.send(rtpPacket({ ssrc: SSRC, sequence: frames, timestamp: frames * FRAME_TICKS, payload }));
    frames += 1;
  };
  return {
    viewer,
    /** Sends until the test is over. */
    start() {
      const sending = setInterval(sendFrame, FRAME_EVERY_MS);
      onTestFinished(() => clearInterval(sending));
    },
    /** How many of so many frames have arrived. */
    arrived: (first: number) => [...timestamps].filter((timestamp) => timestamp < first * FRAME_TICKS).length,
    get keyFramesAsked() {
      return keyFramesAsked;
    },
  };
}

/** Connects both ends over one line, which drops some of what the feeding end sends. */
async function connectOver(isLost: (packet: Buffer) => boolean): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const [one, other] = [feeding.endpoint, fed.endpoint];
  socket.on('message', (packet, { port }) => {
    if (port !== one.port) socket.send(packet, one.port, LOOPBACK);
    else if (!isLost(packet)) socket.send(packet, other.port, LOOPBACK);
  });
  const { port } = socket.address() as AddressInfo;
  await Promise.all([feeding.connect({ ...other, port }), fed.connect({ ...one, port })]);
}

/** RFC 5761, section 4: those that are no RTCP. */
const isRtp = (packet: Buffer) => ((packet[1] ?? 0) & 0x7f) < 64 || ((packet[1] ?? 0) & 0x7f) > 95;

it('every frame arrives over a line that loses a tenth of the packets', { timeout: 30_000 }, async () => {
  let packets = 0;
  let lost = 0;
  await connectOver((packet) => {
    packets += isRtp(packet) ? 1 : 0;
    const isLost = isRtp(packet) && packets % 10 === 0;
    lost += isLost ? 1 : 0;
    return isLost;
  });
  const video = await carryVideo();
  video.start();
  await expect.poll(() => video.arrived(FRAMES), { timeout: 20_000 }).toBe(FRAMES);
  expect(lost).toBeGreaterThanOrEqual(FRAMES / 10);
});

it('a key frame that a viewer needs is asked of the publisher', async () => {
  await connectOver(() => false);
  const video = await carryVideo();
  video.start();
  await expect.poll(() => video.arrived(FRAMES)).toBeGreaterThan(10);
  const before = video.keyFramesAsked;
  await video.viewer.requestKeyFrame();
  await expect.poll(() => video.keyFramesAsked).toBeGreaterThan(before);
});

it('what was encrypted with another key is not taken', async () => {
  const { srtpParameters, ...address } = feeding.endpoint;
  const key = Buffer.from(srtpParameters.keyBase64, 'base64');
  key[0] = (key[0] ?? 0) ^ 1;
  await feeding.connect(fed.endpoint);
  await fed.connect({ ...address, srtpParameters: { ...srtpParameters, keyBase64: key.toString('base64') } });
  const video = await carryVideo();
  video.start();
  await expect.poll(() => fed.bytesReceived()).toBeGreaterThan(1_000);
  expect(video.arrived(FRAMES)).toBe(0);
});
