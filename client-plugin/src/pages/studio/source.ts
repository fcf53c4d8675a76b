import type { Capture } from './capture.ts';
import type { EncoderStream } from './encoder/encoder-stream.ts';
import type { MediaKind, SourceKind } from './source-kinds.ts';

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
