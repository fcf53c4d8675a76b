import { clientRequests, MeshliftError, type RequestName, type RequestPayload } from '@meshlift/protocol';

/** A request that takes longer is answered `REQUEST_TIMEOUT`. */
export const ANSWER_WITHIN_MS = 10_000;

export function isRequest(name: unknown): name is RequestName {
  return typeof name === 'string' && Object.hasOwn(clientRequests, name);
}

/** What a client asks for, in the form that the request's handler takes. @throws MeshliftError `BAD_REQUEST` */
export function parsePayload<N extends RequestName>(name: N, received: unknown): RequestPayload<N> {
  const parsed = clientRequests[name].payload.safeParse(received);
  if (parsed.success) return parsed.data as RequestPayload<N>;
  const where = parsed.error.issues[0]?.path.join('.') || 'the payload';
  throw new MeshliftError(
    'BAD_REQUEST',
    `The request does not have the expected form, at ${where.slice(0, 100)}.`,
  );
}

/** @throws MeshliftError `REQUEST_TIMEOUT`, or what the work throws */
export async function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new MeshliftError('REQUEST_TIMEOUT')), ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
