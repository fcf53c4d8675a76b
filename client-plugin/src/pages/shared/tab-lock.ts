/** A page that is being replaced by its own reload lets go of its locks within this time. */
const RELOAD_WITHIN_MS = 1_500;

/** What this page has asked for already: a page does not wait for itself. */
const asked = new Map<string, Promise<boolean>>();

/**
 * Whether something that this tab's storage names is this tab's own, and not another's of which this is a duplicate:
 * browsers copy the storage of a tab with it. From then on it is this tab's until its page goes. Where browsers offer
 * no locks, which is outside secure contexts (Web Locks, section 5), everything is. Repeating it changes nothing.
 */
export function isThisTabs(name: string): Promise<boolean> {
  const answer = asked.get(name) ?? holdLock(name);
  asked.set(name, answer);
  return answer;
}

function holdLock(name: string): Promise<boolean> {
  // Its type says it is always there.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => undefined);
    };
    locks
      .request(`meshlift:${name}`, { signal: AbortSignal.timeout(RELOAD_WITHIN_MS) }, hold)
      .catch(() => resolve(false));
  });
}
