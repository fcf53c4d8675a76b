import type { Page } from '@playwright/test';
import { type Heard, hearHops } from '../src/test-picture/hop-hearing.ts';
import { Ear } from './support/ear.ts';
import { expect, test } from './support/fixtures.ts';
import { bringHops } from './support/hop-source.ts';
import { totalMs } from './support/switch-figures.ts';

declare global {
  interface Window {
    voices: { element: HTMLVideoElement; gain: GainNode }[];
  }
}

/** Somebody who is heard in an element of their own. */
interface Voice {
  band: number;
  /** How much later their sound is than others', in milliseconds. */
  lateMs?: number;
  silent?: boolean;
}

const [ADA, BOB] = [0, 2];

/** A page that plays some voices, and its ear. */
async function listenTo(page: Page, url: string, voices: Voice[]): Promise<Ear> {
  await page.goto(url);
  for (const { band } of voices) await bringHops(page, band);
  await page.evaluate(async (voices) => {
    if (!window.hops) throw new Error('no sound');
    const { audio, cycles } = window.hops;
    const now = audio.currentTime;
    window.voices = voices.map(({ band, lateMs = 0, silent }) => {
      const source = new AudioBufferSourceNode(audio, { buffer: cycles[band] ?? null, loop: true });
      const gain = new GainNode(audio, { gain: silent ? 0 : 1 });
      const destination = new MediaStreamAudioDestinationNode(audio);
      source.connect(gain).connect(destination);
      source.start(now + 0.1 + lateMs / 1_000);
      const element = Object.assign(document.createElement('video'), { autoplay: true });
      element.srcObject = destination.stream;
      document.body.append(element);
      return { element, gain };
    });
  }, voices);
  const ear = await Ear.open(page);
  await ear.hear(1_000);
  await ear.begin();
  await ear.hear(700);
  return ear;
}

/** Makes a voice as loud as that, for so long. */
function setLevel(page: Page, voice: number, level: number, ms: number): Promise<void> {
  return page.evaluate(
    ({ voice, level, ms }) => {
      const { gain } = window.voices[voice] ?? {};
      if (!gain) throw new Error('no such voice');
      const at = gain.context.currentTime + 0.05;
      gain.gain.setValueAtTime(level, at).setValueAtTime(1 - level, at + ms / 1_000);
    },
    { voice, level, ms },
  );
}

/** Two waves of one tone may cancel each other for a moment: while a sound is doubled that is no silence. */
function isWithin(moment: Heard['silences'][number], others: Heard['doublings']): boolean {
  return others.some(
    ({ fromMs, ms }) => moment.fromMs >= fromMs - 20 && moment.fromMs + moment.ms <= fromMs + ms + 20,
  );
}

async function heardOf(ear: Ear, bands: number[]): Promise<Heard[]> {
  await ear.hear(1_200);
  const recording = await ear.take();
  expect(recording.lostMs).toBe(0);
  return bands.map((band) => hearHops(recording, band));
}

test('what a page plays is heard, by whom, and without a gap', async ({ server, newPage }) => {
  const ear = await listenTo(await newPage(), server.url, [{ band: ADA }, { band: BOB, lateMs: 333 }]);
  const [ada, bob, eve] = await heardOf(ear, [ADA, BOB, 4]);
  for (const heard of [ada, bob]) {
    expect(heard).toMatchObject({ present: true, silences: [], doublings: [] });
    expect(Math.abs(heard?.shiftMs ?? 99)).toBeLessThan(10);
  }
  expect(eve?.present).toBe(false);
});

for (const ms of [40, 150]) {
  test(`a silence of ${ms} ms in what a page plays is heard`, async ({ server, newPage }) => {
    const page = await newPage();
    const ear = await listenTo(page, server.url, [{ band: ADA }, { band: BOB }]);
    await setLevel(page, 0, 0, ms);
    const [ada, bob] = await heardOf(ear, [ADA, BOB]);
    expect(Math.abs(totalMs(ada?.silences ?? []) - ms)).toBeLessThanOrEqual(10);
    expect(ada?.doublings).toEqual([]);
    expect(bob).toMatchObject({ silences: [], doublings: [] });
  });
}

for (const [lateMs, ms] of [
  [80, 200],
  [30, 100],
] as const) {
  test(`the same sound twice, ${lateMs} ms apart for ${ms} ms, is heard`, async ({ server, newPage }) => {
    const page = await newPage();
    const voices = [{ band: ADA }, { band: BOB }, { band: ADA, lateMs, silent: true }];
    const ear = await listenTo(page, server.url, voices);
    await setLevel(page, 2, 1, ms);
    const [ada, bob] = await heardOf(ear, [ADA, BOB]);
    const doubledMs = totalMs(ada?.doublings ?? []);
    // Each end may fall into a moment in which both are on the same tone, and the ear notices up to 30 ms late.
    expect(doubledMs, ada?.trace).toBeGreaterThanOrEqual(ms - 60);
    expect(doubledMs, ada?.trace).toBeLessThanOrEqual(ms + 20);
    expect(ada?.silences.filter((silence) => !isWithin(silence, ada.doublings))).toEqual([]);
    expect(bob).toMatchObject({ silences: [], doublings: [] });
  });
}

test('an element that is muted is not heard', async ({ server, newPage }) => {
  const page = await newPage();
  const ear = await listenTo(page, server.url, [{ band: ADA }, { band: BOB }]);
  const mute = (muted: boolean) =>
    page.evaluate((muted) => {
      const [ada] = window.voices;
      if (ada) ada.element.muted = muted;
      return performance.now();
    }, muted);
  const from = await mute(true);
  await ear.hear(300);
  const mutedMs = (await mute(false)) - from;
  const [ada, bob] = await heardOf(ear, [ADA, BOB]);
  expect(Math.abs(totalMs(ada?.silences ?? []) - mutedMs)).toBeLessThanOrEqual(60);
  expect(bob?.silences).toEqual([]);
});
