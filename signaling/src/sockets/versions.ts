import { MeshliftError, OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@meshlift/protocol';
import type { OlderVersion } from './older-version.ts';
import { version1 } from './version-1.ts';

const olderVersions: readonly OlderVersion[] = [version1];

/** The versions that are served, for the greeting. */
export const servedVersions = { oldest: OLDEST_PROTOCOL_VERSION, newest: PROTOCOL_VERSION };

/**
 * How to speak to a client.
 *
 * @param named the version that it named when it connected
 * @returns `undefined` for one of the present version
 * @throws MeshliftError `PROTOCOL_VERSION` that says which side is too old
 */
export function negotiate(named: unknown): OlderVersion | undefined {
  if (named === PROTOCOL_VERSION) return undefined;
  const older = olderVersions.find(({ number }) => number === named);
  if (older) return older;
  const served = `The server speaks the versions ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION} of the protocol`;
  if (typeof named !== 'number' || !Number.isSafeInteger(named))
    throw new MeshliftError('PROTOCOL_VERSION', `${served}; the client names none.`);
  const upgrade = named < OLDEST_PROTOCOL_VERSION ? 'client' : 'server';
  const remedy =
    upgrade === 'client'
      ? 'The page is too old: reload it, or have its plugin updated.'
      : 'The server is too old for the page: whoever runs it has to update it.';
  throw new MeshliftError('PROTOCOL_VERSION', `${served}, the client version ${named}. ${remedy}`, {
    upgrade,
  });
}
