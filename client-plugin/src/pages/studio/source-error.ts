import { MeshliftError } from '../../index.ts';
import { describeError, type Words } from '../shared/error-words.ts';
import type { SourceKind } from './source-kinds.ts';

export type Reason = 'insecure' | 'unsupported' | 'denied' | 'none' | 'busy' | 'unknown';

const text: Record<Reason, Words> & { screenDenied: Words; microphone: Partial<Record<Reason, Words>> } = {
  microphone: {
    denied: {
      title: 'The microphone is blocked',
      body: 'Allow it for this page, with the icon beside the address, and try again.',
    },
    none: { title: 'No microphone found', body: 'Plug one in and try again, or choose another source.' },
    busy: {
      title: 'The microphone is in use',
      body: 'Another program holds it. Close that one, then try again.',
    },
  },
  insecure: {
    title: 'Camera and screen need https',
    body: 'Browsers give them only to pages opened over https, or on localhost. The test picture works here as well.',
  },
  unsupported: {
    title: 'This browser cannot share that',
    body: 'Browsers on phones usually have no screen sharing. Choose another source, or another browser.',
  },
  denied: {
    title: 'Camera and microphone are blocked',
    body: 'Allow them for this page, with the icon beside the address, and try again.',
  },
  screenDenied: {
    title: 'No screen was chosen',
    body: 'Nothing is shared. Try again, and pick a screen, a window or a tab.',
  },
  none: {
    title: 'No camera found',
    body: 'Plug one in and try again, or go live with a screen or the test picture.',
  },
  busy: {
    title: 'The camera is in use',
    body: 'Another program or tab holds it. Close that one, then try again.',
  },
  unknown: {
    title: 'The source could not be opened',
    body: 'Try again, or choose another one.',
  },
};

const reasonByName: Record<string, Reason> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'none',
  OverconstrainedError: 'none',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

/** Why a camera, a screen or a microphone could not be opened. */
export class SourceError extends Error {
  readonly words: Words;
  /** Undefined where it comes from elsewhere, as that of an encoder. */
  readonly reason: Reason | undefined;

  constructor(reason: Reason | Words, kind: SourceKind, options?: ErrorOptions) {
    const words =
      typeof reason !== 'string'
        ? reason
        : reason === 'denied' && kind === 'screen'
          ? text.screenDenied
          : (kind === 'microphone' && text.microphone[reason]) || text[reason];
    super(words.title, options);
    this.name = 'SourceError';
    this.words = words;
    this.reason = typeof reason === 'string' ? reason : undefined;
  }

  static from(thrown: unknown, kind: SourceKind): SourceError {
    if (thrown instanceof SourceError) return thrown;
    // What an encoder sends comes by way of the server.
    if (thrown instanceof MeshliftError)
      return new SourceError(describeError(thrown), kind, { cause: thrown });
    const name = thrown instanceof Error ? thrown.name : '';
    return new SourceError(reasonByName[name] ?? 'unknown', kind, { cause: thrown });
  }
}
