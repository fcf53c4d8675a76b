import { errorCodes, MeshliftError } from '@meshlift/protocol';
import * as z from 'zod';
import type { Handler } from './bus.ts';
import type { ClusterLog } from './cluster-log.ts';

const answerSchema = z.union([
  z.object({
    error: z.object({
      // A newer node may have codes that this one does not know.
      code: z.enum(errorCodes).catch('INTERNAL'),
      message: z.string(),
      reference: z.string().optional(),
      retryAfter: z.number().optional(),
    }),
  }),
  z.object({ value: z.unknown().optional() }),
]);

/** What a handler made of a request, as a value that JSON can carry. Never rejects. */
export async function answerWith(handler: Handler, payload: unknown, log: ClusterLog): Promise<unknown> {
  try {
    return { value: await handler(payload) };
  } catch (thrown) {
    const error = MeshliftError.from(thrown);
    if (error !== thrown) log.error(new Error('A request from the cluster failed', { cause: thrown }));
    return errorAnswer(error);
  }
}

/** The answer that makes a request fail with this error. */
export function errorAnswer(error: MeshliftError): unknown {
  return { error: { ...error.toBody().error, retryAfter: error.retryAfter } };
}

/** @returns the value of an answer. @throws MeshliftError the error it holds */
export function readAnswer(received: unknown): unknown {
  const answer = answerSchema.safeParse(received);
  if (!answer.success) throw new MeshliftError('INTERNAL', undefined, { cause: answer.error });
  if (!('error' in answer.data)) return answer.data.value;
  const { code, message, reference, retryAfter } = answer.data.error;
  throw new MeshliftError(code, message, { reference, ...(retryAfter !== undefined && { retryAfter }) });
}
