import { Remembered } from '../shared/storage.ts';
import type { SourceKind } from './source.ts';

/** What a tab remembers of its stream until it is ended, so that a reload comes back to it. */
export interface OwnedStream {
  streamId: string;
  publishKey: string;
  source: SourceKind;
  /** When it first went live, or was made for an encoder, in milliseconds since the epoch. */
  startedAt: number;
}

export const ownedStream = new Remembered<OwnedStream>('tab', 'stream');
