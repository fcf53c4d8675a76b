import type { Capture } from './capture.ts';
import type { EncoderStream } from './encoder/encoder-stream.ts';

/** What this page can open and send by itself. */
export const localKinds = ['camera', 'microphone', 'screen', 'test'] as const;
export const sourceKinds = [...localKinds, 'encoder'] as const;
export type SourceKind = (typeof sourceKinds)[number];
/** What somebody can settle for: in a room it is possible to send nothing. */
export type SourceChoice = SourceKind | 'none';
export type MediaKind = 'audio' | 'video';

/** Which devices to open, by the browser's device ID; whatever the browser likes best where none is named. */
export interface ChosenDevices {
  camera?: string;
  microphone?: string;
}

/** What is being sent: opened by `openSource`, and closed by whoever opened it. */
export interface Source {
  readonly kind: SourceKind;
  /** Its tracks come and go: an encoder changes what it sends, and devices are unplugged. */
  readonly stream: MediaStream;
  /** The devices it captures, where it captures any. */
  readonly capture?: Capture;
  /** The stream that the encoder sends, if it is one that sends. */
  readonly encoder?: EncoderStream;
  /** Tells whenever tracks have come or gone. */
  follow?(changed: () => void): void;
  close(): void;
}

/** Mutes or hides a kind of a source. Of several sounds in one track muting takes away the microphone alone. */
export function applyPaused({ stream, capture }: Source, kind: MediaKind, paused: boolean): void {
  const tracks = kind === 'audio' && capture ? capture.muted : stream.getTracks();
  for (const track of tracks) if (track.kind === kind) track.enabled = !paused;
}
