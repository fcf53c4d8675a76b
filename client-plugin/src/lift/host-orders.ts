import type { RoomModeChoice } from '@meshlift/protocol';
import { randomWord } from '../mesh/base64url.ts';
import type { HostOrder } from '../mesh/messages.ts';

/**
 * What the hosts of a room with a password have decided about the relay, as its pages tell each other. They do so
 * over links whose keys were agreed on under the password, and in sealed signals, so that the server can neither
 * make up an order nor repeat an old one: pages go to the relay only if the latest order says so.
 *
 * Every page knows the latest order and passes it on to those who come, whoever gave it.
 */
export class HostOrders {
  readonly #pass: () => void;
  readonly #changed: () => void;
  #latest: HostOrder | undefined;
  /** The id of the order that this page gave last. */
  #own: string | undefined;

  /**
   * @param options.pass tells everybody about `latest`
   * @param options.changed called when an order has been given or heard
   */
  constructor({ pass, changed }: { pass(): void; changed(): void }) {
    this.#pass = pass;
    this.#changed = changed;
  }

  get latest(): HostOrder | undefined {
    return this.#latest;
  }

  /** The host at this page has decided, and the server has accepted it. @param epoch the one it is for */
  give(mode: RoomModeChoice, epoch: number): void {
    const order = { number: (this.#latest?.number ?? 0) + 1, id: randomWord(), mode, epoch, over: false };
    this.#latest = order;
    this.#own = order.id;
    this.#pass();
    this.#changed();
  }

  /** Another page passes on the latest order it knows. */
  hear(order: HostOrder): void {
    const known = this.#latest;
    if (known?.id === order.id) this.#latest = { ...known, over: known.over || order.over };
    else if (!known || isLater(order, known)) this.#latest = order;
    this.#changed();
  }

  /** Whether a host wants this room on the relay in this epoch. */
  permits(epoch: number): boolean {
    const { mode, over, epoch: ordered } = this.#latest ?? {};
    return mode === 'auto' || (mode === 'sfu' && !over && ordered === epoch);
  }

  /** The id of the order that a switch to this epoch comes from; undefined for an automatic one. */
  idFor(epoch: number): string | undefined {
    const { mode, id } = this.#latest ?? {};
    return mode === 'sfu' && this.permits(epoch) ? id : undefined;
  }

  /** The switch it asked for was called off: the same order moves nobody any more. */
  end(id: string): void {
    this.#endIf((latest) => latest.id === id);
  }

  /**
   * The room is in the mesh in this epoch, by the server's account: only an order for the next one still counts, since
   * it may have arrived first.
   *
   * @param used the id of the order by which this page was on the relay, which never counts again
   */
  lowered(epoch: number, used?: string): void {
    this.#endIf((latest) => latest.epoch !== epoch + 1 || latest.id === used);
  }

  /** The server counts epochs from the beginning again: what was ordered for a later one was ordered before that. */
  rewound(epoch: number): void {
    this.#endIf((latest) => latest.epoch > epoch + 1);
  }

  #endIf(ends: (latest: HostOrder) => boolean): void {
    const latest = this.#latest;
    if (latest?.mode !== 'sfu' || latest.over || !ends(latest)) return;
    this.#latest = { ...latest, over: true };
    // Everybody hears of it from the server. Should it hold that back, they hear of it from whoever gave the order.
    if (latest.id === this.#own) this.#pass();
  }
}

/** Of two orders that were given at once each page must take the same. */
const isLater = (order: HostOrder, known: HostOrder): boolean =>
  order.number > known.number || (order.number === known.number && order.id > known.id);
