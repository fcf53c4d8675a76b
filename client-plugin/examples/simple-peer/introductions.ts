import type { SignalData } from 'simple-peer';

/** Where the pages find the server that introduces them. */
export const INTRODUCTIONS_PATH = '/introductions';

/** What a page asks for. */
export interface ToServer {
  /** Enters a room, or comes back to it. @param welcome is given the ids of those who are there already */
  enter(room: string, id: string, welcome: (others: string[]) => void): void;
  signal(to: string, data: SignalData): void;
}

/** What a page is told. */
export interface ToPage {
  signal(from: string, data: SignalData): void;
}
