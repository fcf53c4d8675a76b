import { Audio, PeerConnection, type Track, Video } from 'node-datachannel';
import { onTestFinished } from 'vitest';

type Kind = 'audio' | 'video';

const PAYLOAD_TYPES = { audio: 111, video: 96 } as const;
const SSRCS = { audio: 1_000, video: 2_000 } as const;

/** The smallest key frame of VP8 that says how large it is (RFC 7741, section 4; RFC 6386, section 9.1). */
const KEY_FRAME = Buffer.from([0x10, 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x10, 0x00, 0x10, 0x00, 0, 0, 0, 0]);
/** 20 ms of silence (RFC 6716, section 3.1). */
const SILENCE = Buffer.from([0xf8, 0xff, 0xfe]);

/** How often a picture or a piece of sound is sent. */
const EVERY_MS = 20;

/** A WebRTC peer outside any browser that speaks SDP, as WHIP and WHEP clients do: libdatachannel. */
export class SdpPeer {
  readonly offer: string;
  readonly #connection: PeerConnection;
  readonly #tracks: ReadonlyMap<Kind, Track>;
  /** RTP packets that have come, of each kind. */
  readonly received: Record<Kind, number> = { audio: 0, video: 0 };
  #sending: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;
  #videoSsrc: number | undefined;

  /** @param way what it does with each of the kinds */
  static async create(way: 'SendOnly' | 'RecvOnly', ...kinds: Kind[]): Promise<SdpPeer> {
    const connection = new PeerConnection('test', { iceServers: [], disableAutoNegotiation: true });
    const tracks = new Map<Kind, Track>();
    for (const kind of kinds) {
      const media = kind === 'audio' ? new Audio(kind, way) : new Video(kind, way);
      if (media instanceof Audio) media.addOpusCodec(PAYLOAD_TYPES.audio);
      else (media as Video).addVP8Codec(PAYLOAD_TYPES.video);
      if (way === 'SendOnly') media.addSSRC(SSRCS[kind], 'test', 'stream', kind);
      tracks.set(kind, connection.addTrack(media));
    }
    const offer = await new Promise<string>((resolve) => {
      connection.onLocalDescription((sdp) => resolve(sdp));
      connection.setLocalDescription();
    });
    const peer = new SdpPeer(connection, tracks, offer);
    onTestFinished(() => peer.close());
    return peer;
  }

  private constructor(connection: PeerConnection, tracks: ReadonlyMap<Kind, Track>, offer: string) {
    this.#connection = connection;
    this.#tracks = tracks;
    this.offer = offer;
    for (const [kind, track] of tracks) {
      track.onMessage((packet) => {
        if (packet.readUInt8(1) % 128 !== PAYLOAD_TYPES[kind]) return;
        this.received[kind] += 1;
        if (kind === 'video') this.#videoSsrc = packet.readUInt32BE(8);
      });
    }
  }

  /** Resolves when ICE and DTLS stand. */
  connect(answer: string): Promise<void> {
    const connected = new Promise<void>((resolve, reject) => {
      this.#connection.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed') reject(new Error('the peer could not connect'));
      });
    });
    this.#connection.setRemoteDescription(answer, 'answer');
    return connected;
  }

  /**
   * Sends on each of its tracks until it is closed, fifty times a second.
   *
   * @param packets how many each time
   */
  send(packets = 1): void {
    let sequenceNumber = 0;
    this.#sending = setInterval(() => {
      const timestamp = (sequenceNumber / packets) * EVERY_MS;
      for (let packet = 0; packet < packets; packet += 1) {
        sequenceNumber += 1;
        for (const [kind, track] of this.#tracks) {
          if (track.isOpen()) track.sendMessageBinary(packetOf(kind, sequenceNumber, timestamp));
        }
      }
    }, EVERY_MS);
  }

  /** Asks for key frames of the picture it receives until it is closed, as a viewer that cannot decode it. */
  askForKeyFrames({ everyMs }: { everyMs: number }): void {
    this.#asking = setInterval(() => {
      const track = this.#tracks.get('video');
      if (track?.isOpen() && this.#videoSsrc !== undefined) {
        track.sendMessageBinary(pictureLossIndication(this.#videoSsrc));
      }
    }, everyMs);
  }

  close(): void {
    clearInterval(this.#sending);
    clearInterval(this.#asking);
    this.#connection.close();
  }
}

/**
 * RFC 3550, section 5.1.
 *
 * @param timestamp in ms
 */
function packetOf(kind: Kind, sequenceNumber: number, timestamp: number): Buffer {
  const header = Buffer.alloc(12);
  const clockRate = kind === 'audio' ? 48_000 : 90_000;
  header.writeUInt8(0x80, 0);
  header.writeUInt8(0x80 | PAYLOAD_TYPES[kind], 1);
  header.writeUInt16BE(sequenceNumber % 0x1_0000, 2);
  header.writeUInt32BE((timestamp * clockRate) / 1_000, 4);
  header.writeUInt32BE(SSRCS[kind], 8);
  return Buffer.concat([header, kind === 'audio' ? SILENCE : KEY_FRAME]);
}

/** RFC 4585, section 6.3.1. */
function pictureLossIndication(mediaSsrc: number): Buffer {
  const packet = Buffer.alloc(12);
  packet.writeUInt32BE(0x81ce0002, 0);
  packet.writeUInt32BE(1, 4);
  packet.writeUInt32BE(mediaSsrc, 8);
  return packet;
}
