import { isSameProfile } from 'h264-profile-level-id';

interface CodecKind {
  mimeType: string;
  clockRate: number;
  channels?: number | undefined;
  parameters?: Record<string, unknown> | undefined;
}

/** Whether two descriptions mean the same codec, so that what one sends the other can decode. */
export function sameCodec(one: CodecKind, other: CodecKind): boolean {
  const mimeType = one.mimeType.toLowerCase();
  if (mimeType !== other.mimeType.toLowerCase() || one.clockRate !== other.clockRate) return false;
  if (mimeType.startsWith('audio/') && (one.channels ?? 1) !== (other.channels ?? 1)) return false;
  if (mimeType === 'video/vp9') return numberOf(one, 'profile-id') === numberOf(other, 'profile-id');
  if (mimeType === 'video/av1') return numberOf(one, 'profile') === numberOf(other, 'profile');
  if (mimeType === 'video/h264') {
    return (
      numberOf(one, 'packetization-mode') === numberOf(other, 'packetization-mode') &&
      isSameProfile(one.parameters ?? {}, other.parameters ?? {})
    );
  }
  return true;
}

/** RFC 9628, section 6; AV1 RTP payload format, section 7.2.1; RFC 6184, section 8.1: all are 0 unless said. */
const numberOf = ({ parameters }: CodecKind, name: string) => Number(parameters?.[name] ?? 0);
