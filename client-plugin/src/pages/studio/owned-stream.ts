import { Remembered } from '../shared/storage.ts';
import type { SourceKind } from './source-kinds.ts';
import type { KeptStreamRecord } from './stream-record.ts';

/** What a tab remembers of its stream until it is ended, so that a reload comes back to it. */
export interface OwnedStream extends KeptStreamRecord {
  streamId: string;
  publishKey: string;
  source: SourceKind;
}

export const ownedStream = new Remembered<OwnedStream>('tab', 'stream');
