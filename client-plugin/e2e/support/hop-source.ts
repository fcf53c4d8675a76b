import type { Page } from '@playwright/test';
import { hopTone } from '../../src/test-picture/hop-tone.ts';
import type { Member } from './member.ts';

/** Opus's, which is what the sound is sent at. */
const SAMPLE_RATE = 48_000;

/** The picture that goes with the sound. */
export interface PictureSize {
  width: number;
  height: number;
  frameRate: number;
}

declare global {
  interface Window {
    hops?: { audio: AudioContext; cycles: Record<number, AudioBuffer> };
  }
}

/** Brings the sound of a band into a page, where `window.hops` holds it. Nothing plays it yet. */
export async function bringHops(page: Page, band: number): Promise<void> {
  const samples = Int16Array.from(hopTone(band, SAMPLE_RATE), (sample) => sample * 0x7fff);
  const packed = Buffer.from(samples.buffer).toString('base64');
  await page.evaluate(
    ({ packed, sampleRate, band }) => {
      const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
      const samples = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 0x7fff);
      const cycle = new AudioBuffer({ length: samples.length, sampleRate });
      cycle.copyToChannel(samples, 0);
      window.hops ??= { audio: new AudioContext({ sampleRate }), cycles: {} };
      window.hops.cycles[band] = cycle;
    },
    { packed, sampleRate: SAMPLE_RATE, band },
  );
}

/** Publishes a counter that begins at 0, with the sound of a band. */
export async function publishHops(member: Member, band: number, picture: PictureSize): Promise<void> {
  await bringHops(member.page, band);
  await member.page.evaluate(
    ({ band, width, height, frameRate }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d');
      if (!context || !window.hops) throw new Error('nothing to publish');
      let count = 0;
      setInterval(() => window.probe.draw(context, count++), 1_000 / frameRate);
      const { audio, cycles } = window.hops;
      const destination = new MediaStreamAudioDestinationNode(audio, { channelCount: 1 });
      const source = new AudioBufferSourceNode(audio, { buffer: cycles[band] ?? null, loop: true });
      source.connect(destination);
      source.start();
      const tracks = [...canvas.captureStream().getTracks(), ...destination.stream.getTracks()];
      return window.mesh.room.publish(new MediaStream(tracks));
    },
    { band, ...picture },
  );
}
