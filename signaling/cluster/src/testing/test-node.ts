import type { NodeRecord } from '../records.ts';

let started = 0;

/** What a node of a test says of itself; each has an id of its own. */
export function nodeRecord(changes: Partial<NodeRecord> = {}): NodeRecord {
  started += 1;
  return {
    id: `node-${String(started).padStart(6, '0')}`,
    role: 'all',
    region: 'here',
    protocol: 1,
    state: 'up',
    load: 0,
    keys: ['a-fingerprint'],
    ...changes,
  };
}
