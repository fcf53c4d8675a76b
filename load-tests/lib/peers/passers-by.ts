import { setTimeout as wait } from 'node:timers/promises';
import type { Door } from '../relays/relay.ts';
import { Crowd } from './crowd.ts';

/** How long one of them stays, in seconds, on an average. */
const STAYS = 12;

/** One in so many vanishes without a word, where any do. */
const ONE_VANISHES_OF = 5;

/** Those who will vanish come into one process for so many seconds, and it is killed after as many more. */
const GENERATION = (STAYS * 2) / 3;

/** Viewers that share a process, and their number. */
interface Group {
  crowd: Crowd;
  there: number;
  vanished: boolean;
}

/**
 * Viewers who come and go all the time, by every door in turn. Most say goodbye. The others share processes that
 * are killed: their sockets close, and their media ends without any farewell of DTLS.
 */
export class PassersBy {
  readonly #doors: readonly Door[];
  readonly #present: number;
  readonly #core: number | undefined;
  readonly #polite: Group;
  /** The youngest last. */
  #doomed: Group[] = [];
  readonly #coming = new Set<Promise<void>>();
  #joined = 0;
  #vanished = 0;
  readonly #failures: string[] = [];
  #stopped = false;

  /** @param options.present about how many are there at a time */
  static async start(
    doors: readonly Door[],
    { present, core }: { present: number; core?: number | undefined },
  ): Promise<PassersBy> {
    return new PassersBy(doors, await Crowd.start({ core }), { present, core });
  }

  private constructor(
    doors: readonly Door[],
    polite: Crowd,
    { present, core }: { present: number; core?: number | undefined },
  ) {
    this.#doors = doors;
    this.#present = present;
    this.#core = core;
    this.#polite = { crowd: polite, there: 0, vanished: false };
  }

  /** How many have come in so far. */
  get joined(): number {
    return this.#joined;
  }

  /** How many of them have vanished. */
  get vanished(): number {
    return this.#vanished;
  }

  /** Why some did not come in. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** They come and go for so many seconds, and then all go. */
  async pass(seconds: number, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    const mostPolite = this.#present * (1 - 1 / ONE_VANISHES_OF);
    let come = 0;
    for (let second = 0; second < seconds; second += 1) {
      // A process takes its time to start: nobody waits for it.
      if (second % GENERATION === 0) this.#track(this.#nextGeneration());
      for (const due = ((second + 1) * this.#present) / STAYS; come + 1 <= due; come += 1) {
        const vanishes = come % ONE_VANISHES_OF === 0;
        const group = (vanishes ? this.#doomed.at(-1) : undefined) ?? this.#polite;
        this.#track(this.#come(group, this.#doors[come % this.#doors.length]));
      }
      const tooMany = Math.ceil(this.#polite.there - mostPolite);
      if (tooMany > 0) this.#track(this.#leave(tooMany));
      const next = startedAt + (second + 1) * 1_000;
      await wait(Math.max(0, next - performance.now()), undefined, { signal });
    }
    await Promise.all(this.#coming);
    for (const group of this.#doomed.splice(0)) this.#vanish(group);
    await this.#leave(this.#polite.there);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const group of this.#doomed.splice(0)) this.#vanish(group);
    await this.#polite.crowd.stop();
    // Whoever was on the way is not any more, now that the processes are gone.
    await Promise.all(this.#coming);
  }

  #track(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => void this.#failures.push(String(error)))
      .finally(() => this.#coming.delete(done));
    this.#coming.add(done);
  }

  async #nextGeneration(): Promise<void> {
    const crowd = await Crowd.start({ core: this.#core });
    if (this.#stopped) return crowd.vanish();
    this.#doomed.push({ crowd, there: 0, vanished: false });
    for (const group of this.#doomed.splice(0, this.#doomed.length - 2)) this.#vanish(group);
  }

  async #come(group: Group, door: Door | undefined): Promise<void> {
    if (!door) throw new Error('there is no door');
    const [joined] = await group.crowd.join(door, 1).catch((error: unknown) => {
      // Who is on the way when the process is killed vanishes with it.
      if (group.vanished) return [];
      throw error;
    });
    if (group.vanished) return;
    if (!joined || 'failed' in joined) {
      this.#failures.push(`${door.kind}: ${joined?.failed}`);
      return;
    }
    group.there += 1;
    this.#joined += 1;
  }

  async #leave(count: number): Promise<void> {
    this.#polite.there -= count;
    await this.#polite.crowd.leave(count);
  }

  #vanish(group: Group): void {
    group.vanished = true;
    this.#vanished += group.there;
    group.crowd.vanish();
  }
}
