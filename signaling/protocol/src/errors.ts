/**
 * Every error that crosses Meshlift's wire or its plugin's API: its stable code, the HTTP status it maps to
 * and the sentence a person reads. `DISCONNECTED` and `UNSUPPORTED_BROWSER` arise in the plugin alone;
 * `STALE_OWNER` passes between servers alone, and no client receives it. Codes never change their meaning; new
 * ones may be added.
 *
 * The sentence is a default. A thrower may replace it with a more exact one, as long as it tells the
 * receiver nothing the receiver did not know (no address, no key, no stream ID).
 */
export const errorTable = {
  UNSUPPORTED_BROWSER: { status: 400, message: 'This browser cannot send or receive WebRTC media.' },
  BAD_REQUEST: { status: 400, message: 'The request does not have the form the server expects.' },
  SDP_INVALID: { status: 400, message: 'The SDP cannot be used.' },
  UNKNOWN_REQUEST: { status: 400, message: 'The server knows no request of that name.' },
  KEY_REQUIRED: { status: 401, message: 'This needs the publish key of the stream, as a bearer token.' },
  KEY_MALFORMED: { status: 401, message: 'The bearer token cannot be a publish key.' },
  STREAM_NOT_YOURS: { status: 403, message: 'The publish key does not belong to this stream.' },
  NOT_HOST: { status: 403, message: 'Only a host of the room may do this.' },
  STREAM_NOT_FOUND: { status: 404, message: 'Nothing is playing here.' },
  SESSION_NOT_FOUND: { status: 404, message: 'This session has ended. Join again.' },
  PARTICIPANT_NOT_FOUND: { status: 404, message: 'This participant is not in the room.' },
  NOT_FOUND: { status: 404, message: 'There is nothing at this address.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This address does not take that method.' },
  SDP_UNSUPPORTED: { status: 406, message: 'What the SDP asks for is not served here.' },
  STALE_OWNER: { status: 409, message: 'Another server holds this by now.' },
  STREAM_LIVE: { status: 409, message: 'Two encoders take this stream from each other. Stop one of them.' },
  SESSION_REPLACED: { status: 409, message: 'The stream is now published from somewhere else.' },
  STALE_EPOCH: { status: 409, message: 'The room has switched meanwhile.' },
  SWITCH_FAILED: { status: 409, message: 'The room could not switch: somebody could not follow.' },
  SWITCH_IN_PROGRESS: { status: 409, message: 'The room is switching already.' },
  TRACKS_CHANGED: { status: 409, message: 'The publisher sends other tracks now. Join again.' },
  WRONG_STATE: { status: 409, message: 'The request does not fit the state the session is in.' },
  PRECONDITION_FAILED: { status: 412, message: 'The session is not in the state that If-Match names.' },
  TOO_LARGE: { status: 413, message: 'The request is larger than the server takes.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'The server does not take that content type.' },
  RTP_REJECTED: { status: 422, message: 'The media parameters cannot be used with this stream.' },
  PROTOCOL_VERSION: { status: 426, message: 'Client and server speak different versions. Reload the page.' },
  ROOM_LOCKED: { status: 423, message: 'The room is locked. Ask its host to let you in.' },
  PRECONDITION_REQUIRED: {
    status: 428,
    message: 'This request needs If-Match with the ETag of the session.',
  },
  RATE_LIMITED: { status: 429, message: 'Too many requests. Wait a moment and try again.' },
  INTERNAL: { status: 500, message: 'Something went wrong in the server.' },
  CLUSTER_FULL: { status: 503, message: 'No server has capacity left.' },
  DIRECTORY_UNAVAILABLE: {
    status: 503,
    message: 'The servers cannot reach each other at the moment. Try again.',
  },
  NODE_UNREACHABLE: { status: 503, message: 'The server that carries this cannot be reached. Try again.' },
  DISCONNECTED: { status: 503, message: 'The server cannot be reached.' },
  MEDIA_FAILED: { status: 503, message: 'The media path was lost. Join again.' },
  ROOM_FULL: { status: 503, message: 'The room has no place left.' },
  SERVER_FULL: { status: 503, message: 'The server has no room left.' },
  SERVER_CLOSING: { status: 503, message: 'The server is closing.' },
  REQUEST_TIMEOUT: { status: 504, message: 'The server did not finish in time.' },
  MEDIA_MISSING: { status: 504, message: 'The media path is connected, but no media gets through.' },
  TRANSPORT_TIMEOUT: { status: 504, message: 'No media connection came about in time.' },
} as const satisfies Record<string, { status: number; message: string }>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** Seconds until a server that is full or closing may have place again, or until an encoder may take a stream over again. */
const RETRY_AFTER: { [C in ErrorCode]?: number } = {
  CLUSTER_FULL: 10,
  DIRECTORY_UNAVAILABLE: 2,
  NODE_UNREACHABLE: 2,
  SERVER_FULL: 10,
  SERVER_CLOSING: 10,
  STREAM_LIVE: 60,
};

/** The body of every error answer, over HTTP and over the socket. */
export interface ErrorBody {
  error: {
    code: ErrorCode;
    message: string;
    /** Stands in the server's log too, so that whoever runs it finds what a person reports. */
    reference?: string | undefined;
    /** With `PROTOCOL_VERSION`: which side is too old for the other. */
    upgrade?: Side | undefined;
  };
}

/** One side of the wire: the page with its plugin, or the server. */
export type Side = 'client' | 'server';

/** An error with a code that the other side may see. Anything else that is thrown is answered as `INTERNAL`. */
export class MeshliftError extends Error {
  readonly code: ErrorCode;
  /** When it makes sense to ask again, in seconds. */
  readonly retryAfter: number | undefined;
  /** Names this one failure, in the server's log as well: a few letters and digits. */
  readonly reference: string | undefined;
  /** With `PROTOCOL_VERSION`, where it is known: which side is too old for the other. */
  readonly upgrade: Side | undefined;

  /** @param message what the receiver reads; the code's own sentence when left out */
  constructor(
    code: ErrorCode,
    message?: string,
    options?: ErrorOptions & {
      retryAfter?: number;
      reference?: string | undefined;
      upgrade?: Side | undefined;
    },
  ) {
    super(message ?? errorTable[code].message, options);
    this.name = 'MeshliftError';
    this.code = code;
    this.retryAfter = options?.retryAfter ?? RETRY_AFTER[code];
    this.reference = options?.reference;
    this.upgrade = options?.upgrade;
  }

  /** The HTTP status of this error. */
  get status(): number {
    return errorTable[this.code].status;
  }

  toBody(): ErrorBody {
    const { code, message, reference, upgrade } = this;
    return {
      error: { code, message, ...(reference !== undefined && { reference }), ...(upgrade && { upgrade }) },
    };
  }

  /** The error that an error answer, or the end of a session, tells of. */
  static of({ code, message, reference, upgrade }: ErrorBody['error']): MeshliftError {
    return new MeshliftError(code, message, { reference, upgrade });
  }

  /** Whatever was thrown, as a coded error: what has no code becomes `INTERNAL` and keeps its cause for the log. */
  static from(thrown: unknown): MeshliftError {
    return thrown instanceof MeshliftError
      ? thrown
      : new MeshliftError('INTERNAL', undefined, { cause: thrown });
  }
}
