import { serveTasks } from '../machine/child.ts';
import type { Ingest } from '../relays/relay.ts';
import { type Clip, readClip } from './clip.ts';
import { asksForKeyFrame, senderReport } from './rtcp.ts';
import { clockTicks, RTP_HEADER } from './rtp.ts';
import { openSender, PAYLOAD_TYPE, type Sender, SSRC } from './senders.ts';
import { Vp8Packetizer } from './vp8.ts';

/** What a publisher has sent. */
export interface Sent {
  frames: number;
  packets: number;
  keyFrames: number;
  /** Requests for a key frame that have come. */
  keyFrameRequests: number;
  /** The times of those requests, in ms of a clock that all processes share. */
  requestedAt: number[];
}

const REPORT_EVERY_FRAMES = 30;

/** Plays the clip as a camera would: in time, and from the key frame again whenever somebody asks for one. */
class Playback {
  readonly sent: Sent = { frames: 0, packets: 0, keyFrames: 0, keyFrameRequests: 0, requestedAt: [] };
  readonly #clip: Clip;
  readonly #sender: Sender;
  readonly #packetizer = new Vp8Packetizer({ payloadType: PAYLOAD_TYPE, ssrc: SSRC });
  readonly #startedAt = performance.now();
  #position = 0;
  #bytes = 0;

  constructor(clip: Clip, sender: Sender) {
    this.#clip = clip;
    this.#sender = sender;
    sender.onRtcp((compound) => {
      if (!asksForKeyFrame(compound)) return;
      this.sent.keyFrameRequests += 1;
      this.sent.requestedAt.push(performance.timeOrigin + performance.now());
      this.#position = 0;
    });
    this.#next();
  }

  #next(): void {
    const { frames, frameRate } = this.#clip;
    const frame = frames[this.#position % frames.length];
    if (!frame) throw new Error('the clip is empty');
    this.#position = (this.#position + 1) % frames.length;
    const timestamp = clockTicks();
    for (const packet of this.#packetizer.packets(frame.data, timestamp)) {
      this.#sender.send(packet);
      this.sent.packets += 1;
      this.#bytes += packet.length - RTP_HEADER;
    }
    this.sent.frames += 1;
    if (frame.key) this.sent.keyFrames += 1;
    if (this.sent.frames % REPORT_EVERY_FRAMES === 1) {
      const { packets } = this.sent;
      this.#sender.sendRtcp(senderReport({ ssrc: SSRC, timestamp, packets, bytes: this.#bytes }));
    }
    const due = this.#startedAt + (this.sent.frames * 1_000) / frameRate;
    setTimeout(() => this.#next(), Math.max(0, due - performance.now()));
  }
}

let playback: Playback | undefined;

const tasks = {
  async publish(ingest: Ingest, clipFile: string): Promise<void> {
    playback = new Playback(readClip(clipFile), await openSender(ingest));
  },
  counts(): Sent {
    if (!playback) throw new Error('nothing is published');
    return playback.sent;
  },
};

export type PublisherTasks = typeof tasks;

serveTasks(tasks, { urgent: true });
