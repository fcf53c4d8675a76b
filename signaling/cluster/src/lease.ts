import type { Clock } from './clock.ts';
import { type NodeRecord, nodeRecordSchema } from './records.ts';
import { Serial } from './serial.ts';
import { BUCKETS, type Store } from './store.ts';

/** This node's entry in the list of nodes, which expires unless it is renewed. */
export class Lease {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #serial = new Serial();
  /** When the last renewal that was acknowledged had been sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #record: NodeRecord;
  #revision: number | undefined;
  #ended = false;

  constructor(store: Store, record: NodeRecord, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#record = nodeRecordSchema.parse(record);
  }

  /** Whether the entry may have expired meanwhile. */
  get stale(): boolean {
    return this.#clock.now() - this.#renewedAt >= BUCKETS.nodes.ttlMs;
  }

  change(change: Partial<NodeRecord>): NodeRecord {
    this.#record = nodeRecordSchema.parse({ ...this.#record, ...change });
    return this.#record;
  }

  /**
   * Writes the entry again.
   *
   * @returns false if it had expired or was overwritten since the last time: for others this node was gone
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  async renew(): Promise<boolean> {
    return await this.#serial.run('', async () => {
      if (this.#ended) return true;
      const { id } = this.#record;
      const first = this.#revision === undefined;
      const sentAt = this.#clock.now();
      const renewed = await this.#store.write('nodes', id, this.#record, { after: this.#revision });
      if (renewed !== undefined) {
        this.#revision = renewed;
        this.#renewedAt = sentAt;
        return true;
      }
      const entry = await this.#store.get('nodes', id);
      this.#revision = await this.#store.write('nodes', id, this.#record, { after: entry?.revision });
      if (this.#revision !== undefined) this.#renewedAt = sentAt;
      return first;
    });
  }

  /** Takes the entry away. */
  async end(): Promise<void> {
    await this.#serial.run('', async () => {
      this.#ended = true;
      if (this.#revision !== undefined) await this.#store.remove('nodes', this.#record.id, this.#revision);
    });
  }
}
