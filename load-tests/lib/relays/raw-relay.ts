import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findWorker } from '@meshlift/worker';
import { createWorker, type types } from 'mediasoup';
import { answerTo, type PeerOffer, readPeerOffer } from './raw-sdp.ts';

/** The viewers' own name for VP8, so that they need no router of theirs. */
const VIEWERS_PAYLOAD_TYPE = 96;

/** These two as Meshlift has them. */
const KEY_FRAME_REQUEST_DELAY_MS = 510;
const FIRST_ESTIMATE = 2_000_000;

/** What viewers of Meshlift by WHEP have as well: packets are sent again on the stream itself. */
const RTCP_FEEDBACK = [
  { type: 'nack' },
  { type: 'nack', parameter: 'pli' },
  { type: 'goog-remb' },
] satisfies types.RtcpFeedback[];

/**
 * One stream through mediasoup's worker, with WHIP and WHEP as far as this project's own load generator speaks
 * them. No deadlines, no figures, no log, no rights: what is here is what any relay must do.
 */
class RawRelay {
  readonly #router: types.Router;
  readonly #webRtcServer: types.WebRtcServer;
  readonly #transports = new Map<string, types.WebRtcTransport>();
  #producer: types.Producer | undefined;

  static async create(): Promise<RawRelay> {
    const workerBin = findWorker();
    const worker = await createWorker({ logLevel: 'none', ...(workerBin && { workerBin }) });
    worker.on('died', () => process.exit(1));
    const webRtcServer = await worker.createWebRtcServer({
      listenInfos: (['udp', 'tcp'] as const).map((protocol) => ({ protocol, ip: '127.0.0.1' })),
    });
    const router = await worker.createRouter({
      mediaCodecs: [
        {
          kind: 'video',
          mimeType: 'video/VP8',
          clockRate: 90_000,
          preferredPayloadType: VIEWERS_PAYLOAD_TYPE,
        },
      ],
    });
    return new RawRelay(router, webRtcServer);
  }

  private constructor(router: types.Router, webRtcServer: types.WebRtcServer) {
    this.#router = router;
    this.#webRtcServer = webRtcServer;
  }

  /** @returns the answer, and where to say goodbye */
  async ingest(text: string): Promise<{ answer: string; id: string }> {
    const offer = readPeerOffer(text);
    if (offer.ssrc === undefined) throw new Error('an offer to send has an a=ssrc line');
    const transport = await this.#connect(offer);
    this.#producer = await transport.produce({
      kind: 'video',
      rtpParameters: {
        codecs: [
          {
            mimeType: 'video/VP8',
            payloadType: offer.payloadType,
            clockRate: 90_000,
            rtcpFeedback: RTCP_FEEDBACK,
          },
        ],
        encodings: [{ ssrc: offer.ssrc }],
      },
      keyFrameRequestDelay: KEY_FRAME_REQUEST_DELAY_MS,
    });
    return { answer: answerTo(offer, transport, 'recvonly'), id: transport.id };
  }

  async play(text: string): Promise<{ answer: string; id: string }> {
    const offer = readPeerOffer(text);
    if (!this.#producer) throw new Error('there is nothing to play yet');
    const transport = await this.#connect(offer);
    const { rtpParameters } = await transport.consume({
      producerId: this.#producer.id,
      rtpCapabilities: {
        codecs: [
          {
            kind: 'video',
            mimeType: 'video/VP8',
            preferredPayloadType: VIEWERS_PAYLOAD_TYPE,
            clockRate: 90_000,
            rtcpFeedback: RTCP_FEEDBACK,
          },
        ],
      },
      mid: offer.mid,
    });
    const ssrc = rtpParameters.encodings?.[0]?.ssrc;
    return { answer: answerTo(offer, transport, 'sendonly', ssrc), id: transport.id };
  }

  leave(id: string): void {
    this.#transports.get(id)?.close();
    this.#transports.delete(id);
  }

  async #connect({ fingerprint }: PeerOffer): Promise<types.WebRtcTransport> {
    const transport = await this.#router.createWebRtcTransport({
      webRtcServer: this.#webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      // Players are told apart from dead ones by other means in Meshlift as well.
      iceConsentTimeout: 0,
      initialAvailableOutgoingBitrate: FIRST_ESTIMATE,
    });
    this.#transports.set(transport.id, transport);
    await transport.connect({
      dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: fingerprint }] },
    });
    return transport;
  }
}

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

const relay = await RawRelay.create();

const server = createServer(async (request, response) => {
  const { method, url = '/' } = request;
  try {
    if (method === 'DELETE') {
      relay.leave(url.slice('/sessions/'.length));
      response.writeHead(200).end();
      return;
    }
    const offer = await read(request);
    const { answer, id } = await (url === '/whip' ? relay.ingest(offer) : relay.play(offer));
    response.writeHead(201, { 'content-type': 'application/sdp', location: `/sessions/${id}` }).end(answer);
  } catch (error) {
    response.writeHead(400).end(error instanceof Error ? error.message : '');
  }
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
});

process.once('SIGTERM', () => process.exit());
