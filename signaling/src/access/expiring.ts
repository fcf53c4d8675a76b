import { LRUCache } from 'lru-cache';

/**
 * What is remembered for a time and no longer: an entry goes by itself when its time is over, and before that if there
 * are more than `max`. Without the purge it would stay in memory until somebody asks for it.
 *
 * @param options.ttl milliseconds
 */
export const expiring = <V extends {}>(options: { max: number; ttl: number }): LRUCache<string, V> =>
  new LRUCache<string, V>({ ...options, ttlAutopurge: true });
