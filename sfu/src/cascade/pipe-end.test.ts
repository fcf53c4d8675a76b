import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { PipeEndpoint } from '@meshlift/protocol/cluster';
import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { mediaCodecs } from '../rtp/codecs.ts';
import { opusAudio, simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { PipeEnd } from './pipe-end.ts';

const LOOPBACK = '127.0.0.1';
const portRange = { min: 46_000, max: 46_999 };
const PAYLOAD = Buffer.from('what is said in the room');

/** Two routers as on two machines: nothing is shared but the network. */
let near: types.Router;
let far: types.Router;

beforeEach(async () => {
  [near, far] = await Promise.all([openRouter(), openRouter()]);
});

async function openRouter(): Promise<types.Router> {
  const workerBin = findWorker();
  const worker = await createWorker({ logLevel: 'none', ...(workerBin ? { workerBin } : {}) });
  onTestFinished(() => worker.close());
  return worker.createRouter({ mediaCodecs });
}

async function openEnds() {
  const [feeding, fed] = await Promise.all(
    [near, far].map((router) => PipeEnd.open({ router, ip: LOOPBACK, portRange })),
  );
  if (!feeding || !fed) throw new Error('two were opened');
  return { feeding, fed };
}

async function connect({ feeding, fed }: { feeding: PipeEnd; fed: PipeEnd }): Promise<void> {
  await Promise.all([feeding.connect(fed.endpoint), fed.connect(feeding.endpoint)]);
}

/** A track at the near router, and what is received of it at the far one. */
async function carryAudio({ feeding, fed }: { feeding: PipeEnd; fed: PipeEnd }) {
  const source = await near.createDirectTransport();
  const producer = await source.produce({ kind: 'audio', rtpParameters: opusAudio() as types.RtpParameters });
  const { kind, rtpParameters, producerPaused: paused } = await feeding.feed(producer);
  const copy = await fed.receive({ kind, rtpParameters, paused });
  const sink = await far.createDirectTransport();
  const rtpCapabilities = viewerCapabilities() as types.RtpCapabilities;
  const consumer = await sink.consume({ producerId: copy.id, rtpCapabilities });
  const received: Buffer[] = [];
  consumer.on('rtp', (packet) => received.push(packet.subarray(-PAYLOAD.length)));
  let sequence = 0;
  const send = () => {
    sequence += 1;
    producer.send(opusPacket(sequence));
  };
  return { received, send };
}

/** RFC 3550, section 5.1. */
function opusPacket(sequence: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt8(0x80, 0);
  header.writeUInt8(111, 1);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(sequence * 960, 4);
  header.writeUInt32BE(4242, 8);
  return Buffer.concat([header, PAYLOAD]);
}

/** Stands between two ends, and keeps what passes to the first of them. */
async function listenIn(to: PipeEndpoint): Promise<{ endpoint: PipeEndpoint; captured: Buffer[] }> {
  const socket = createSocket('udp4');
  socket.bind(0, LOOPBACK);
  await once(socket, 'listening');
  onTestFinished(() => void socket.close());
  const captured: Buffer[] = [];
  socket.on('message', (packet) => {
    captured.push(packet);
    socket.send(packet, to.port, to.ip);
  });
  return { endpoint: { ...to, port: (socket.address() as AddressInfo).port }, captured };
}

describe('a pipe between machines', () => {
  it('carries what producers send, in all their layers, and can send again what is lost', async () => {
    const ends = await openEnds();
    await connect(ends);
    const { received, send } = await carryAudio(ends);
    await expect
      .poll(() => {
        send();
        return received.length;
      })
      .toBeGreaterThan(5);
    expect(received.every((payload) => payload.equals(PAYLOAD))).toBe(true);

    const source = await near.createDirectTransport();
    const video = await source.produce({
      kind: 'video',
      rtpParameters: simulcastVideo() as types.RtpParameters,
    });
    const { kind, rtpParameters } = await ends.feeding.feed(video);
    expect(rtpParameters.codecs.map(({ mimeType }) => mimeType)).toContain('video/rtx');
    const copy = await ends.fed.receive({ kind, rtpParameters, paused: false });
    expect(copy.type).toBe('simulcast');
    expect(copy.rtpParameters.encodings).toHaveLength(3);
  });

  it('lets nobody on the way read what it carries', async () => {
    const { feeding, fed } = await openEnds();
    const { endpoint, captured } = await listenIn(fed.endpoint);
    await feeding.connect(endpoint);
    await fed.connect({ ...feeding.endpoint, port: endpoint.port });
    const { send } = await carryAudio({ feeding, fed });
    await expect
      .poll(() => {
        send();
        return captured.length;
      })
      .toBeGreaterThan(20);
    expect(captured.some((packet) => packet.includes(PAYLOAD))).toBe(false);
  });

  it('takes nothing that is not encrypted with its key', async () => {
    const { feeding, fed } = await openEnds();
    const stranger = createSocket('udp4');
    stranger.bind(0, LOOPBACK);
    await once(stranger, 'listening');
    onTestFinished(() => void stranger.close());
    // Even one that sends from the very address that the pipe expects.
    await fed.connect({ ...feeding.endpoint, port: (stranger.address() as AddressInfo).port });
    await feeding.connect(fed.endpoint);
    const { received } = await carryAudio({ feeding, fed });
    for (let sequence = 1; sequence <= 50; sequence += 1) {
      stranger.send(opusPacket(sequence), fed.endpoint.port, fed.endpoint.ip);
    }
    await expect.poll(() => fed.bytesReceived()).toBe(50 * opusPacket(1).length);
    expect(received).toEqual([]);
  });

  it('closes with its router, and leaves no transport when it is closed', async () => {
    const { feeding, fed } = await openEnds();
    await connect({ feeding, fed });
    feeding.close();
    await expect.poll(async () => (await near.dump()).transportIds).toEqual([]);
    const closed = new Promise<void>((resolve) => fed.onClose(resolve));
    far.close();
    await closed;
    expect(fed.closed).toBe(true);
    await expect(fed.connect(feeding.endpoint)).rejects.toMatchObject({ code: 'MEDIA_FAILED' });
  });

  it('does not open when no port is left', async () => {
    const one = { min: 46_111, max: 46_111 };
    const taken = await PipeEnd.open({ router: near, ip: LOOPBACK, portRange: one });
    await expect(PipeEnd.open({ router: far, ip: LOOPBACK, portRange: one })).rejects.toMatchObject({
      code: 'SERVER_FULL',
    });
    taken.close();
  });
});
