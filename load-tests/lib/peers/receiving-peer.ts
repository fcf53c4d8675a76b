import { PeerConnection, RtcpReceivingSession, type Track, Video } from 'node-datachannel';
import type { FrameCourse } from './frame-course.ts';
import { isRtcp, msSince, SequenceCounter } from './rtp.ts';

/** What a peer calls the codec in its own offers. */
const VP8 = 96;

/** How long a connection may take before it counts as failed, in ms. */
const CONNECT_WITHIN_MS = 30_000;

/**
 * A WebRTC peer outside any browser, libdatachannel, with real ICE, DTLS and SRTP, that takes one picture and
 * decodes nothing of it. It can offer or be offered to.
 */
export class ReceivingPeer {
  readonly #connection = new PeerConnection('viewer', { iceServers: [], disableAutoNegotiation: true });
  readonly #connected: Promise<void>;
  readonly #firstPacket: Promise<void>;
  #onFirstPacket: () => void = () => undefined;
  /** One that nobody holds is collected, and its packets with it. */
  readonly #tracks: Track[] = [];
  readonly #counter = new SequenceCounter();
  #offer: Promise<string> | undefined;
  #delays: number[] | undefined;
  #frames: FrameCourse | undefined;
  #bytes = 0;

  constructor() {
    this.#firstPacket = new Promise((resolve) => {
      this.#onFirstPacket = resolve;
    });
    this.#connected = new Promise((resolve, reject) => {
      const tooLate = setTimeout(() => reject(new Error('not connected in time')), CONNECT_WITHIN_MS);
      this.#connection.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (state === 'failed' || state === 'closed') reject(new Error(`the connection is ${state}`));
        if (state !== 'connecting') clearTimeout(tooLate);
      });
    });
    // Whoever waits hears of it; one that is closed before anybody waits is no fault.
    this.#connected.catch(() => undefined);
    this.#connection.onTrack((track) => this.#receive(track));
  }

  /** An offer to receive one picture, with all its candidates: the same one whenever it is asked for. */
  offer(): Promise<string> {
    this.#offer ??= this.#makeOffer();
    return this.#offer;
  }

  async #makeOffer(): Promise<string> {
    const video = new Video('0', 'RecvOnly');
    video.addVP8Codec(VP8);
    this.#receive(this.#connection.addTrack(video));
    return this.#describe();
  }

  /** An offer of the same connection, for an answer that names another sender of the picture. */
  offerAgain(): Promise<string> {
    this.#offer = this.#describe();
    return this.#offer;
  }

  accept(answer: string): void {
    this.#connection.setRemoteDescription(answer, 'answer');
  }

  /** The answer to an offer of a picture, with all its candidates. */
  answer(offer: string): Promise<string> {
    this.#connection.setRemoteDescription(offer, 'offer');
    return this.#describe();
  }

  addCandidate(candidate: string, mid: string): void {
    this.#connection.addRemoteCandidate(candidate, mid);
  }

  /** Resolves when ICE and DTLS stand. */
  get connected(): Promise<void> {
    return this.#connected;
  }

  get firstPacket(): Promise<void> {
    return this.#firstPacket;
  }

  /** From now on the age of each picture is kept when its last packet comes, for those that carry it. */
  measureDelays(): void {
    this.#delays ??= [];
  }

  /** From now on it is followed which frames could be shown. */
  follow(frames: FrameCourse): void {
    this.#frames = frames;
  }

  /** What has come since this was asked the last time; delays in ms. */
  take(): { received: number; lost: number; bytes: number; delays: number[] } {
    const bytes = this.#bytes;
    const delays = this.#delays ?? [];
    this.#bytes = 0;
    if (this.#delays) this.#delays = [];
    return { ...this.#counter.take(), bytes, delays };
  }

  close(): void {
    this.#connection.close();
  }

  #receive(track: Track): void {
    this.#tracks.push(track);
    // It reports what it received, as every player does (RFC 3550, section 6.4.2).
    track.setMediaHandler(new RtcpReceivingSession());
    track.onMessage((packet) => this.#count(packet));
  }

  /** This runs for every packet of every viewer: nothing is made here. */
  #count(packet: Buffer): void {
    if (isRtcp(packet)) return;
    if (this.#bytes === 0) this.#onFirstPacket();
    this.#bytes += packet.length;
    this.#counter.count(packet.readUInt16BE(2));
    this.#frames?.packet(packet);
    const isLastOfPicture = packet.readUInt8(1) >= 0x80;
    if (this.#delays && isLastOfPicture) this.#delays.push(msSince(packet.readUInt32BE(4)));
  }

  #describe(): Promise<string> {
    return new Promise((resolve) => {
      const done = () => resolve(this.#connection.localDescription()?.sdp ?? '');
      this.#connection.onGatheringStateChange((state) => {
        if (state === 'complete') done();
      });
      this.#connection.setLocalDescription();
      if (this.#connection.gatheringState() === 'complete') done();
    });
  }
}
