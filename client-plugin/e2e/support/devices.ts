import type { Locator, Page } from '@playwright/test';
import { expect } from './patient-expect.ts';

/** Tones of a microphone and of what is shared, in hertz: no harmonic of one comes near the other. */
export const VOICE = 500;
export const SHARED = 1_700;

interface DeviceBench {
  unplug(kind: 'audio' | 'video'): void;
  stopSharing(): void;
}

declare global {
  interface Window {
    devices: DeviceBench;
  }
}

/**
 * Lets a test pull the plugs of a page's devices, which stay Chromium's own otherwise. What that does is what
 * browsers do: the track has ended and says so, the device is in no list any more, and its going is announced.
 *
 * @param tones has the microphone and what is shared sound in tones that can be told apart
 */
export async function pluggable(page: Page, tones = false): Promise<void> {
  await page.addInitScript(installBench, tones ? { voice: VOICE, shared: SHARED } : undefined);
}

function installBench(tones: { voice: number; shared: number } | undefined): void {
  const { mediaDevices } = navigator;
  if (!mediaDevices) return;
  const gone = new Set<string>();
  const open = new Set<MediaStreamTrack>();
  const shared = new Set<MediaStreamTrack>();
  const enumerate = mediaDevices.enumerateDevices.bind(mediaDevices);
  const capture = mediaDevices.getUserMedia.bind(mediaDevices);
  const share = mediaDevices.getDisplayMedia.bind(mediaDevices);
  const ring = (stream: MediaStream, frequency: number | undefined) => {
    const [silent] = stream.getAudioTracks();
    if (!silent || !frequency) return;
    const audio = new AudioContext();
    const output = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(new GainNode(audio, { gain: 0.2 })).connect(output);
    tone.start();
    const [track] = output.stream.getAudioTracks();
    if (!track) return;
    const settings = silent.getSettings();
    track.getSettings = () => settings;
    stream.removeTrack(silent);
    stream.addTrack(track);
  };
  const end = (track: MediaStreamTrack) => {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  };
  mediaDevices.enumerateDevices = async () =>
    (await enumerate()).filter(({ deviceId, kind }) => !gone.has(`${kind} ${deviceId}`));
  mediaDevices.getUserMedia = async (constraints) => {
    const stream = await capture(constraints);
    ring(stream, tones?.voice);
    for (const track of stream.getTracks()) open.add(track);
    return stream;
  };
  mediaDevices.getDisplayMedia = async (constraints) => {
    const stream = await share(constraints);
    ring(stream, tones?.shared);
    for (const track of stream.getTracks()) shared.add(track);
    return stream;
  };
  window.devices = {
    unplug(kind) {
      for (const track of open) {
        if (track.kind !== kind || track.readyState === 'ended') continue;
        gone.add(`${kind}input ${track.getSettings().deviceId}`);
        end(track);
      }
      mediaDevices.dispatchEvent(new Event('devicechange'));
    },
    stopSharing() {
      for (const track of shared) if (track.readyState === 'live') end(track);
    },
  };
}

/** Waits until just these of the two tones are in what a video plays. */
export async function hearsJust(video: Locator, ...tones: number[]): Promise<void> {
  const heard = async () => {
    const levels = await video.evaluate(levelsOf, [VOICE, SHARED]);
    return [VOICE, SHARED].filter((_tone, index) => (levels[index] ?? 0) > 25);
  };
  await expect.poll(heard, { message: 'tones that are heard' }).toEqual(tones);
}

/** By how many decibels each tone stands out of what lies between tones. */
async function levelsOf(element: Element, tones: number[]): Promise<number[]> {
  const { srcObject } = element as HTMLVideoElement;
  if (!(srcObject instanceof MediaStream) || srcObject.getAudioTracks().length === 0)
    return tones.map(() => 0);
  const audio = new AudioContext();
  await audio.resume();
  const analyser = new AnalyserNode(audio, { fftSize: 4096, minDecibels: -120 });
  audio.createMediaStreamSource(srcObject).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  // The first block after the graph has started is still silent.
  while (audio.currentTime < 0.3) await new Promise((resolve) => requestAnimationFrame(resolve));
  analyser.getFloatFrequencyData(levels);
  const { sampleRate } = audio;
  await audio.close();
  const finite = levels.map((level) => Math.max(level, -120));
  const usual = finite.toSorted()[Math.floor(finite.length / 2)] ?? -120;
  return tones.map((hertz) => (finite[Math.round((hertz * 4096) / sampleRate)] ?? -120) - usual);
}
