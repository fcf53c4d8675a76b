import type { EncoderStream } from './encoder/encoder-stream.ts';

/** What this page can open and send by itself. */
export const localKinds = ['camera', 'screen', 'test'] as const;
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
  /** Of an encoder its tracks come and go. */
  readonly stream: MediaStream;
  /** The stream that the encoder sends, if it is one that sends. */
  readonly encoder?: EncoderStream;
  /** Tells whenever tracks have come or gone. */
  follow?(changed: () => void): void;
  close(): void;
}
