import type { HostHashes } from '@meshlift/protocol';
import { KeyHash, newHostKey } from '../access/capabilities.ts';

/**
 * - `host`: holds the room's key, the founder's or the one that was made when it was handed over.
 * - `acting`: may do all that a host may, until somebody comes back with the room's key.
 */
export type Role = 'host' | 'acting' | 'guest';

/** The keys that make somebody host of a room: its own, and that of who acts as host while nobody has that one. */
export class HostKeys {
  #own: KeyHash;
  #acting: KeyHash | undefined;
  /** The room's own keys before this one, by their hashes: who was away meanwhile still names one of them. */
  readonly #former = new Set<string>();

  constructor(own: KeyHash) {
    this.#own = own;
  }

  /** For those in the room: by these they bring it back after a restart. */
  get hashes(): HostHashes {
    return { hostHash: this.#own.text, ...(this.#acting && { actingHash: this.#acting.text }) };
  }

  /** Whether this is, or was, the hash of the room's own key. */
  knows(hostHash: string): boolean {
    return this.isPresent(hostHash) || this.#former.has(hostHash);
  }

  isPresent(hostHash: string): boolean {
    return hostHash === this.#own.text;
  }

  /** Undefined for a wrong key. */
  roleOf(key: string): 'host' | 'acting' | undefined {
    if (this.#own.matches(key)) return 'host';
    return this.#acting?.matches(key) ? 'acting' : undefined;
  }

  /** The role passes to somebody else: the key it had opens nothing any more. @returns the key in its place */
  handOver(role: 'host' | 'acting'): string {
    if (role === 'acting') return this.appoint();
    this.#former.add(this.#own.text);
    const key = newHostKey();
    this.#own = new KeyHash(key);
    this.#acting = undefined;
    return key;
  }

  /** @returns the key of who acts as host from now on, in place of who did before */
  appoint(): string {
    const key = newHostKey();
    this.#acting = new KeyHash(key);
    return key;
  }

  /** Nobody acts as host any more. */
  dismiss(): void {
    this.#acting = undefined;
  }

  /** Somebody acted as host before the server was restarted. The first word of it counts. */
  rememberActing(actingHash: string | undefined): void {
    if (actingHash !== undefined) this.#acting ??= new KeyHash({ hash: actingHash });
  }
}
