import { type ErrorCode, MeshliftError } from '@meshlift/protocol';
import type { Logger } from '@meshlift/telemetry';
import type { ErrorRequestHandler, RequestHandler } from 'express';

/** Any request that no route took. */
export const notFound: RequestHandler = () => {
  throw new MeshliftError('NOT_FOUND');
};

/** For the methods that an address does not take; `Allow` names those it does (RFC 9110, section 15.5.6). */
export const allowOnly =
  (...methods: string[]): RequestHandler =>
  (_request, response) => {
    response.setHeader('Allow', methods.join(', '));
    throw new MeshliftError('METHOD_NOT_ALLOWED');
  };

/** What a 401 says of what is missing, or wrong, for programs (RFC 6750, section 3). */
const challenges: { [C in ErrorCode]?: string } = {
  KEY_REQUIRED: 'Bearer',
  KEY_MALFORMED: 'Bearer error="invalid_token"',
};

/** What express and its parsers throw carries a status; everything else without a code is our own fault. */
function toMeshliftError(thrown: unknown): MeshliftError {
  if (thrown instanceof MeshliftError) return thrown;
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : undefined;
  if (status === 413) return new MeshliftError('TOO_LARGE');
  if (status === 415) return new MeshliftError('UNSUPPORTED_MEDIA_TYPE');
  if (typeof status === 'number' && status >= 400 && status < 500) return new MeshliftError('BAD_REQUEST');
  return MeshliftError.from(thrown);
}

/** The one place where an error becomes an HTTP answer. */
export const answerErrors =
  (logger: Logger): ErrorRequestHandler =>
  // Express knows error handlers by their four parameters.
  (thrown: unknown, request, response, _next) => {
    const error = toMeshliftError(thrown);
    if (error.code === 'INTERNAL') logger.error({ err: thrown, method: request.method }, 'request failed');
    if (response.headersSent) {
      // What was begun cannot be taken back. Express would end the connection too, and print the error unmasked.
      response.destroy();
      return;
    }
    const challenge = challenges[error.code];
    if (challenge) response.setHeader('WWW-Authenticate', challenge);
    if (error.retryAfter !== undefined) response.setHeader('Retry-After', error.retryAfter);
    response.status(error.status).json(error.toBody());
  };
