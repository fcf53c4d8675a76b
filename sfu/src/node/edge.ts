import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { MeshliftError } from '@meshlift/protocol';
import type { PipeEndOptions } from '../cascade/pipe-end.ts';
import type { Upstream } from '../cascade/upstream.ts';
import type { Relay } from '../media/relay.ts';
import type { CascadeLink } from './cascade-link.ts';

/** How often an edge checks whether media arrives. */
const CHECK_EVERY_MS = 400;

/** The node that feeds this one counts as lost after so many checks in a row without media and without an answer. */
const MAX_SILENT_CHECKS = 3;

/** How long a join waits for the tracks that the relay has. */
const READY_TIMEOUT_MS = 1_500;

/** An edge that nobody feeds for so long is lost: its viewers join again. */
const FED_TIMEOUT_MS = 10_000;

const RETRY_AFTER_MS = 250;

/** Nodes that are asked in one attempt. */
const MAX_PARENTS = 3;

export interface EdgeOptions {
  relay: Relay;
  /** The process with the relay's origin. */
  origin: string;
  region: string;
  link: CascadeLink;
  pipe: Omit<PipeEndOptions, 'router'>;
  /** The relay is over (`ended`), or nobody can feed it. Called once, unless it is closed before. */
  lost: (ended: boolean) => void;
}

/** Keeps a relay fed whose origin is on another node: finds a node that feeds it, and another one when that is lost. */
export class Edge {
  readonly #options: EdgeOptions;
  #upstream: { parent: string; feedId: string; pipe: Upstream } | undefined;
  #silentChecks = 0;
  #check: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * Resolves when the tracks that the relay has can be consumed.
   *
   * @throws MeshliftError what the origin or the node that is to feed this one answers; nothing is left then
   */
  static async create(options: EdgeOptions): Promise<Edge> {
    const edge = new Edge(options);
    try {
      await edge.#connect(new Set());
    } catch (error) {
      edge.close();
      throw error;
    }
    edge.#check = setInterval(() => void edge.#checkUpstream(), CHECK_EVERY_MS);
    edge.#check.unref();
    return edge;
  }

  private constructor(options: EdgeOptions) {
    this.#options = options;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#check);
    this.#drop();
    const { link, origin, relay } = this.#options;
    link.leave(origin, relay.id);
  }

  /** Finds a parent and opens the pipe from it. Parents that fail are avoided. */
  async #connect(avoid: Set<string>): Promise<void> {
    const { link, origin, region, relay } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const parent = await link.join(origin, { relayId: relay.id, region, avoid });
      try {
        await this.#openFrom(parent);
        return;
      } catch (error) {
        if (parent === origin || attempt === MAX_PARENTS) throw error;
        avoid.add(parent);
      }
    }
  }

  async #openFrom(parent: string): Promise<void> {
    const { link, relay, pipe: pipeOptions } = this.#options;
    const feedId = randomUUID();
    const pipe = await relay.openUpstream({
      ...pipeOptions,
      send: (event) => link.sendUpstream(parent, feedId, event),
      listener: { closed: (ended) => this.#upstreamClosed(feedId, ended) },
    });
    link.followUpstream(feedId, {
      peer: parent,
      receive: (event) => pipe.receive(event),
      lostTrack: () => pipe.fail(),
    });
    this.#upstream = { parent, feedId, pipe };
    try {
      await pipe.connect(await link.open(parent, { relayId: relay.id, feedId, endpoint: pipe.endpoint }));
      await Promise.race([pipe.ready, pause(READY_TIMEOUT_MS, undefined, { ref: false })]);
      if (this.#closed || this.#upstream?.feedId !== feedId) throw new MeshliftError('MEDIA_FAILED');
      this.#silentChecks = 0;
    } catch (error) {
      if (this.#upstream?.feedId === feedId) this.#drop();
      throw error;
    }
  }

  #drop(): void {
    const upstream = this.#upstream;
    if (!upstream) return;
    this.#upstream = undefined;
    this.#options.link.forget(upstream.feedId);
    upstream.pipe.close();
  }

  #upstreamClosed(feedId: string, ended: boolean): void {
    const upstream = this.#upstream;
    if (upstream?.feedId !== feedId) return;
    this.#drop();
    if (ended) this.#lose(true);
    else void this.#reconnect(new Set([upstream.parent]));
  }

  /** Finds another node to be fed by. The origin cannot be avoided: it is tried again. */
  async #reconnect(avoid: Set<string>): Promise<void> {
    avoid.delete(this.#options.origin);
    const deadline = performance.now() + FED_TIMEOUT_MS;
    while (!this.#closed && !this.#upstream) {
      try {
        await this.#connect(new Set(avoid));
      } catch (error) {
        const { code } = MeshliftError.from(error);
        // The origin knows nothing of the relay any more, or is gone.
        if (code === 'MEDIA_FAILED' || performance.now() > deadline)
          return this.#lose(code === 'MEDIA_FAILED');
        await pause(RETRY_AFTER_MS, undefined, { ref: false });
      }
    }
  }

  #lose(ended: boolean): void {
    if (this.#closed) return;
    this.close();
    this.#options.lost(ended);
  }

  /**
   * Media that arrives is proof enough. Where none does, the publisher may be silent: then the node that feeds this one
   * is asked, and counts as lost when nobody answers there, or it does not feed this one any more.
   */
  async #checkUpstream(): Promise<void> {
    const upstream = this.#upstream;
    if (!upstream || (await upstream.pipe.hasReceived())) {
      this.#silentChecks = 0;
      return;
    }
    const { parent, feedId, pipe } = upstream;
    const answer = await this.#options.link.isFedBy(parent, feedId).then(
      (feeds) => (feeds ? 'feeds' : 'gone'),
      (error) => {
        const { code } = MeshliftError.from(error);
        if (code === 'DIRECTORY_UNAVAILABLE') return 'feeds';
        return code === 'NODE_UNREACHABLE' ? 'gone' : 'silent';
      },
    );
    this.#silentChecks = answer === 'silent' ? this.#silentChecks + 1 : 0;
    if (answer === 'gone' || this.#silentChecks >= MAX_SILENT_CHECKS) pipe.fail();
  }
}
