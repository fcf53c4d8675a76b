import fc from 'fast-check';
import type { Claim, Directory } from '../directory.ts';
import { Fence, type Token } from '../fence.ts';

/** One thing that happens to a cluster. Nodes and names are numbers. */
export type Event =
  | { do: 'claim' | 'release' | 'act'; node: number; name: number }
  | { do: 'pause' | 'suspend' | 'resume' | 'cut off' | 'silence' | 'restore' | 'forget lease'; node: number }
  | { do: 'stop engine' | 'start engine' | 'empty engine' | 'keep engine' | 'put engine back' }
  | { do: 'wait'; ms: number };

export interface ModelNode {
  directory: Directory;
  /** Does something in that process, when it runs. */
  run(work: () => Promise<void>): void;
  /** Whether it can be reached, knows it, and runs. */
  wellConnected(): boolean;
  pause(): void;
  suspend(): void;
  resume(): void;
  cutOff(): void;
  silence(): void;
  restore(): void;
}

/** A cluster that things happen to. */
export interface ModelCluster {
  nodes: readonly ModelNode[];
  stopEngine(): void | Promise<void>;
  startEngine(): void | Promise<void>;
  /** Stops it, loses everything and starts it again. */
  emptyEngine(): void | Promise<void>;
  /** @returns makes the engine forget what was written since; undefined where that cannot be done */
  keepEngine(): (() => void) | undefined;
  now(): number;
  /** Lets that much time pass. */
  wait(ms: number): Promise<void>;
  /** How long it takes at most until everything is in order again. */
  healMs: number;
  /** Who owns it, by what is stored. */
  stored(name: string): Promise<Token | undefined>;
  /** The same at this moment, and whether a node has a lease; where one can look into the engine. */
  inside?: { stored(name: string): Token | undefined; hasLease(node: string): boolean };
  /** Lets a node's lease expire, although it renews it. */
  forgetLease(node: string): void | Promise<void>;
}

/** The next renewal shows it. */
const AWARE_AFTER_MS = 1_500;
const NODES = 3;
const NAMES = ['a-stream-name-00000000', 'b-stream-name-00000000'];

const waits = fc.constantFrom(1, 2, 3, 300, 1_000, 2_500, 3_000, 4_000, 10_000);
const nodes = fc.nat(NODES - 1);
const names = fc.nat(NAMES.length - 1);
const faults = fc.constantFrom('pause' as const, 'suspend' as const, 'cut off' as const, 'silence' as const);
const engineFaults = fc.constantFrom(
  ...([
    'stop engine',
    'start engine',
    'start engine',
    'empty engine',
    'keep engine',
    'put engine back',
  ] as const),
);

const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('claim' as const, 'act' as const), node: nodes, name: names }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), node: nodes, name: names }) },
  { weight: 3, arbitrary: fc.record({ do: faults, node: nodes }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('resume' as const, 'restore' as const), node: nodes }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget lease' as const), node: nodes }) },
  { weight: 2, arbitrary: fc.record({ do: engineFaults }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: waits }) },
);

/** What is most likely to show a fault: one owns something, something happens to it or to the engine, another wants it. */
const story: fc.Arbitrary<Event[]> = fc
  .record({
    a: nodes,
    step: fc.integer({ min: 1, max: NODES - 1 }),
    name: names,
    fault: faults,
    waits: fc.tuple(waits, waits, waits),
    engine: fc.boolean(),
    lease: fc.boolean(),
  })
  .map(({ a, step, name, fault, waits: [first, second, third], engine, lease }) => {
    const b = (a + step) % NODES;
    return [
      { do: 'claim', node: a, name },
      { do: 'wait', ms: first },
      ...either<Event>(engine, { do: 'stop engine' }, { do: fault, node: a }),
      { do: 'wait', ms: second },
      ...either<Event>(engine, { do: 'start engine' }),
      ...either<Event>(lease, { do: 'forget lease', node: a }),
      { do: 'claim', node: b, name },
      { do: 'wait', ms: third },
      { do: 'restore', node: a },
      { do: 'resume', node: a },
      { do: 'act', node: a, name },
      { do: 'wait', ms: first },
      { do: 'act', node: b, name },
    ];
  });

function either<T>(condition: boolean, then: T, otherwise?: T): T[] {
  const chosen = condition ? then : otherwise;
  return chosen === undefined ? [] : [chosen];
}

/** Random lives of a cluster of three nodes: any part of such stories. Shrinks to one from which nothing can be left out. */
export const lives: fc.Arbitrary<Event[]> = fc
  .array(
    fc.oneof(
      { weight: 1, arbitrary: story },
      { weight: 1, arbitrary: fc.array(anyEvent, { minLength: 1, maxLength: 6 }) },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .chain((parts) => {
    const all = parts.flat();
    // Most of a life, or a story loses its point.
    return fc.oneof(fc.constant(all), fc.subarray(all, { minLength: 1 }));
  });

/** Runs a cluster through such a life and checks what must hold at each moment, and in the end. */
export class OwnershipModel {
  readonly #cluster: ModelCluster;
  readonly #fence = new Fence();
  /** Who has come with which generation of which name, as long as no data was lost. */
  readonly #owners = new Map<string, string>();
  /** Orders that the fence has let through. */
  readonly #carriedOut = new Map<string, string>();
  /** What a node has claimed since something happened to it last; what happens to the engine does not count. */
  readonly #undisturbed = new Map<string, Set<string>>();
  readonly #violations: string[] = [];
  /** Until when a node cannot know that it was suspended, for its clock stood still as well. */
  readonly #unaware = new Map<string, number>();
  #dataLost = false;
  #underway = 0;
  #putBack: (() => void) | undefined;

  constructor(cluster: ModelCluster) {
    this.#cluster = cluster;
    for (const { directory } of cluster.nodes) directory.onLost((claim) => this.#lost(claim));
  }

  async run(life: readonly Event[]): Promise<void> {
    for (const event of life) {
      if (event.do === 'wait') await this.#cluster.wait(event.ms);
      else await this.#happen(event);
      this.#check();
    }
    await this.#heal();
    this.#check();
  }

  async #happen(event: Exclude<Event, { do: 'wait' }>): Promise<void> {
    if ('name' in event) this.#start(event);
    else if ('node' in event) await this.#touch(this.#node(event.node), event.do);
    else await this.#shake(event.do);
  }

  async #shake(
    what: 'stop engine' | 'start engine' | 'empty engine' | 'keep engine' | 'put engine back',
  ): Promise<void> {
    const cluster = this.#cluster;
    if (what === 'start engine') await cluster.startEngine();
    else if (what === 'keep engine') this.#putBack = cluster.keepEngine();
    else if (what === 'stop engine') await cluster.stopEngine();
    else if (what === 'empty engine') {
      this.#loseData();
      await cluster.emptyEngine();
    } else if (this.#putBack) {
      this.#loseData();
      await cluster.stopEngine();
      this.#putBack();
      await cluster.startEngine();
    }
  }

  async #touch(node: ModelNode, what: Extract<Event, { node: number }>['do']): Promise<void> {
    const { id } = node.directory;
    if (what !== 'resume' && what !== 'restore' && what !== 'forget lease') this.#undisturbed.delete(id);
    if (what === 'forget lease') await this.#cluster.forgetLease(id);
    else if (what === 'pause') node.pause();
    else if (what === 'suspend') {
      this.#unaware.set(id, Number.POSITIVE_INFINITY);
      node.suspend();
    } else if (what === 'resume') {
      if (this.#unaware.has(id)) this.#unaware.set(id, this.#cluster.now() + AWARE_AFTER_MS);
      node.resume();
    } else if (what === 'cut off') node.cutOff();
    else if (what === 'silence') node.silence();
    else node.restore();
  }

  async #claim({ directory }: ModelNode, name: string): Promise<void> {
    const claimed = await directory.claim('streams', name, {}).catch(unlessUnavailable);
    if (!claimed || !('claim' in claimed)) return;
    this.#present(claimed.claim);
    this.#checkTakeover(claimed.claim);
    const since = this.#undisturbed.get(directory.id) ?? new Set();
    this.#undisturbed.set(directory.id, since.add(name));
  }

  /** Nothing may be taken from a node with a lease. */
  #checkTakeover({ name, owner, generation }: Claim): void {
    const before = this.#owners.get(`${name} ${generation - 1}`);
    const { inside } = this.#cluster;
    if (this.#dataLost || before === undefined || before === owner || !inside?.hasLease(before)) return;
    const node = this.#cluster.nodes.find(({ directory }) => directory.id === before);
    if (node?.directory.holds('streams', name)) {
      this.#violations.push(`${owner} has taken ${name} from ${before}, which has a lease`);
    }
  }

  async #release({ directory }: ModelNode, name: string): Promise<void> {
    const claim = directory.holds('streams', name);
    if (!claim) return;
    this.#undisturbed.get(directory.id)?.delete(name);
    await directory.release(claim);
  }

  /** An owner gives an order, as it does when it answers somebody. */
  async #act(node: ModelNode, name: string): Promise<void> {
    const { directory } = node;
    if ((await directory.awake().then(() => true, unlessUnavailable)) === undefined) return;
    const claim = directory.holds('streams', name);
    if (!claim || claim.generation === 0) return;
    this.#present(claim);
    const aware = this.#cluster.now() >= (this.#unaware.get(directory.id) ?? 0);
    const { inside } = this.#cluster;
    if (inside && aware && node.wellConnected() && !this.#dataLost) {
      const stored = inside.stored(name);
      if (stored?.owner !== claim.owner || stored.generation < claim.generation) {
        this.#violations.push(
          `${directory.id} acts as owner ${show(claim)}; stored is ${stored && show(stored)}`,
        );
      }
    }
    try {
      this.#fence.check(name, claim);
    } catch {
      return;
    }
    this.#once(this.#carriedOut, claim, 'was carried out for');
  }

  /** Somebody comes with a generation; nobody else may have had it. */
  #present(claim: Claim): void {
    if (!this.#dataLost) this.#once(this.#owners, claim, 'belongs to');
  }

  #once(owners: Map<string, string>, { name, owner, generation }: Claim, what: string): void {
    const key = `${name} ${generation}`;
    const known = owners.get(key);
    owners.set(key, known ?? owner);
    if (known !== undefined && known !== owner) this.#violations.push(`${key} ${what} ${known} and ${owner}`);
  }

  #lost({ owner, name }: Claim): void {
    // One who owned it before the data was lost may take it back.
    if (this.#dataLost || !this.#undisturbed.get(owner)?.has(name)) return;
    this.#violations.push(`${owner} has lost ${name}, and nothing had happened to it`);
  }

  #loseData(): void {
    this.#dataLost = true;
    this.#undisturbed.clear();
  }

  /** Everything works again; after a while each name has one owner, of whom everybody knows. */
  async #heal(): Promise<void> {
    const { nodes, startEngine, stored } = this.#cluster;
    for (const node of nodes) {
      node.resume();
      node.restore();
    }
    await startEngine();
    await this.#cluster.wait(this.#cluster.healMs);
    if (this.#underway > 0) this.#violations.push(`${this.#underway} calls have not come back`);
    for (const name of NAMES) {
      const claimed = await this.#waitFor(nodes[0]?.directory.claim('streams', name, {}));
      const owner = await this.#waitFor(stored(name));
      const holders = nodes.filter(({ directory }) => directory.holds('streams', name));
      const [holder] = holders;
      if (!claimed || !holder || holders.length !== 1 || holder.directory.id !== owner?.owner) {
        const ids = holders.map(({ directory }) => directory.id).join(' and ');
        this.#violations.push(
          `in the end ${ids || 'nobody'} holds ${name}; stored is ${owner && show(owner)}`,
        );
        continue;
      }
      await this.#passFence(holder.directory, name);
    }
  }

  /** The owner in the end must be able to give orders, with a new generation if need be. */
  async #passFence(directory: Directory, name: string): Promise<void> {
    for (let tries = 0; tries < 50; tries++) {
      const claim = directory.holds('streams', name);
      if (!claim) break;
      try {
        return this.#fence.check(name, claim);
      } catch {
        await this.#waitFor(directory.reassert(claim));
      }
    }
    this.#violations.push(`in the end the owner of ${name} is refused`);
  }

  async #waitFor<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
    const settled = { done: false };
    const watched = promise?.catch(unlessUnavailable).finally(() => {
      settled.done = true;
    });
    for (let i = 0; i < 100 && watched && !settled.done; i++) await this.#cluster.wait(100);
    return settled.done ? await watched : undefined;
  }

  /** Begins it in the process that is to do it, which may be paused; nothing waits for it. */
  #start({
    do: what,
    node: index,
    name,
  }: {
    do: 'claim' | 'release' | 'act';
    node: number;
    name: number;
  }): void {
    const node = this.#node(index);
    const work = { claim: this.#claim, release: this.#release, act: this.#act }[what];
    this.#underway += 1;
    node.run(async () => {
      try {
        await work.call(this, node, nameOf(name));
      } catch (error) {
        this.#violations.push(String(error));
      } finally {
        this.#underway -= 1;
      }
    });
  }

  #node(index: number): ModelNode {
    const node = this.#cluster.nodes[index];
    if (!node) throw new Error(`there is no node ${index}`);
    return node;
  }

  #check(): void {
    if (this.#violations.length > 0) throw new Error(this.#violations.join('\n'));
  }
}

function nameOf(index: number): string {
  return NAMES[index] ?? '';
}

function show({ owner, generation }: Token): string {
  return `${owner}@${generation}`;
}

function unlessUnavailable(error: unknown): undefined {
  if ((error as { code?: string }).code !== 'DIRECTORY_UNAVAILABLE') throw error;
}
