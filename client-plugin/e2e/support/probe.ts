import { drawFrameCounter, readFrameCounter } from '../../src/test-picture/frame-counter.ts';
import { openPhoneCamera, type PhoneCamera } from './phone-camera.ts';

/** What a viewer really sees: read from decoded pixels, not from counters that run without a picture. */
export interface Seen {
  /** The frame counter in the picture; undefined when the picture carries none, as a black one does. */
  count: number | undefined;
  width: number;
  height: number;
}

/** How a picture stands, and which one it is. */
export interface Posture {
  count: number;
  /** By how many degrees it would have to be turned clockwise to stand upright. */
  lies: number;
}

/** When a peer connection got on, by the page's clock; undefined until then. */
export interface Progress {
  /** The other side's first description was there. */
  describedAt?: number;
  /** ICE and DTLS stood for the first time. */
  connectedAt?: number;
}

/** Runs in the page. */
export interface Probe {
  /** The element of that `data-testid`, wherever in the page's components it is. */
  find(testId: string): HTMLElement | undefined;
  see(video: HTMLVideoElement): Seen;
  /** Reads the counter in the picture whichever way it lies; undefined when it has none. */
  posture(video: HTMLVideoElement): Posture | undefined;
  /** Strength of a tone in what the element plays, in decibels over the loudest of the other frequencies; `-Infinity` in silence. */
  hearTone(video: HTMLVideoElement, frequency: number): Promise<number>;
  /**
   * Draws a picture of which the counter can be read back.
   *
   * @param restless fills it with blocks that change at random, which an encoder cannot make small
   */
  draw(context: CanvasRenderingContext2D, count: number, restless?: boolean): void;
  /** Opened at the first call. */
  phoneCamera(): Promise<PhoneCamera>;
  /** Peer connections the page has opened. */
  connections: RTCPeerConnection[];
  /** How the last one of them came about. */
  progress(): Progress;
  /** How many descriptions of the other side's they have taken. */
  negotiations(): number;
}

declare global {
  interface Window {
    probe: Probe;
  }
}

const canvas = document.createElement('canvas');
const context = canvas.getContext('2d', { willReadFrequently: true });

function find(testId: string, root: ParentNode = document): HTMLElement | undefined {
  for (const element of root.querySelectorAll<HTMLElement>('*')) {
    if (element.dataset.testid === testId) return element;
    const inside = element.shadowRoot && find(testId, element.shadowRoot);
    if (inside) return inside;
  }
  return undefined;
}

function see(video: HTMLVideoElement): Seen {
  const { videoWidth: width, videoHeight: height } = video;
  if (!context || width === 0 || height === 0) return { count: undefined, width, height };
  canvas.width = width;
  canvas.height = height;
  context.drawImage(video, 0, 0);
  return { count: readFrameCounter(context.getImageData(0, 0, width, height)), width, height };
}

function posture(video: HTMLVideoElement): Posture | undefined {
  const { videoWidth: width, videoHeight: height } = video;
  if (!context || width === 0 || height === 0) return undefined;
  for (const lies of [0, 90, 180, 270]) {
    const turned = lies % 180 !== 0;
    canvas.width = turned ? height : width;
    canvas.height = turned ? width : height;
    context.translate(canvas.width / 2, canvas.height / 2);
    context.rotate((lies * Math.PI) / 180);
    context.drawImage(video, -width / 2, -height / 2);
    const count = readFrameCounter(context.getImageData(0, 0, canvas.width, canvas.height));
    if (count !== undefined) return { count, lies };
  }
  return undefined;
}

async function hearTone(video: HTMLVideoElement, frequency: number): Promise<number> {
  const audio = new AudioContext();
  await audio.resume();
  const analyser = new AnalyserNode(audio, { fftSize: 4096 });
  audio.createMediaStreamSource(video.srcObject as MediaStream).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  const bin = Math.round((frequency * analyser.fftSize) / audio.sampleRate);
  try {
    // The first block after the graph has started is still silent.
    while (audio.currentTime < 0.3) await new Promise((resolve) => requestAnimationFrame(resolve));
    analyser.getFloatFrequencyData(levels);
    const around = [...levels.slice(1, bin - 8), ...levels.slice(bin + 9, bin * 2 - 8)];
    const level = levels[bin] ?? -Infinity;
    return level === -Infinity ? level : level - Math.max(...around);
  } finally {
    await audio.close();
  }
}

/** In pixels. */
const BLOCK = 16;

function draw(context: CanvasRenderingContext2D, count: number, restless = false): void {
  const { width, height } = context.canvas;
  context.fillStyle = `hsl(${count % 360} 60% 40%)`;
  context.fillRect(0, 0, width, height);
  for (let y = 0; restless && y < height; y += BLOCK) {
    for (let x = 0; x < width; x += BLOCK) {
      context.fillStyle = `hsl(${Math.random() * 360} 60% 40%)`;
      context.fillRect(x, y, BLOCK, BLOCK);
    }
  }
  drawFrameCounter(context, width, height, count);
}

let camera: Promise<PhoneCamera> | undefined;
const connections: RTCPeerConnection[] = [];
const progresses = new WeakMap<RTCPeerConnection, Progress>();
let negotiations = 0;
const Native = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Native {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
    const progress: Progress = {};
    progresses.set(this, progress);
    this.addEventListener('connectionstatechange', () => {
      if (this.connectionState === 'connected') progress.connectedAt ??= performance.now();
    });
  }

  override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const progress = progresses.get(this);
    if (progress) progress.describedAt ??= performance.now();
    await super.setRemoteDescription(description);
    negotiations += 1;
  }
};

window.probe = {
  find,
  see,
  posture,
  phoneCamera() {
    camera ??= openPhoneCamera(connections);
    return camera;
  },
  hearTone,
  draw,
  connections,
  progress() {
    const last = connections.at(-1);
    return (last && progresses.get(last)) ?? {};
  },
  negotiations: () => negotiations,
};
