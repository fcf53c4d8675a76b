import { readFileSync } from 'node:fs';
import { leadsToContainers } from './config/container-networks.ts';

const COUNTERS = '/proc/net/dev';

/** Retransmissions, signaling and other traffic need the rest. */
const USABLE = 0.85;

/** A sample is taken over at least this long, in ms. */
const SAMPLE_MS = 900;

export interface LineMeterOptions {
  /** What the line carries, in Mbit/s. */
  mbit: number;
  /** @default what Linux counts for each interface */
  read?: () => string;
  /** @default this process's monotonic clock, in ms */
  now?: () => number;
}

/** Measures how much of this machine's line is in use, by what all its interfaces to other machines send. */
export class LineMeter {
  readonly #bytesPerMs: number;
  readonly #read: () => string;
  readonly #now: () => number;
  #last: { bytes: number; at: number };
  #share = 0;

  /** @throws Error where the machine does not count what it sends */
  constructor({
    mbit,
    read = () => readFileSync(COUNTERS, 'utf8'),
    now = () => performance.now(),
  }: LineMeterOptions) {
    this.#bytesPerMs = (mbit * 1_000_000) / 8 / 1_000;
    this.#read = read;
    this.#now = now;
    this.#last = this.#sample();
  }

  /** Share of what the line can carry for viewers, 0 to 1 and above, over about the last second. */
  get share(): number {
    const { bytes, at } = this.#last;
    if (this.#now() - at < SAMPLE_MS) return this.#share;
    this.#last = this.#sample();
    const sent = Math.max(0, this.#last.bytes - bytes);
    this.#share = sent / (this.#last.at - at) / this.#bytesPerMs / USABLE;
    return this.#share;
  }

  #sample(): { bytes: number; at: number } {
    return { bytes: bytesSent(this.#read()), at: this.#now() };
  }
}

/** The ninth number of each line is what the interface has sent; containers' interfaces send what another sends again. */
function bytesSent(counters: string): number {
  let sum = 0;
  for (const line of counters.split('\n').slice(2)) {
    const [name = '', numbers = ''] = line.trim().split(/:\s*/);
    if (name === 'lo' || leadsToContainers(name)) continue;
    sum += Number(numbers.split(/\s+/)[8] ?? 0);
  }
  return sum;
}
