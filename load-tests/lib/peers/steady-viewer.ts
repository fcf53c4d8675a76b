import { setTimeout as wait } from 'node:timers/promises';
import { type Greeted, receiveInstead, type Watching, watchByPlugin } from './doors/plugin.ts';
import { FrameCourse } from './frame-course.ts';
import { ReceivingPeer } from './receiving-peer.ts';
import { type ServerEvent, SignalingClient } from './signaling-client.ts';

/** A page that gets no packets of a picture that is not paused asks after so long. */
const SILENCE_MS = 1_200;
const LOOK_EVERY_MS = 100;

/** A way that does not come about by then is given up, and another one begun. */
const CONNECT_WITHIN_MS = 5_000;

/** As the plugin waits between two attempts, in ms. */
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4_000;

/** What a viewer has gone through, besides frames. */
export interface Fate {
  /** How often it has come in. */
  joins: number;
  /** How often another picture took the place of the one before in the same session. */
  replaced: number;
  /** Why attempts to come in failed, in order. */
  refusals: string[];
}

/** Somebody who watches as the plugin does, outside any browser: comes back by itself, from whatever door there is. */
export class SteadyViewer {
  readonly frames = new FrameCourse();
  readonly fate: Fate = { joins: 0, replaced: 0, refusals: [] };
  readonly #doors: readonly string[];
  readonly #streamId: string;
  #greeted: Greeted | undefined;
  #peer: ReceivingPeer | undefined;
  #watching: Watching | undefined;
  #joining: Promise<void> | undefined;
  #heardAt = 0;
  #look: NodeJS.Timeout | undefined;
  #left = false;

  /** @param options.doors URLs of servers, the one to come by first */
  constructor({ doors, streamId }: { doors: readonly string[]; streamId: string }) {
    this.#doors = doors;
    this.#streamId = streamId;
  }

  /** Resolves when it is in; then it stays for as long as it is not told to leave. */
  async join(): Promise<void> {
    await this.#joinAgain();
    this.#look = setInterval(() => this.#lookForFrames(), LOOK_EVERY_MS);
  }

  async leave(): Promise<void> {
    this.#left = true;
    clearInterval(this.#look);
    await this.#joining;
    const { client } = this.#greeted ?? {};
    if (this.#watching)
      await client?.request('session:close', { sessionId: this.#watching.sessionId }).catch(() => undefined);
    client?.close();
    this.#peer?.close();
  }

  #lookForFrames(): void {
    const last = this.frames.frames.at(-1)?.at ?? 0;
    if (performance.timeOrigin + performance.now() - Math.max(last, this.#heardAt) > SILENCE_MS)
      void this.#joinAgain();
  }

  #joinAgain(): Promise<void> {
    this.#joining ??= this.#joinUntilIn().finally(() => {
      this.#joining = undefined;
    });
    return this.#joining;
  }

  async #joinUntilIn(): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; !this.#left; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        await this.#enter();
        return;
      } catch (error) {
        this.fate.refusals.push(error instanceof Error ? error.message : String(error));
        await wait(pause * (0.75 + Math.random() / 2));
      }
    }
  }

  async #enter(): Promise<void> {
    this.#peer?.close();
    this.#watching = undefined;
    this.#greeted ??= await this.#knock();
    const peer = new ReceivingPeer();
    this.#peer = peer;
    peer.follow(this.frames);
    this.frames.restart();
    this.#watching = await watchByPlugin(this.#greeted, this.#streamId, peer);
    const tooLate = wait(CONNECT_WITHIN_MS, undefined, { ref: false }).then(() => {
      throw new Error('it did not connect in time');
    });
    await Promise.race([peer.connected, tooLate]);
    this.#heardAt = performance.timeOrigin + performance.now();
    this.fate.joins += 1;
  }

  async #knock(): Promise<Greeted> {
    let refusal: unknown;
    for (const door of this.#doors) {
      try {
        return await SignalingClient.open(door, {
          heard: (event) => this.#hear(event),
          failed: (why) => {
            if (!why.startsWith('session closed')) this.#greeted = undefined;
            // A picture goes on without its door.
            if (why.startsWith('session closed')) void this.#joinAgain();
          },
        });
      } catch (error) {
        refusal = error;
      }
    }
    throw refusal;
  }

  #hear(event: ServerEvent): void {
    if (event.name !== 'consumer:opened' || event.payload.consumer.kind !== 'video') return;
    const [greeted, watching, peer] = [this.#greeted, this.#watching, this.#peer];
    if (!greeted || !peer || watching?.sessionId !== event.payload.sessionId) return;
    this.#heardAt = performance.timeOrigin + performance.now();
    this.fate.replaced += 1;
    receiveInstead(greeted.client, watching, event.payload.consumer, peer).catch(() => this.#joinAgain());
  }
}
