import { setTimeout as pause } from 'node:timers/promises';
import type { Claim, Details, Directory } from '@meshlift/cluster';
import { MeshliftError } from '@meshlift/protocol';

/** An owner whose lease has expired is waited for so long before it is known to be gone. */
const AWAIT_GONE_MS = 6_000;
const RETRY_AFTER_MS = 300;

export type StreamDetails = Details<'streams'>;

/**
 * The claim of one stream in the directory, which makes this door the owner that all others find. Its name is an HMAC of
 * the stream's ID.
 */
export class StreamRecord {
  readonly #directory: Directory;
  readonly #describe: () => StreamDetails;
  #name: string;
  #made: Promise<void> = Promise.resolve();
  /** What has been said last, so that nothing is written twice. */
  #said = '';
  #released = false;
  #written: Promise<void> = Promise.resolve();

  /** @param options.describe what others are to know of the stream now */
  constructor(options: { directory: Directory; name: string; describe: () => StreamDetails }) {
    this.#directory = options.directory;
    this.#name = options.name;
    this.#describe = options.describe;
  }

  get name(): string {
    return this.#name;
  }

  /** Grows with each owner. */
  get generation(): number {
    return this.#claimOf(this.#name)?.generation ?? 0;
  }

  /** Resolves when everybody can find the stream here. @throws MeshliftError `STREAM_LIVE` if another door owns it */
  get made(): Promise<void> {
    return this.#made;
  }

  /** Claims an ID that this door has made up, or that is known to be its publisher's. Not for those that were claimed. */
  make(): void {
    this.#made = this.#claim(this.#name);
    this.#made.catch(() => undefined);
  }

  /** Resolves when everything that has been said is written, or cannot be. */
  get written(): Promise<void> {
    return this.#written;
  }

  /** Makes it anew, under another name. */
  makeAs(name: string): void {
    this.#name = name;
    this.make();
  }

  /** Lets others know what has changed. */
  update(): void {
    const said = JSON.stringify(this.#describe());
    if (this.#released || said === this.#said) return;
    this.#said = said;
    // One that is lost is reported as such, and without the engine it is written later.
    this.#whenMade(async () => {
      const claim = this.#released ? undefined : this.#claimOf(this.#name);
      if (claim) await this.#directory.update(claim, this.#describe());
    });
  }

  /**
   * Moves the stream to a name that nobody can have.
   *
   * @param rename is called between the two, when the new one is found and the old one not yet given up
   */
  async moveTo(name: string, rename: () => void): Promise<void> {
    await this.#made;
    await this.#claim(name);
    const before = this.#claimOf(this.#name);
    rename();
    this.#name = name;
    if (before) await this.#directory.release(before, { past: 'revoked' });
  }

  /** @param left what whoever claims it next is to know */
  release(left: () => StreamDetails): void {
    if (this.#released) return;
    this.#released = true;
    this.#whenMade(async () => {
      const claim = this.#claimOf(this.#name);
      if (claim) await this.#directory.release(claim, left());
    });
  }

  /** Another door owns it: there is nothing to be let go. */
  abandon(): void {
    this.#released = true;
  }

  #claimOf(name: string): Claim<'streams'> | undefined {
    return this.#directory.holds('streams', name);
  }

  #whenMade(work: () => Promise<void>): void {
    const written = this.#written;
    this.#written = this.#made
      .then(work)
      .catch(() => undefined)
      .then(() => written);
  }

  async #claim(name: string): Promise<void> {
    const giveUpAt = performance.now() + AWAIT_GONE_MS;
    for (;;) {
      const holder = await this.#tryToClaim(name);
      if (holder === undefined) return;
      const isThere = this.#directory.nodes.some(({ id }) => id === holder);
      if (isThere || performance.now() > giveUpAt) throw new MeshliftError('STREAM_LIVE');
      await pause(RETRY_AFTER_MS, undefined, { ref: false });
    }
  }

  /** @returns who owns it, if another door does */
  async #tryToClaim(name: string): Promise<string | undefined> {
    const details = this.#describe();
    try {
      const claimed = await this.#directory.claim('streams', name, details);
      if ('heldBy' in claimed) return claimed.heldBy.owner;
    } catch (error) {
      if (MeshliftError.from(error).code !== 'DIRECTORY_UNAVAILABLE') throw error;
      this.#directory.claimLater('streams', name, details);
    }
    this.#said = JSON.stringify(details);
    return undefined;
  }
}
