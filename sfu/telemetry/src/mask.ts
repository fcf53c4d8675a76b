import { isIP } from 'node:net';
import { pseudonyms } from './pseudonym.ts';

/** Fields whose value is replaced by a pseudonym, with the kind it gets. */
const hashedFields: Record<string, string> = {
  streamid: 'stream',
  sessionid: 'session',
  relayid: 'relay',
  room: 'room',
  roomid: 'room',
  ip: 'address',
  address: 'address',
  remoteaddress: 'address',
  remoteip: 'address',
  hostname: 'host',
};

/** Fields whose value is dropped whole: secrets, and texts that are full of addresses. */
const removedFields = new Set([
  ...['publishkey', 'hostkey', 'password', 'token', 'authorization', 'cookie', 'secret', 'credential'],
  ...[
    'sdp',
    'icecandidates',
    'candidate',
    'tuple',
    'iceselectedtuple',
    'headers',
    'url',
    'referer',
    'useragent',
  ],
]);

/** Addresses that name this machine to itself and so say nothing about anybody. */
const harmlessAddresses = new Set(['127.0.0.1', '0.0.0.0', '::1', '::']);

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PATH_WITH_ID = /(\/(?:watch|embed|whip|whep|api\/streams)\/)([^/?#\s"']+)/g;
const ROOM_IN_QUERY = /([?&#](?:room|password|key|token)=)([^&#\s"']+)/gi;
const MAYBE_ADDRESS = /[0-9a-fA-F:.]{2,}(?:%[\w.]+)?/g;
const LONG_TOKEN = /[A-Za-z0-9_-]{16,}/g;

/** A generated ID or key: long, and not an identifier, a word with hyphens or mediasoup's UUIDs. */
function looksGenerated(token: string): boolean {
  if (UUID.test(token)) return false;
  if (/^[A-Za-z]+$/.test(token)) return token.length >= 20;
  return /\d/.test(token) && /[A-Za-z]/.test(token) && !/^[a-z]+(?:[-_][a-z0-9]+)+$/.test(token);
}

/** @param found an address with or without a port and a full stop after it, or something that only looks like one */
function maskAddress(found: string): string {
  const [, trimmed = '', end = ''] = /^(.*?)([.:]?)$/s.exec(found) ?? [];
  const [, host = '', port = ''] = /^(.*?)(:\d+)?$/s.exec(trimmed) ?? [];
  for (const [address, rest] of [
    [found, ''],
    [trimmed, end],
    [host, port + end],
  ] as const) {
    if (isIP(address) === 0) continue;
    return harmlessAddresses.has(address) ? found : `[${pseudonyms.of('address', address)}]${rest}`;
  }
  return found;
}

/** A text with every address, generated ID and key in it replaced by its pseudonym. */
export function maskText(text: string): string {
  return text
    .replace(PATH_WITH_ID, (_, path: string, id: string) => `${path}[${pseudonyms.of('stream', id)}]`)
    .replace(ROOM_IN_QUERY, '$1[removed]')
    .replace(MAYBE_ADDRESS, maskAddress)
    .replace(LONG_TOKEN, (token) => (looksGenerated(token) ? `[${pseudonyms.of('id', token)}]` : token));
}

/** Function names in a stack are long words too, and needed: only what stands outside them is masked. */
function maskStack(stack: string): string {
  return stack
    .split('\n')
    .map((line) => (/^\s+at /.test(line) ? line.replace(MAYBE_ADDRESS, maskAddress) : maskText(line)))
    .join('\n');
}

function maskError(error: Error, depth: number): Record<string, unknown> {
  return {
    type: error.name,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    message: maskText(error.message),
    ...(error.stack === undefined ? {} : { stack: maskStack(error.stack) }),
    ...(error.cause === undefined ? {} : { cause: maskValue(error.cause, depth + 1) }),
  };
}

const MAX_DEPTH = 6;

/** Any value, ready to be written down. Past six levels of nesting only `[deep]` remains. */
export function maskValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return maskError(value, depth);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return maskFields(value as Record<string, unknown>, depth);
}

/** An object's fields, each masked by its name first and by what it holds second. */
export function maskFields(fields: Record<string, unknown>, depth = 0): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const plainName = name.toLowerCase().replace(/[-_]/g, '');
    const kind = hashedFields[plainName];
    if (removedFields.has(plainName)) masked[name] = '[removed]';
    else if (kind !== undefined && typeof value === 'string') masked[name] = pseudonyms.of(kind, value);
    else masked[name] = maskValue(value, depth + 1);
  }
  return masked;
}
