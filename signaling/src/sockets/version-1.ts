import type { ErrorCode } from '@meshlift/protocol';
import type { OlderVersion } from './older-version.ts';

/** Codes that version 1 has not, and what comes nearest of those that it has. */
const NEAREST: { readonly [C in ErrorCode]?: ErrorCode } = {
  CLUSTER_FULL: 'SERVER_FULL',
  DIRECTORY_UNAVAILABLE: 'SERVER_CLOSING',
  NODE_UNREACHABLE: 'MEDIA_FAILED',
  MEDIA_MISSING: 'TRANSPORT_TIMEOUT',
  STALE_OWNER: 'INTERNAL',
};

const error: OlderVersion['error'] = ({ code, ...rest }) => ({ ...rest, code: NEAREST[code] ?? code });

/**
 * Clients of version 1, which know one host of a room at a time, and of a switch only who is late. Everything that
 * they ask for has kept its form. PROTOCOL.md says what they miss.
 */
export const version1: OlderVersion = {
  number: 1,
  // It takes names of up to 64 characters.
  tokenKind: 'short',
  events: {
    'server:welcome': (payload) => ({ ...payload, protocol: 1 }),
    // It says who has become host. Nobody has when a host is awaited, nor when several are by the same key: of each
    // of them it was told that they came.
    'room:host': ({ sessionId, hosts: [participantId, ...others], hostKey }) =>
      participantId === undefined || others.length > 0
        ? undefined
        : { sessionId, participantId, ...(hostKey !== undefined && { hostKey }) },
    // Its host is asked about all who keep the room from moving.
    'room:switchStuck': ({ waitingFor, failures, ...rest }) => ({
      ...rest,
      waitingFor: [...new Set([...waitingFor, ...failures.map(({ participantId }) => participantId)])],
    }),
    'session:closed': (payload) => ({ ...payload, error: error(payload.error) }),
    'session:media': () => undefined,
  },
  error,
};
