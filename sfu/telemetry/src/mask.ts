import { replaceAddresses } from './addresses.ts';
import { liveIds } from './live-ids.ts';
import { treatmentOf } from './log-fields.ts';
import { pseudonyms } from './pseudonym.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const REMOVED = '[removed]';

/** A session description to its end: nearly every line of it says something about somebody. */
const SDP = /v=0(?:\r?\n|\\r\\n|\\n)[\s\S]*/g;
/** Of single lines of one, those with names and secrets; their addresses are found like all others. */
const SDP_SECRET =
  /\b((?:ice-ufrag|ice-pwd|cname|msid|ufrag|raddr)[: ]|fingerprint:\S+ |o=)\S+(?:(?<=msid:\S+) [\w-]+)?/gi;
const CREDENTIALS = /\b((?:bearer|basic|digest)\s+)[^\s"',;]+/gi;
const USER_IN_URL = /(:\/\/)[^\s/@"']+@/g;
const PATH_WITH_ID = /(\/(?:watch|embed|whip|whep|api\/streams)\/)([^/?#\s"']+)/g;
const QUERY_VALUE = /([?&#][\w.-]+=)[^&#\s"']+/g;
const WORD = /[\w-]+/g;
const LONG_TOKEN = /[\w+~-]{16,}/g;

/** A generated ID or key: long, and not an identifier, a word with hyphens or mediasoup's UUIDs. */
function looksGenerated(token: string): boolean {
  if (UUID.test(token)) return false;
  if (/^[A-Za-z]+$/.test(token)) return token.length >= 20;
  return /\d/.test(token) && /[A-Za-z]/.test(token) && !/^[a-z]+(?:[-_][a-z0-9]+)+$/.test(token);
}

const standIn = (kind: string, value: string) => `[${pseudonyms.of(kind, value)}]`;
const maskAddresses = (text: string) => replaceAddresses(text, (found) => standIn('address', found));

/**
 * A text with every address, credential, generated ID and ID in use replaced by its pseudonym, and session
 * descriptions and the values in addresses of pages left out.
 */
export function maskText(text: string): string {
  const withoutSecrets = text
    .replace(SDP, '[SDP removed]')
    .replace(SDP_SECRET, `$1${REMOVED}`)
    .replace(CREDENTIALS, `$1${REMOVED}`)
    .replace(USER_IN_URL, `$1${REMOVED}@`)
    .replace(PATH_WITH_ID, (_, path: string, id: string) => path + standIn('stream', id))
    .replace(QUERY_VALUE, `$1${REMOVED}`)
    .replace(WORD, (word) => {
      const kind = liveIds.kindOf(word);
      return kind === undefined ? word : standIn(kind, word);
    });
  return maskAddresses(withoutSecrets).replace(LONG_TOKEN, (token) =>
    looksGenerated(token) ? standIn('id', token) : token,
  );
}

/** A line of a stack as V8 writes it, of the program's own files: a function's name is a long word too, and needed. */
const FRAME =
  /^ {4}at (?:(?:async |new )*[\w$.<>#[\] ]+ )?\(?(?:file:\/\/\/|node:|\/)[^\s()?]*:\d+:\d+\)?$|^ {4}at <anonymous>$/;

/** Only the frames: the message stands beside them, and whatever looks like a frame inside of it is no frame. */
function maskStack({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  const frames = at === -1 ? stack : stack.slice(at + message.length);
  return frames
    .split('\n')
    .filter((line) => FRAME.test(line))
    .map(maskAddresses)
    .join('\n');
}

const ERROR_NAME = /^[A-Za-z]{1,40}$/;
const ERROR_CODE = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/;

function maskError(error: Error, depth: number): Record<string, unknown> {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    type: ERROR_NAME.test(error.name) ? error.name : 'Error',
    ...(code === undefined ? {} : { code: ERROR_CODE.test(code) ? maskText(code) : REMOVED }),
    message: maskText(error.message),
    stack: maskStack(error),
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
  if (value instanceof Date) return value.toJSON();
  if (Array.isArray(value)) return value.map((item) => maskValue(item, depth + 1));
  return maskFields(value as Record<string, unknown>, depth);
}

/** An object's fields, each by what is known of its name; `omitted` says how many have a name that nothing is known of. */
export function maskFields(fields: object, depth = 0): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  let omitted = 0;
  // The elements of binary data would come one by one.
  const entries: [string, unknown][] = ArrayBuffer.isView(fields) ? [['', fields]] : Object.entries(fields);
  for (const [name, value] of entries) {
    const treatment = treatmentOf(name);
    if (treatment === 'left out') omitted += 1;
    else if (treatment === 'open') masked[name] = maskValue(value, depth + 1);
    else masked[name] = typeof value === 'string' ? pseudonyms.of(treatment.kind, value) : REMOVED;
  }
  return omitted === 0 ? masked : { ...masked, omitted };
}
