import type { Finding, TrackReport } from '../../../index.ts';

/** As people write the names that RTP has for codecs. */
const codecNames: Record<string, string> = { H264: 'H.264', H265: 'H.265', opus: 'Opus' };

/** What arrives of one track, most telling first: codec, size, layers, bits, key frames. */
export function trackFacts(track: TrackReport): string[] {
  const { kind, codec, profile, width, height, layers, bitrate, keyFrameSeconds } = track;
  const facts = [[codecNames[codec] ?? codec, profile].filter(Boolean).join(' ')];
  if (width && height) facts.push(`${width} × ${height}`);
  if (kind === 'video') facts.push(layers === 1 ? '1 size' : `${layers} sizes`);
  if (bitrate !== undefined) facts.push(bitsPerSecond(bitrate));
  if (keyFrameSeconds !== undefined) facts.push(`key frame every ${seconds(keyFrameSeconds)}`);
  return facts;
}

export function pictureFirst(tracks: readonly TrackReport[]): TrackReport[] {
  return [...tracks].sort((a, b) => b.kind.localeCompare(a.kind));
}

/** What costs viewers something before what could be better; otherwise as the server orders them. */
export function problemsFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

const rank = ({ severity }: Finding) => (severity === 'problem' ? 0 : 1);

function bitsPerSecond(bitrate: number): string {
  if (bitrate >= 999_500) return `${(bitrate / 1_000_000).toFixed(1)} Mbit/s`;
  return `${Math.round(bitrate / 1_000)} kbit/s`;
}

function seconds(value: number): string {
  const shown = value < 10 ? Number(value.toFixed(1)) : Math.round(value);
  return `${shown} s`;
}
