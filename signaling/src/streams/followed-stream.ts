import { MeshliftError } from '@meshlift/protocol';
import type { FollowedEvent, FollowedState } from '@meshlift/protocol/cluster';
import pLimit from 'p-limit';
import type { StreamLink } from './stream-link.ts';
import { ViewerCount } from './viewer-count.ts';
import { type MediaPlace, Viewers, type ViewersContext, type Watchable } from './viewers.ts';

/** A door goes on following a stream so long after its last viewer there, for those who reload. */
export const FOLLOWED_FOR_MS = 5_000;

export interface FollowedStreamContext extends ViewersContext {
  link: StreamLink;
  /** Nobody watches it here any more, or nobody can. */
  unfollowed(stream: FollowedStream): void;
}

/**
 * A stream that another door owns, and that somebody watches through this one. What the owner knows of it arrives as
 * messages, and what viewers here amount to goes back; media does not pass doors.
 */
export class FollowedStream implements Watchable {
  readonly id: string;
  /** As the directory names it. */
  readonly name: string;
  /** Those who watch through this door. */
  readonly viewersHere: Viewers;
  readonly #context: FollowedStreamContext;
  readonly #queue = pLimit(1);
  readonly #reported: ViewerCount;
  readonly #shown: ViewerCount;
  #owner: string;
  #state: FollowedState | undefined;
  #wanted = false;
  #over = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: { id: string; name: string; owner: string }, context: FollowedStreamContext) {
    this.id = options.id;
    this.name = options.name;
    this.#owner = options.owner;
    this.#context = context;
    this.viewersHere = new Viewers(this, context);
    this.#reported = new ViewerCount(() => this.#report());
    this.#shown = new ViewerCount((viewers) => this.viewersHere.sendCount(viewers));
    this.#endWhenIdle();
  }

  get logFields(): { streamId: string } {
    return { streamId: this.id };
  }

  /** The door that owns it. */
  get owner(): string {
    return this.#owner;
  }

  get watchable(): boolean {
    return !this.#over && this.#state !== undefined;
  }

  get flow(): 'live' | 'waiting' {
    return this.#state?.flow ?? 'waiting';
  }

  get viewerCount(): number {
    const { viewers = 0, yours = 0 } = this.#state ?? {};
    return Math.max(0, viewers - yours) + this.viewersHere.size;
  }

  /**
   * Begins to follow, or follows another owner.
   *
   * @throws MeshliftError `STREAM_NOT_FOUND`; `NODE_UNREACHABLE`, `REQUEST_TIMEOUT` or `DIRECTORY_UNAVAILABLE`
   */
  async follow(owner: string = this.#owner, { open = false } = {}): Promise<void> {
    this.#owner = owner;
    const { link } = this.#context;
    const demand = link.demand(this.viewersHere);
    const state = await link.follow(owner, { stream: this.name, demand, open });
    if (owner === this.#owner) this.#take(state);
  }

  async open(): Promise<MediaPlace> {
    // What a room offers has a relay once somebody wants to watch.
    if (this.#state?.origin === undefined) await this.follow(this.#owner, { open: true });
    const { relayId, sourceId, origin } = this.#state ?? {};
    if (relayId === undefined || sourceId === undefined || origin === undefined) {
      throw new MeshliftError('MEDIA_FAILED');
    }
    return { relayId, sourceId, origin };
  }

  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue(work);
  }

  viewersHereChanged(): void {
    if (this.#over) return;
    const { size, wanting } = this.viewersHere;
    const wanted = wanting > 0;
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#report();
    }
    if (wanted) clearTimeout(this.#idle);
    else this.#endWhenIdle();
    this.#reported.set(size);
    this.#shown.set(this.viewerCount);
  }

  /** What the owner reports, or one that comes after it. */
  receive(door: string, event: FollowedEvent): void {
    const generation = event.name === 'over' ? event.generation : event.state.generation;
    if (this.#over || generation < (this.#state?.generation ?? 0)) return;
    if (event.name === 'over') {
      if (door === this.#owner) void this.end(event.code);
      return;
    }
    this.#owner = door;
    this.#take(event.state);
  }

  /**
   * Nobody can watch it any more. Repeating it changes nothing.
   *
   * @param code what its viewers are told
   */
  async end(code: 'STREAM_NOT_FOUND' | 'MEDIA_FAILED' = 'STREAM_NOT_FOUND'): Promise<void> {
    this.#close();
    await this.inTurn(() => this.viewersHere.dropAll(code));
  }

  /** Gives its viewers to the stream that this door owns now. */
  handOver(): Viewers {
    this.#close();
    return this.viewersHere;
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idle);
    this.#reported.close();
    this.#shown.close();
    const { link } = this.#context;
    link.sendDemand(this.#owner, this.name, link.demand({ size: 0, wanting: 0 }, { ends: true }));
    this.#context.unfollowed(this);
  }

  #take(state: FollowedState): void {
    const before = this.#state;
    if (this.#over || (before && !isNewer(state, before))) return;
    this.#state = state;
    if (before && (before.relayId !== state.relayId || before.origin !== state.origin)) {
      // A relay that is there for the first time has lost nobody.
      if (before.origin !== undefined) void this.inTurn(() => this.viewersHere.dropAll('MEDIA_FAILED'));
    }
    if (before && before.flow !== state.flow) this.viewersHere.sendState(state.flow);
    this.#shown.set(this.viewerCount);
  }

  #report(): void {
    const { link } = this.#context;
    if (!this.#over) link.sendDemand(this.#owner, this.name, link.demand(this.viewersHere));
  }

  #endWhenIdle(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#close(), FOLLOWED_FOR_MS).unref();
  }
}

function isNewer(state: FollowedState, than: FollowedState): boolean {
  if (state.generation !== than.generation) return state.generation > than.generation;
  return state.version > than.version;
}
