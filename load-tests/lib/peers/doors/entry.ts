/** What a viewer that was let in can do about it. */
export interface Entry {
  /** Says goodbye; the peer is closed by its owner. */
  leave(): Promise<void>;
}
