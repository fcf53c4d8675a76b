import { MeshliftError } from '@meshlift/protocol';
import * as z from 'zod';
import type { Bus, Handler, Subscription } from './bus.ts';
import { type Clock, systemClock } from './clock.ts';
import type { ClusterLog } from './cluster-log.ts';
import type { Token } from './fence.ts';
import { Lease } from './lease.ts';
import { NodeList, type NodeView } from './node-list.ts';
import {
  type ClaimRecord,
  type Details,
  type Kind,
  kinds,
  type NodeRecord,
  recordSchemas,
} from './records.ts';
import { Serial } from './serial.ts';
import { BUCKETS, type Change, type Entry, type Store } from './store.ts';
import { Listeners } from './subscriptions.ts';
import { Witness } from './witness.ts';

/** A node that has not renewed its entry for so long may have gone. */
export const LEASE_MS = BUCKETS.nodes.ttlMs;
const RENEW_MS = 1_000;
/** Others need about as long to find the engine again as this node did; only then does silence mean anything. */
const SETTLE_MS = LEASE_MS;
/** Claims are written again well before they expire. */
const REWRITE_MS = BUCKETS.streams.ttlMs / 4;
/** Each lost race is somebody else's success. */
const MAX_RACES = 8;
const AT_ONCE = 32;

/** Something that this node owns. */
export interface Claim<K extends Kind = Kind> extends Token {
  readonly kind: K;
  readonly name: string;
}

/** What became of a claim: this node owns it now, or another one does. */
export type Claimed<K extends Kind> = { claim: Claim<K> } | { heldBy: ClaimRecord<K> };

interface Held {
  kind: Kind;
  name: string;
  generation: number;
  details: object;
  /** Of the entry as this node wrote it last; undefined until it has been written. */
  revision: number | undefined;
  /** Whether `details` differ from what is stored. */
  dirty: boolean;
  writtenAt: number;
}

export interface DirectoryOptions {
  store: Store;
  bus: Bus;
  log: ClusterLog;
  /** What this node says of itself. Its id must be new with each start. */
  node: NodeRecord;
  /** Whether this node can work with nodes of that version. @default those of its own */
  speaks?: (protocol: number) => boolean;
  /** @default the system's monotonic clock */
  clock?: Clock;
}

/**
 * Who is there, and who answers for which stream and room.
 *
 * A claim is written with compare-and-set, and each new owner has a higher generation, by which a `Fence` keeps out
 * those who came before. It is taken from its owner only if two witnesses agree that the owner is gone: its lease has
 * expired, and it does not answer. What this node owns it registers again when the engine comes back empty,
 * and the higher generation wins. After a pause of the process it answers nothing until it has read again what it
 * still owns. No time of day matters anywhere.
 *
 * While the engine is out of reach, what this node owns stays its own, the last known nodes are kept, and everything
 * else fails with `DIRECTORY_UNAVAILABLE`. For three seconds after it came back nothing is taken over, and what cannot
 * be found may only not be registered again yet, so it is `DIRECTORY_UNAVAILABLE` too and not missing.
 */
export class Directory {
  readonly id: string;
  readonly #store: Store;
  readonly #bus: Bus;
  readonly #witness: Witness;
  /** Nodes whose lease has expired, until it is known what became of them. */
  readonly #suspects = new Set<string>();
  readonly #log: ClusterLog;
  readonly #clock: Clock;
  readonly #lease: Lease;
  readonly #nodes: NodeList;
  readonly #held = new Map<string, Held>();
  readonly #serial = new Serial();
  readonly #lost: Listeners<Claim>;
  readonly #changed: Record<Kind, Listeners<{ name: string; record: ClaimRecord | undefined }>>;
  readonly #subscriptions: Subscription[] = [];
  /** What this node may own in the store without knowing: writes that got no answer. */
  readonly #unsettled = new Map<string, { kind: Kind; name: string; left: object }>();
  /** Counts connections. */
  #connection = 1;
  #connectedAt: number;
  /** Of which connection everything held has been confirmed. */
  #confirmedOn = 1;
  #confirming: Promise<void> | undefined;
  #tickedAt: number;
  #paused = false;
  /** Resolves when this node has seen itself on the list. */
  readonly #listed = Promise.withResolvers<void>();
  #cancelTick = () => {};
  #closed = false;

  private constructor({ store, bus, log, node, speaks, clock = systemClock }: DirectoryOptions) {
    this.id = node.id;
    this.#store = store;
    this.#bus = bus;
    this.#witness = new Witness(bus, clock);
    this.#log = log;
    this.#clock = clock;
    this.#tickedAt = clock.now();
    this.#connectedAt = clock.now();
    this.#lease = new Lease(store, node, clock);
    this.#nodes = new NodeList({ self: node, clock, log, speaks, onError: this.#reportThrown });
    this.#lost = new Listeners(this.#reportThrown);
    this.#changed = { streams: new Listeners(this.#reportThrown), rooms: new Listeners(this.#reportThrown) };
  }

  /**
   * Announces this node, which others see from then on. Store and bus stay their creator's.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  static async create(options: DirectoryOptions): Promise<Directory> {
    const directory = new Directory(options);
    try {
      await directory.#begin();
    } catch (error) {
      await directory.close();
      throw error;
    }
    return directory;
  }

  get connected(): boolean {
    return this.#store.connected;
  }

  /** The nodes with a lease, this one included; the last known ones while the engine is out of reach. */
  get nodes(): readonly NodeView[] {
    return this.#nodes.list();
  }

  /** Calls back when a node comes, goes or says something new of itself. */
  onNodes(listener: (nodes: readonly NodeView[]) => void): Subscription {
    return this.#nodes.onChange(listener);
  }

  /** Calls back when this node has lost something that it owned. */
  onLost(listener: (claim: Claim) => void): Subscription {
    return this.#lost.add(listener);
  }

  /** Calls back when a record of that kind has been written: undefined when nobody owns it any more. */
  watch<K extends Kind>(
    kind: K,
    listener: (change: { name: string; record: ClaimRecord<K> | undefined }) => void,
  ): Subscription {
    return this.#changed[kind].add(({ name, record }) =>
      listener({ name, record: record as ClaimRecord<K> }),
    );
  }

  /** Changes what this node says of itself; others hear of it at once, or when the engine is back. */
  async announce(change: Partial<Pick<NodeRecord, 'state' | 'load' | 'subject'>>): Promise<void> {
    this.#nodes.self = this.#lease.change(change);
    if (this.#store.connected) await this.#renew();
  }

  /**
   * Makes this node the owner of something that nobody owns, or whose owner is gone.
   *
   * @param name an HMAC, see `Names`
   * @param details what to say of it; or decides that, and with an error that it is not to be owned, from what the owner
   *   before has left there
   * @returns who owns it, if somebody else does
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`; what `details` throws
   */
  async claim<K extends Kind>(
    kind: K,
    name: string,
    details: Details<K> | ((before: ClaimRecord<K> | undefined) => Details<K>),
  ): Promise<Claimed<K>> {
    await this.awake();
    return await this.#serial.run(keyOf(kind, name), async () => {
      for (let race = 0; race < MAX_RACES; race++) {
        const { entry, record } = await this.#read(kind, name);
        if (record?.held && record.owner !== this.id && !(await this.isGone(record.owner))) {
          return { heldBy: record };
        }
        if (!record) this.#assertSettled();
        const generation = Math.max(record?.generation ?? 0, this.#heldAs(kind, name)?.generation ?? 0) + 1;
        const held = newlyHeld(kind, name, typeof details === 'function' ? details(record) : details);
        if (!(await this.#write(held, { generation, after: entry?.revision }))) continue;
        this.#held.set(keyOf(kind, name), held);
        return { claim: this.#claimOf(held) as Claim<K> };
      }
      throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    });
  }

  /**
   * Makes this node the owner of something while the engine is out of reach. It is registered when the engine is back;
   * if somebody else owns it then, it is lost.
   */
  claimLater<K extends Kind>(kind: K, name: string, details: Details<K>): Claim<K> {
    const held = newlyHeld(kind, name, details);
    this.#held.set(keyOf(kind, name), held);
    if (this.#store.connected) this.#inBackground(() => this.#confirmHeld(held));
    return this.#claimOf(held) as Claim<K>;
  }

  /**
   * Changes what this node says of something that it owns. Without the engine it is stored when that is back.
   *
   * @throws MeshliftError `STALE_OWNER` if this node does not own it any more
   */
  async update<K extends Kind>({ kind, name }: Claim<K>, details: Details<K>): Promise<void> {
    await this.#serial.run(keyOf(kind, name), async () => {
      const held = this.#heldAs(kind, name);
      if (!held) throw new MeshliftError('STALE_OWNER');
      held.details = details;
      held.dirty = true;
      if (!this.#store.connected) return;
      const { generation, revision } = held;
      if (revision !== undefined && (await this.#write(held, { generation, after: revision }))) return;
      if (!(await this.#confirm(held))) throw new MeshliftError('STALE_OWNER');
    });
  }

  /**
   * Asks whether this node still owns something that a fence has refused it, and makes its generation a new one.
   *
   * @throws MeshliftError `STALE_OWNER` if it does not; `DIRECTORY_UNAVAILABLE`
   */
  async reassert<K extends Kind>({ kind, name }: Claim<K>): Promise<Claim<K>> {
    return await this.#serial.run(keyOf(kind, name), async () => {
      const held = this.#heldAs(kind, name);
      if (!held || !(await this.#confirm(held, { renumber: true }))) throw new MeshliftError('STALE_OWNER');
      return this.#claimOf(held) as Claim<K>;
    });
  }

  /**
   * Lets something go. Nobody owns it then, unless this node had lost it before.
   *
   * @param left what whoever claims it next is to know
   */
  async release<K extends Kind>({ kind, name }: Claim<K>, left?: Details<K>): Promise<void> {
    await this.#serial.run(keyOf(kind, name), async () => {
      const held = this.#heldAs(kind, name);
      if (!held) return;
      this.#held.delete(keyOf(kind, name));
      await this.#letGo(kind, name, left);
    });
  }

  /**
   * Who owns something.
   *
   * @returns undefined if nobody does
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE` also when it cannot be known
   */
  async find<K extends Kind>(kind: K, name: string): Promise<ClaimRecord<K> | undefined> {
    const { entry, record } = await this.#read(kind, name);
    // Its owner puts back what a stranger has overwritten.
    if (entry && !record) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
    if (!record) this.#assertSettled();
    return record?.held ? record : undefined;
  }

  /** What this node owns, as far as it knows. */
  holds<K extends Kind>(kind: K, name: string): Claim<K> | undefined {
    const held = this.#heldAs(kind, name);
    return held && (this.#claimOf(held) as Claim<K>);
  }

  /**
   * Whether two witnesses agree that a node is gone: its lease has expired, and it does not answer. Either nobody serves
   * its subject, or it has been asked for five seconds. It takes up to a second to say so.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  async isGone(node: string): Promise<boolean> {
    // After an interruption everybody's lease has expired, and nobody is back yet.
    if (!this.#isSettled()) return false;
    if ((await this.#store.get('nodes', node))?.ours) return false;
    return await this.#witness.findsGone(node);
  }

  /**
   * Resolves when this process may answer for what it owns: at once, unless it was paused or cut off, and has not yet
   * read what it still owns. While the engine is out of reach it may, if it was not paused.
   *
   * @throws MeshliftError `DIRECTORY_UNAVAILABLE`
   */
  async awake(): Promise<void> {
    this.#notePause();
    while (this.#paused || (this.#store.connected && this.#isUnsure())) await this.#confirmAll();
  }

  /** A handler that answers only when this process may. */
  guard(handler: Handler): Handler {
    return async (payload) => {
      await this.awake();
      return await handler(payload);
    };
  }

  /** Lets everything go, and reports it as lost: what it was known by has another name now. */
  async abandon(): Promise<void> {
    const held = [...this.#held.values()];
    this.#held.clear();
    for (const each of held) this.#lost.notify(this.#claimOf(each));
    await eachAtOnce(held, ({ kind, name }) =>
      this.#serial.run(keyOf(kind, name), () => this.#letGo(kind, name)),
    );
  }

  /** @throws Error if there are others, and all of them have another cluster key */
  assertKeyShared(): void {
    const others = this.nodes.filter(({ id }) => id !== this.id);
    if (others.length === 0 || others.some(({ unusable }) => unusable !== 'key')) return;
    throw new Error(
      'MESHLIFT_CLUSTER_KEY: the servers that are in the cluster already have another key. Give all of them the same.',
    );
  }

  /** Takes this node off the list. What it owns it must have released before, or others wait for its lease to expire. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listed.resolve();
    this.#cancelTick();
    for (const subscription of this.#subscriptions) subscription.close();
    await this.#lease.end().catch(() => {});
  }

  readonly #reportThrown = (thrown: unknown): void => {
    this.#log.error(new Error('A listener of the cluster failed', { cause: thrown }));
  };

  async #begin(): Promise<void> {
    const own = this.#subscriptions;
    own.push(
      this.#bus.serve(Witness.subject(this.id), () => ({})),
      this.#store.onConnection((connected) => this.#connectionChanged(connected)),
      await this.#store.watch('nodes', 'current', (change) => this.#nodeChanged(change)),
    );
    for (const kind of kinds) {
      own.push(await this.#store.watch(kind, 'changes', (change) => this.#claimChanged(kind, change)));
    }
    await this.#lease.renew();
    this.#scheduleTick();
    // All who were there before are reported before it.
    await this.#listed.promise;
  }

  #nodeChanged(change: Change): void {
    this.#nodes.hear(change);
    if (!change.entry?.ours) return;
    if (change.key === this.id) this.#listed.resolve();
    this.#suspects.delete(change.key);
    this.#witness.forgive(change.key);
  }

  /** Finds out what became of nodes before anybody has to wait for it. */
  async #suspect(): Promise<void> {
    await Promise.all(
      [...this.#suspects].map(async (node) => {
        if (!this.#isSettled()) return;
        const [entry, gone] = [await this.#store.get('nodes', node), await this.#witness.findsGone(node)];
        if (entry?.ours || gone) this.#suspects.delete(node);
      }),
    );
  }

  #connectionChanged(connected: boolean): void {
    if (!connected) {
      this.#nodes.freeze();
      this.#suspects.clear();
      this.#witness.forgiveAll();
      return;
    }
    this.#connection += 1;
    this.#connectedAt = this.#clock.now();
    this.#nodes.thaw();
    this.#inBackground(() => this.#confirmAll());
  }

  /** What fails in here is tried again with the next tick or connection. */
  #inBackground(work: () => Promise<unknown>): void {
    work().catch((error) => {
      if (MeshliftError.from(error).code === 'INTERNAL') this.#reportThrown(error);
    });
  }

  #scheduleTick(): void {
    if (!this.#closed) this.#cancelTick = this.#clock.after(RENEW_MS, () => this.#tick());
  }

  #tick(): void {
    this.#notePause();
    this.#tickedAt = this.#clock.now();
    this.#scheduleTick();
    for (const node of this.#nodes.expire()) this.#suspects.add(node);
    if (!this.#store.connected) return;
    this.#inBackground(() => this.#suspect());
    this.#inBackground(async () => {
      await this.#renew();
      if (this.#paused || this.#confirmedOn !== this.#connection) await this.#confirmAll();
      else await this.#rewriteOld();
    });
  }

  async #renew(): Promise<void> {
    const connection = this.#connection;
    // The lease was lost with nothing to show for it but this: the machine itself may have stood still.
    if (!(await this.#lease.renew()) && connection === this.#confirmedOn) this.#paused = true;
  }

  /** A process that is paused does not notice; that its timers are late shows it. */
  #notePause(): void {
    const now = this.#clock.now();
    if (now - this.#tickedAt < LEASE_MS) return;
    this.#tickedAt = now;
    this.#paused = true;
  }

  /** Reads again who owns what this node holds. */
  async #confirmAll(): Promise<void> {
    this.#confirming ??= this.#confirmEach().finally(() => {
      this.#confirming = undefined;
    });
    await this.#confirming;
  }

  async #confirmEach(): Promise<void> {
    this.#notePause();
    const connection = this.#connection;
    const paused = this.#paused;
    await this.#lease.renew();
    await eachAtOnce([...this.#held.values()], (held) => this.#confirmHeld(held));
    await eachAtOnce([...this.#unsettled.values()], ({ kind, name, left }) => this.#settle(kind, name, left));
    this.#confirmedOn = connection;
    if (paused) this.#paused = false;
  }

  async #rewriteOld(): Promise<void> {
    const now = this.#clock.now();
    const old = [...this.#held.values()].filter(({ writtenAt }) => now - writtenAt > REWRITE_MS);
    await eachAtOnce(old.slice(0, AT_ONCE), (held) => {
      held.dirty = true;
      return this.#confirmHeld(held);
    });
  }

  async #confirmHeld(held: Held): Promise<void> {
    await this.#serial.run(keyOf(held.kind, held.name), async () => {
      if (this.#heldAs(held.kind, held.name) === held) await this.#confirm(held);
    });
  }

  /**
   * Reads whether this node still owns what it holds, and registers it again where the engine has lost it.
   *
   * @param options `renumber`: with a new generation in any case
   * @returns false if it is lost, and reported as such
   */
  async #confirm(held: Held, { renumber = false } = {}): Promise<boolean> {
    this.#notePause();
    for (let race = 0; race < MAX_RACES; race++) {
      const { entry, record } = await this.#read(held.kind, held.name);
      const mine = record?.held === true && record.owner === this.id;
      if (mine && record.generation === held.generation && !renumber && !held.dirty) {
        held.revision = entry?.revision;
        return true;
      }
      if (record && !mine && !this.#mayTakeBack(held, record)) {
        this.#held.delete(keyOf(held.kind, held.name));
        this.#lost.notify(this.#claimOf(held));
        return false;
      }
      const same = mine && record.generation === held.generation && !renumber;
      const generation = Math.max(held.generation, record?.generation ?? 0) + (same ? 0 : 1);
      if (await this.#write(held, { generation, after: entry?.revision })) return true;
    }
    throw new MeshliftError('DIRECTORY_UNAVAILABLE');
  }

  /** Somebody else wrote last: either this node has been replaced, or the engine has forgotten it. */
  #mayTakeBack({ generation }: Held, record: ClaimRecord): boolean {
    if (generation === 0) return !record.held;
    return !this.#paused && record.generation < generation;
  }

  /** @returns false if somebody else wrote first */
  async #write(
    held: Held,
    { generation, after }: { generation: number; after: number | undefined },
  ): Promise<boolean> {
    const { kind, name, details } = held;
    const record = recordSchemas[kind].parse({ ...details, owner: this.id, generation, held: true });
    let revision: number | undefined;
    try {
      revision = await this.#store.write(kind, name, record, { after });
    } catch (error) {
      this.#unsettled.set(keyOf(kind, name), { kind, name, left: {} });
      throw error;
    }
    if (revision === undefined) return false;
    held.generation = generation;
    held.revision = revision;
    held.dirty = held.details !== details;
    held.writtenAt = this.#clock.now();
    return true;
  }

  /** Lets go of what the store says this node owns and it does not know of. */
  async #settle(kind: Kind, name: string, left: object): Promise<void> {
    await this.#serial.run(keyOf(kind, name), async () => {
      this.#unsettled.delete(keyOf(kind, name));
      if (!this.#heldAs(kind, name)) await this.#letGo(kind, name, left);
    });
  }

  async #letGo(kind: Kind, name: string, said: object = {}): Promise<void> {
    try {
      for (;;) {
        const { entry, record } = await this.#read(kind, name);
        if (!record?.held || record.owner !== this.id) return;
        const { owner, generation } = record;
        const left = recordSchemas[kind].parse({ ...said, owner, generation, held: false });
        if ((await this.#store.write(kind, name, left, { after: entry?.revision })) !== undefined) return;
      }
    } catch {
      this.#unsettled.set(keyOf(kind, name), { kind, name, left: said });
    }
  }

  /** What a stranger wrote is an entry without a record. */
  async #read<K extends Kind>(kind: K, name: string): Promise<{ entry?: Entry; record?: ClaimRecord<K> }> {
    const entry = await this.#store.get(kind, name);
    if (!entry?.ours) return entry ? { entry } : {};
    return { entry, record: this.#parse(kind, entry.value) };
  }

  #parse<K extends Kind>(kind: K, value: unknown): ClaimRecord<K> {
    // A newer owner may say more than this node knows.
    const parsed = z.object(recordSchemas[kind].shape).safeParse(value);
    if (parsed.success) return parsed.data as ClaimRecord<K>;
    this.#log.warn(
      `A record among the cluster's ${kind} cannot be read; a server of another version wrote it`,
    );
    throw new MeshliftError('DIRECTORY_UNAVAILABLE', undefined, { cause: parsed.error });
  }

  #claimChanged(kind: Kind, { key: name, entry }: Change): void {
    const record = entry?.ours ? this.#parse(kind, entry.value) : undefined;
    const held = this.#heldAs(kind, name);
    const mine = record?.held === true && record.owner === this.id;
    if (held ? !mine || record.generation !== held.generation : mine) {
      this.#inBackground(() =>
        this.#serial.run(keyOf(kind, name), async () => {
          const now = this.#heldAs(kind, name);
          if (now) await this.#confirm(now);
          else await this.#letGo(kind, name);
        }),
      );
    }
    this.#changed[kind].notify({ name, record: record?.held ? record : undefined });
  }

  #heldAs(kind: Kind, name: string): Held | undefined {
    return this.#held.get(keyOf(kind, name));
  }

  #claimOf({ kind, name, generation }: Held): Claim {
    return { kind, name, owner: this.id, generation };
  }

  /** Whether somebody may have taken over what this node holds without its having read that yet. */
  #isUnsure(): boolean {
    return this.#lease.stale || this.#confirmedOn !== this.#connection;
  }

  #isSettled(): boolean {
    return this.#clock.now() - this.#connectedAt >= SETTLE_MS;
  }

  /** @throws MeshliftError `DIRECTORY_UNAVAILABLE` while owners may not have registered again what the engine has lost */
  #assertSettled(): void {
    if (this.#connection > 1 && !this.#isSettled()) throw new MeshliftError('DIRECTORY_UNAVAILABLE');
  }
}

function keyOf(kind: Kind, name: string): string {
  return `${kind} ${name}`;
}

function newlyHeld(kind: Kind, name: string, details: object): Held {
  return { kind, name, generation: 0, details, revision: undefined, dirty: true, writtenAt: 0 };
}

/** Some at a time: a thousand claims take no thousand round trips, and the engine gets no thousand requests at once. */
async function eachAtOnce<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}
