import type { Page } from '@playwright/test';
import type { Recording } from '../../src/test-picture/tone-levels.ts';
import { expect } from './patient-expect.ts';

/** What a page keeps of its own sound. */
interface EarPage {
  sampleRate: number;
  /** Milliseconds of sound heard since it was last asked. */
  heardMs: number;
  /** Milliseconds of sound that the capture left out. */
  lostMs: number;
  blocks: Int16Array<ArrayBuffer>[];
}

/** Chromium has it in pages too, where the standard has it in workers alone. */
interface TrackProcessor {
  new (options: { track: MediaStreamTrack; maxBufferSize: number }): { readable: ReadableStream<AudioData> };
}

declare global {
  interface Window {
    ear: EarPage;
  }
}

/** What a page played. */
export interface EarRecording extends Recording {
  /** Milliseconds that the capture lost; what they would have held is left out. */
  lostMs: number;
}

/**
 * Hears what a page plays: everything that comes out of its tab, mixed, as it would go to the loudspeaker. It
 * knows nothing of how the page comes to its sound. Needs a browser that was started `withSound`.
 */
export class Ear {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** @throws Error where the tab cannot be captured */
  static async open(page: Page): Promise<Ear> {
    // A page may ask for a capture only after somebody has touched it.
    await page.locator('body').click({ position: { x: 1, y: 1 }, force: true });
    await page.evaluate(async () => {
      const options: DisplayMediaStreamOptions & { preferCurrentTab: boolean } = {
        audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
        video: true,
        preferCurrentTab: true,
      };
      const media = await navigator.mediaDevices.getDisplayMedia(options);
      // Nobody looks at the picture, and it would take the time that the room's pictures need.
      for (const track of media.getVideoTracks()) track.stop();
      const [track] = media.getAudioTracks();
      if (!track) throw new Error('the tab was captured without its sound');
      const { MediaStreamTrackProcessor } = window as unknown as {
        MediaStreamTrackProcessor: TrackProcessor;
      };
      const reader = new MediaStreamTrackProcessor({ track, maxBufferSize: 1_000 }).readable.getReader();
      const ear: EarPage = { sampleRate: 0, heardMs: 0, lostMs: 0, blocks: [] };
      window.ear = ear;
      let due: number | undefined;
      const read = async () => {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const { value: block } = next;
          const { numberOfFrames, sampleRate, timestamp } = block;
          const samples = new Float32Array(numberOfFrames);
          block.copyTo(samples, { planeIndex: 0, format: 'f32-planar' });
          block.close();
          const lengthMs = (numberOfFrames * 1_000) / sampleRate;
          ear.sampleRate = sampleRate;
          ear.heardMs += lengthMs;
          // Timestamps are rounded and follow a clock of their own by a little.
          const lostMs = timestamp / 1_000 - (due ?? timestamp / 1_000);
          if (lostMs > lengthMs / 2) ear.lostMs += lostMs;
          due = timestamp / 1_000 + lengthMs;
          ear.blocks.push(Int16Array.from(samples, (sample) => sample * 0x7fff));
        }
      };
      void read();
    });
    return new Ear(page);
  }

  /** Forgets what was heard so far. */
  async begin(): Promise<void> {
    await this.#page.evaluate(() => {
      Object.assign(window.ear, { heardMs: 0, lostMs: 0, blocks: [] });
    });
  }

  /** Milliseconds heard since `begin`. */
  heardMs(): Promise<number> {
    return this.#page.evaluate(() => window.ear.heardMs);
  }

  /** Waits until so much more has been heard. */
  async hear(ms: number): Promise<void> {
    const until = (await this.heardMs()) + ms;
    await expect
      .poll(() => this.heardMs(), { message: `${ms} ms of sound`, intervals: [100] })
      .toBeGreaterThanOrEqual(until);
  }

  /** What has been heard since `begin`. */
  async take(): Promise<EarRecording> {
    const { packed, sampleRate, lostMs } = await this.#page.evaluate(async () => {
      const { blocks, sampleRate, lostMs } = window.ear;
      const url = await new Promise<string>((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.readAsDataURL(new Blob(blocks));
      });
      return { packed: url.slice(url.indexOf(',') + 1), sampleRate, lostMs };
    });
    const bytes = Buffer.from(packed, 'base64');
    const samples = Float32Array.from(
      { length: bytes.length / 2 },
      (_, at) => bytes.readInt16LE(at * 2) / 0x7fff,
    );
    return { samples, sampleRate, lostMs };
  }
}
