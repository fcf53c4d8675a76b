import { MeshliftError } from '@meshlift/protocol';
import type { Connection } from './connection.ts';

/** One connection may hold this many sessions at a time. */
const MOST_SESSIONS = 32;

/** @throws MeshliftError `WRONG_STATE` when the connection holds as many sessions as it may */
export function assertSessionLimit(connection: Connection): void {
  if (connection.sessionCount < MOST_SESSIONS) return;
  throw new MeshliftError('WRONG_STATE', `A connection holds at most ${MOST_SESSIONS} sessions.`);
}
