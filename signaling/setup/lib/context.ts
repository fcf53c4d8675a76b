import type { Interrupt } from './interrupt.ts';
import type { Screen } from './screen.ts';

/** What every step of a setup works with. */
export interface Context {
  /** The checkout. */
  root: string;
  /** The user's cache folder, shared by all checkouts. */
  cache: string;
  screen: Screen;
  interrupt: Interrupt;
}
