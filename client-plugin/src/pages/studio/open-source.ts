import { createTestPicture } from '../../test-picture/test-picture.ts';
import type { StreamOwnership } from './encoder/encoder-stream.ts';
import { loadEncoder } from './encoder/load-encoder.ts';
import type { ChosenDevices, Source, SourceKind } from './source.ts';
import { SourceError } from './source-error.ts';

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
  if (!navigator.mediaDevices) throw new SourceError(isSecureContext ? 'unsupported' : 'insecure', kind);
  try {
    const stream = kind === 'camera' ? await openCamera(devices) : await openScreen();
    return { kind, stream, close: () => stream.getTracks().forEach((track) => void track.stop()) };
  } catch (error) {
    throw SourceError.from(error, kind);
  }
}

/** Whether this browser can share a screen at all; those of phones cannot. */
export function canShareScreen(): boolean {
  // Without a secure context nobody knows: opening it will say why not.
  return !isSecureContext || typeof navigator.mediaDevices?.getDisplayMedia === 'function';
}

/** Whether the camera may be opened without asking anybody. */
export async function isCameraAllowed(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'camera' as PermissionName })).state === 'granted';
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

async function openCamera({ camera, microphone }: ChosenDevices): Promise<MediaStream> {
  const kinds = new Set((await navigator.mediaDevices.enumerateDevices()).map(({ kind }) => kind));
  if (!kinds.has('videoinput')) throw new SourceError('none', 'camera');
  return navigator.mediaDevices.getUserMedia({
    video: {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      frameRate: { ideal: 30 },
      ...(camera && { deviceId: { ideal: camera } }),
    },
    // A camera without a microphone is enough to go live.
    audio: kinds.has('audioinput') && (microphone ? { deviceId: { ideal: microphone } } : true),
  });
}

async function openScreen(): Promise<MediaStream> {
  if (typeof navigator.mediaDevices.getDisplayMedia !== 'function') {
    throw new SourceError('unsupported', 'screen');
  }
  const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 30 }, audio: true });
  // Encoders keep text sharp at the cost of frames, rather than the other way round.
  for (const track of stream.getVideoTracks()) track.contentHint = 'detail';
  return stream;
}
