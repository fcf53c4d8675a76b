/** A node that a stream is fed to, or the one that it comes from. */
interface Place {
  region: string;
  /** The origin has none. */
  parent: string | undefined;
  children: Set<string>;
}

export interface FeedTreeOptions {
  /** The node that the publisher is on. */
  origin: string;
  region: string;
  /** How many nodes each node feeds at most, at least 1. */
  maxBranches: number;
}

/**
 * Which node feeds which, kept by the origin. The first node of a region is fed across regions, the others of it by
 * nodes of their own region, each as near to the origin as there is a free branch.
 */
export class FeedTree {
  readonly #origin: string;
  readonly #maxBranches: number;
  readonly #places = new Map<string, Place>();

  constructor({ origin, region, maxBranches }: FeedTreeOptions) {
    this.#origin = origin;
    this.#maxBranches = maxBranches;
    this.#places.set(origin, { region, parent: undefined, children: new Set() });
  }

  /** How many nodes are fed. */
  get size(): number {
    return this.#places.size - 1;
  }

  has(node: string): boolean {
    return this.#places.has(node);
  }

  regionOf(node: string): string | undefined {
    return this.#places.get(node)?.region;
  }

  parentOf(node: string): string | undefined {
    return this.#places.get(node)?.parent;
  }

  /** How many feeds are between the origin and a node of the tree. */
  depthOf(node: string): number {
    let depth = 0;
    for (let parent = this.parentOf(node); parent !== undefined; parent = this.parentOf(parent)) depth += 1;
    return depth;
  }

  /**
   * Finds a parent for a node that is new, or that has lost its own. It keeps the nodes that it feeds.
   *
   * @param options.avoid nodes that cannot feed it now
   * @returns its parent; `undefined` if every branch is taken or to be avoided, and it is not in the tree then
   */
  join(
    node: string,
    { region, avoid = new Set() }: { region: string; avoid?: ReadonlySet<string> },
  ): string | undefined {
    if (node === this.#origin) throw new TypeError('the origin is fed by nobody');
    const place = this.#places.get(node) ?? { region, parent: undefined, children: new Set<string>() };
    this.#detach(node, place);
    place.region = region;
    const below = this.#subtree(node);
    const free = [...this.#nearestFirst()].filter(
      (candidate) =>
        !below.has(candidate) &&
        !avoid.has(candidate) &&
        this.#childrenOf(candidate).size < this.#maxBranches,
    );
    const parent = free.find((candidate) => this.#places.get(candidate)?.region === region) ?? free[0];
    if (parent === undefined) {
      this.#remove(node);
      return undefined;
    }
    place.parent = parent;
    this.#places.set(node, place);
    this.#childrenOf(parent).add(node);
    return parent;
  }

  /** Takes a node out. Those it fed stay in the tree, below nobody, until they join again or leave. */
  leave(node: string): void {
    if (node === this.#origin) throw new TypeError('the origin does not leave its tree');
    this.#remove(node);
  }

  #remove(node: string): void {
    const place = this.#places.get(node);
    if (!place) return;
    this.#detach(node, place);
    for (const child of place.children) {
      const orphan = this.#places.get(child);
      if (orphan) orphan.parent = undefined;
    }
    this.#places.delete(node);
  }

  #detach(node: string, place: Place): void {
    if (place.parent !== undefined) this.#childrenOf(place.parent).delete(node);
    place.parent = undefined;
  }

  #childrenOf(node: string): Set<string> {
    return this.#places.get(node)?.children ?? new Set();
  }

  /** The nodes that media reaches, the origin first, each before those below it. */
  *#nearestFirst(): Generator<string> {
    const next = [this.#origin];
    for (let node = next.shift(); node !== undefined; node = next.shift()) {
      yield node;
      next.push(...this.#childrenOf(node));
    }
  }

  #subtree(node: string): Set<string> {
    const below = new Set([node]);
    for (const member of below) for (const child of this.#childrenOf(member)) below.add(child);
    return below;
  }
}
