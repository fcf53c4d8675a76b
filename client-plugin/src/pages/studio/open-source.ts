import { createTestPicture } from '../../test-picture/test-picture.ts';
import { Capture } from './capture.ts';
import type { StreamOwnership } from './encoder/encoder-stream.ts';
import { loadEncoder } from './encoder/load-encoder.ts';
import type { Source } from './source.ts';
import { SourceError } from './source-error.ts';
import type { ChosenDevices, SourceKind } from './source-kinds.ts';

/**
 * @param known the stream of an encoder that was set up before
 * @throws SourceError with the reason why there is nothing to send
 */
export async function openSource(
  kind: SourceKind,
  devices: ChosenDevices,
  known?: StreamOwnership,
): Promise<Source> {
  if (kind === 'encoder') return openEncoderSource(known);
  if (kind === 'test') {
    const picture = createTestPicture();
    return { kind, stream: picture.stream, close: () => picture.stop() };
  }
  return Capture.open(kind, devices);
}

/** Whether this browser can share a screen at all; those of phones cannot. */
export function canShareScreen(): boolean {
  // Without a secure context nobody knows: opening it will say why not.
  return !isSecureContext || typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** Whether the devices of a source may be opened without asking anybody. */
export async function isCaptureAllowed(kind: 'camera' | 'microphone'): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: kind as PermissionName })).state === 'granted';
  } catch {
    return false;
  }
}

async function openEncoderSource(known: StreamOwnership | undefined): Promise<Source> {
  try {
    return await (await loadEncoder()).openEncoder(known);
  } catch (error) {
    throw SourceError.from(error, 'encoder');
  }
}
