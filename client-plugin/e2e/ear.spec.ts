import type { Page } from '@playwright/test';
import { type Heard, hearHops } from '../src/test-picture/hop-hearing.ts';
import { CYCLE_MS, HOPS, SLOT_MS } from '../src/test-picture/hop-tone.ts';
import { Ear } from './support/ear.ts';
import { expect, test } from './support/fixtures.ts';
import { bringHops } from './support/hop-source.ts';
import { totalMs } from './support/switch-figures.ts';

declare global {
  interface Window {
    voices: { element: HTMLVideoElement; gain: GainNode }[];
    /** When those of them that are not late began, by their clock in seconds. */
    voicesBeganAt: number;
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
  // Pages forbid captures of the screen, and this document does not.
  await page.goto(`${url}/healthz`);
  for (const { band } of voices) await bringHops(page, band);
  await page.evaluate(async (voices) => {
    if (!window.hops) throw new Error('no sound');
    const { audio, cycles } = window.hops;
    window.voicesBeganAt = audio.currentTime + 0.1;
    window.voices = voices.map(({ band, lateMs = 0, silent }) => {
      const source = new AudioBufferSourceNode(audio, { buffer: cycles[band] ?? null, loop: true });
      const gain = new GainNode(audio, { gain: silent ? 0 : 1 });
      const destination = new MediaStreamAudioDestinationNode(audio);
      source.connect(gain).connect(destination);
      source.start(window.voicesBeganAt + lateMs / 1_000);
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

/** Makes a voice as loud as that, for so long, from a place in the cycle on. */
function setLevel(page: Page, voice: number, level: number, ms: number, placeMs = 0): Promise<void> {
  return page.evaluate(
    ({ voice, level, ms, placeMs, cycleMs }) => {
      const { gain } = window.voices[voice] ?? {};
      if (!gain) throw new Error('no such voice');
      const place = window.voicesBeganAt + placeMs / 1_000;
      const cycle = cycleMs / 1_000;
      const at = place + Math.ceil((gain.context.currentTime + 0.05 - place) / cycle) * cycle;
      gain.gain.setValueAtTime(level, at).setValueAtTime(1 - level, at + ms / 1_000);
    },
    { voice, level, ms, placeMs, cycleMs: CYCLE_MS },
  );
}

/**
 * Where in the cycle a copy that is late by so much can come for so long, and be on another tone both when it comes
 * and when it goes: on the same tone it would be noticed later.
 */
function placeForCopy(lateMs: number, ms: number): number {
  const toneAt = (atMs: number) => HOPS.at(Math.floor(atMs / SLOT_MS) % HOPS.length);
  const isApart = (endMs: number) =>
    [-20, -10, 0, 10, 20].every((offMs) => toneAt(endMs + offMs) !== toneAt(endMs + offMs - lateMs));
  const places = Array.from({ length: HOPS.length }, (_, slot) => (slot + 0.5) * SLOT_MS + lateMs);
  const place = places.find((fromMs) => isApart(fromMs) && isApart(fromMs + ms));
  if (place === undefined) throw new Error('there is no such place');
  return place;
}

async function heardOf(ear: Ear, bands: number[]): Promise<Heard[]> {
  // What was planned last begins within one cycle.
  await ear.hear(CYCLE_MS + 500);
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
  [30, 60],
] as const) {
  test(`the same sound twice, ${lateMs} ms apart for ${ms} ms, is heard`, async ({ server, newPage }) => {
    const page = await newPage();
    const voices = [{ band: ADA }, { band: BOB }, { band: ADA, lateMs, silent: true }];
    const ear = await listenTo(page, server.url, voices);
    await setLevel(page, 2, 1, ms, placeForCopy(lateMs, ms));
    const [ada, bob] = await heardOf(ear, [ADA, BOB]);
    expect(Math.abs(totalMs(ada?.doublings ?? []) - ms), ada?.trace).toBeLessThanOrEqual(20);
    expect(ada?.silences).toEqual([]);
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
