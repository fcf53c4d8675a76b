/** The value is written, masked by what it holds. */
const OPEN = Symbol('open');

/**
 * All the fields a log line may have, at any depth. The value of a name that is not here is not written, whatever it
 * is: who adds a field decides here what becomes of it. A text instead of `OPEN` is the kind of pseudonym that the
 * value gets.
 */
const fields = {
  streamId: 'stream',
  sessionId: 'session',
  sourceId: 'source',
  relayId: 'relay',
  roomId: 'room',
  address: 'address',
  ...open('event', 'details', 'code', 'state', 'mode', 'outcome', 'request', 'method', 'signal'),
  ...open('name', 'role', 'silent', 'failedPath', 'reference', 'err', 'origin', 'participants'),
  ...open('version', 'revision', 'worker', 'workers', 'port', 'metricsPort'),
  ...open('producerId', 'consumerId', 'transportId', 'consumer', 'id', 'kind', 'paused', 'flowing'),
  ...open('layers', 'spatialLayer', 'temporalLayer', 'spatialLayers'),
};

/** What a log line may be given. */
export type LogFields = { readonly [name in keyof typeof fields]?: unknown };

/** What becomes of a field: it is `open`, gets a pseudonym of a kind, or is left out. */
export function treatmentOf(name: string): 'open' | 'left out' | { kind: string } {
  const treatment = Object.hasOwn(fields, name) ? fields[name as keyof typeof fields] : undefined;
  if (treatment === undefined) return 'left out';
  return typeof treatment === 'string' ? { kind: treatment } : 'open';
}

function open<Name extends string>(...names: Name[]): Record<Name, typeof OPEN> {
  return Object.fromEntries(names.map((name) => [name, OPEN])) as Record<Name, typeof OPEN>;
}
