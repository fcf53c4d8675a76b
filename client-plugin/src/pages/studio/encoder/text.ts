import type { Words } from '../../shared/error-words.ts';
import type { EncoderState } from './encoder-stream.ts';

const states: Record<EncoderState, string> = {
  unknown: 'Asking the server…',
  idle: 'Waiting for the encoder',
  live: 'Live',
  waiting: 'The encoder has stopped',
  ended: 'Ended',
};

const hints: Record<EncoderState, string> = {
  unknown: '',
  idle: 'Start streaming there, and what arrives is shown here.',
  live: '',
  waiting: 'Viewers stay for about half a minute. Start it again to go on under the same link.',
  ended: '',
};

const ended: Words = {
  title: 'This stream has ended',
  body: 'Nothing came for too long, or the server was restarted. Start the encoder again: if it is let in, the stream goes on under the same link. If it is refused, make a new stream.',
};

const away: Words = {
  title: 'The server cannot be reached',
  body: 'What the encoder sends may go on meanwhile. This page looks again by itself.',
};

export const text = {
  url: 'Server',
  token: 'Bearer token',
  tokenHint: 'Whoever has it can publish in your place. Keep it to yourself.',
  copyUrl: 'Copy the server',
  copyToken: 'Copy the token',
  showToken: 'Show the token',
  hideToken: 'Hide the token',
  copied: 'Copied',
  notCopied: 'Could not be copied',
  where: 'In OBS: Settings, Stream, Service WHIP. There, fill in both.',
  settingsTitle: 'Recommended settings',
  /** What to set, and to what. */
  settings: [
    ['Service', 'WHIP, under Settings, Stream'],
    ['Keyframe interval', '2 s'],
    ['B-frames', '0'],
    ['Profile', 'baseline'],
    ['Tune', 'zerolatency, with x264'],
    ['Bitrate', '2500 kbit/s for 720p, 4500 for 1080p, constant'],
    ['Simulcast', 'OBS 32.1 and later: Total Layers 3, under Settings, Stream'],
  ] as const,
  commandsTitle: 'FFmpeg and GStreamer',
  ffmpeg: 'FFmpeg 8 and later',
  gstreamer: 'GStreamer, with its Rust plugins',
  copyFfmpeg: 'Copy the FFmpeg command',
  copyGstreamer: 'Copy the GStreamer command',
  states,
  hints,
  ended,
  away,
  newStream: 'New stream',
  arrivesTitle: 'What arrives',
  kinds: { video: 'Picture', audio: 'Sound' },
  severities: { problem: 'Problem', hint: 'Hint' },
  fix: 'What to change',
  roomHint:
    'What the encoder sends reaches this page through the server, which can see and hear it, whether the room is direct or not.',
  previewTitle: 'Your encoder sends; this page only looks on',
  previewReady: 'See what viewers see, without sound. It counts as one more viewer.',
  previewShow: 'Show a preview',
  previewHide: 'Hide the preview',
  preview: 'Preview of what viewers see',
};
