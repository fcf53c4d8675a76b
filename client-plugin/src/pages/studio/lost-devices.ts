import type { Words } from '../shared/error-words.ts';
import type { Capture } from './capture.ts';
import type { MediaKind } from './source-kinds.ts';
import { text } from './text.ts';

/** A device that has stopped while it was captured. */
export interface LostDevice {
  kind: MediaKind;
  words: Words;
  /** What can take its place, best first. */
  offers: { label: string; deviceId?: string }[];
}

/** Keeps up with which devices have stopped, and with what is plugged in meanwhile. */
export class LostDevices {
  readonly #changed: () => void;
  #capture: Capture | undefined;
  #list: LostDevice[] = [];

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get list(): readonly LostDevice[] {
    return this.#list;
  }

  /** Looks at these devices from now on, and again whenever some are plugged in or out; at none any more if undefined. */
  follow(capture: Capture | undefined): void {
    this.#capture = capture;
    const lost = capture?.lost ?? [];
    this.#list = lost.map((kind) => ({ kind, words: wordsFor(capture, kind), offers: [] }));
    navigator.mediaDevices?.removeEventListener('devicechange', this.#look);
    if (lost.length === 0) return;
    navigator.mediaDevices?.addEventListener('devicechange', this.#look);
    this.#look();
  }

  readonly #look = () => {
    const capture = this.#capture;
    navigator.mediaDevices.enumerateDevices().then(
      (found) => {
        if (!capture || this.#capture !== capture) return;
        for (const lost of this.#list) lost.offers = offersFor(capture, lost.kind, found);
        this.#changed();
      },
      () => undefined,
    );
  };
}

function wordsFor(capture: Capture | undefined, kind: MediaKind): Words {
  if (kind === 'audio') return text.lostMicrophone;
  return capture?.kind === 'screen' ? text.lostScreen : text.lostCamera;
}

function offersFor(
  capture: Capture,
  kind: MediaKind,
  found: readonly MediaDeviceInfo[],
): LostDevice['offers'] {
  if (kind === 'video' && capture.kind === 'screen') return [{ label: text.sources.screen.open }];
  const wanted = kind === 'audio' ? 'audioinput' : 'videoinput';
  // Chromium lists what the system prefers a second time, under names of its own.
  const aliases = ['', 'default', 'communications'];
  const devices = found.filter((device) => device.kind === wanted && !aliases.includes(device.deviceId));
  // One that is still there, and has stopped all the same, comes last.
  const isLost = ({ deviceId }: MediaDeviceInfo) => Number(deviceId === capture.lostDevice(kind));
  return devices
    .toSorted((a, b) => isLost(a) - isLost(b))
    .map(({ deviceId, label }, index) => ({
      label: text.use(label || text.unnamedDevice(index + 1)),
      deviceId,
    }));
}
