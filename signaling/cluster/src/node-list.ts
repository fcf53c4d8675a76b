import * as z from 'zod';
import type { Subscription } from './bus.ts';
import type { Clock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import { type NodeRecord, nodeRecordSchema } from './records.ts';
import { BUCKETS, type Change } from './store.ts';
import { StrangerLog } from './stranger-log.ts';
import { Listeners } from './subscriptions.ts';

/** A node, and why this one cannot work with it, if it cannot. */
export interface NodeView extends NodeRecord {
  /** `key`: it has another cluster key; `protocol`: it speaks another version. */
  unusable?: 'key' | 'protocol';
}

export interface NodeListOptions {
  self: NodeRecord;
  clock: Clock;
  log: ClusterLog;
  speaks?: ((protocol: number) => boolean) | undefined;
  onError: (thrown: unknown) => void;
}

// A newer node may say more of itself.
const readSchema = z.object(nodeRecordSchema.shape);

/** The nodes that have a lease. They expire here by this node's own clock, for NATS reports nothing that expires. */
export class NodeList {
  readonly #clock: Clock;
  readonly #log: ClusterLog;
  readonly #strangers: StrangerLog;
  readonly #speaks: (protocol: number) => boolean;
  readonly #heard = new Map<string, { record: NodeRecord; at: number }>();
  readonly #listeners: Listeners<readonly NodeView[]>;
  readonly #refused = new Set<string>();
  #self: NodeRecord;
  /** Since when nothing can be heard of others; what was known then stays. */
  #frozenAt: number | undefined;
  #reported = '';

  constructor({
    self,
    clock,
    log,
    speaks = (protocol) => protocol === self.protocol,
    onError,
  }: NodeListOptions) {
    this.#self = self;
    this.#clock = clock;
    this.#log = log;
    this.#speaks = speaks;
    this.#strangers = new StrangerLog(self.keys, log);
    this.#listeners = new Listeners(onError);
  }

  /** What this node says of itself, which it knows without being told. */
  set self(record: NodeRecord) {
    this.#self = record;
    this.#notify();
  }

  list(): readonly NodeView[] {
    const now = this.#frozenAt ?? this.#clock.now();
    const others = [...this.#heard.values()].flatMap(({ record, at }) =>
      now - at < BUCKETS.nodes.ttlMs && record.id !== this.#self.id ? [this.#view(record)] : [],
    );
    return [this.#self, ...others];
  }

  onChange(listener: (nodes: readonly NodeView[]) => void): Subscription {
    return this.#listeners.add(listener);
  }

  hear({ key, entry }: Change): void {
    if (!entry) this.#heard.delete(key);
    else {
      const parsed = readSchema.safeParse(entry.value);
      if (!parsed.success || parsed.data.id !== key) return;
      // What says that it has this key and does not is no node.
      if (!entry.ours && this.#view(parsed.data).unusable !== 'key') return;
      this.#heard.set(key, { record: parsed.data, at: this.#clock.now() });
      this.#say(this.#view(parsed.data));
    }
    this.#notify();
  }

  freeze(): void {
    this.#frozenAt ??= this.#clock.now();
  }

  /** Gives everybody a lease's time to be heard of again. */
  thaw(): void {
    this.#frozenAt = undefined;
    for (const heard of this.#heard.values()) heard.at = this.#clock.now();
  }

  /**
   * Forgets those whose lease has expired.
   *
   * @returns whose lease has expired
   */
  expire(): string[] {
    const expired = this.#frozenAt === undefined ? this.#expired() : [];
    for (const id of expired) this.#heard.delete(id);
    this.#notify();
    return expired;
  }

  #notify(): void {
    const nodes = this.list();
    const text = JSON.stringify([...nodes].sort((a, b) => (a.id < b.id ? -1 : 1)));
    if (text === this.#reported) return;
    this.#reported = text;
    this.#listeners.notify(nodes);
  }

  #expired(): string[] {
    const now = this.#clock.now();
    return [...this.#heard].flatMap(([id, { at }]) => (now - at >= BUCKETS.nodes.ttlMs ? [id] : []));
  }

  #view(record: NodeRecord): NodeView {
    const [mine, theirs] = [this.#self.keys, record.keys];
    const alike = (a: string[], b: string[]) => a[0] === undefined || b.includes(a[0]);
    if (!alike(mine, theirs) || !alike(theirs, mine)) return { ...record, unusable: 'key' };
    return this.#speaks(record.protocol) ? record : { ...record, unusable: 'protocol' };
  }

  #say({ id, unusable, keys, protocol }: NodeView): void {
    if (unusable === 'key') this.#strangers.report(keys[0] ?? 'unknown');
    if (unusable !== 'protocol' || this.#refused.has(id)) return;
    this.#refused.add(id);
    this.#log.warn(
      `A server of protocol version ${protocol} is in the cluster; this one speaks ${this.#self.protocol} and does not use it`,
    );
  }
}
