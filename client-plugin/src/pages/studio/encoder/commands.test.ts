import { expect, it } from 'vitest';
import { ffmpegCommand, gstreamerCommand } from './commands.ts';

const access = { whipUrl: 'https://live.example/whip/abc', publishKey: 'k-_9' };

it('has FFmpeg send what browsers decode, to the address and with the token', () => {
  const command = ffmpegCommand(access);
  expect(command).toMatch(/-f whip -authorization "k-_9" "https:\/\/live\.example\/whip\/abc"$/);
  for (const part of ['-profile:v baseline', '-tune zerolatency', '-bf 0', '-g 60', '-c:a libopus']) {
    expect(command).toContain(part);
  }
});

it('has GStreamer send to the address, with the token', () => {
  const command = gstreamerCommand(access);
  expect(command).toContain('whipclientsink');
  expect(command).toContain('signaller::whip-endpoint="https://live.example/whip/abc"');
  expect(command).toContain('signaller::auth-token="k-_9"');
});

it('writes each command in one line', () => {
  for (const command of [ffmpegCommand(access), gstreamerCommand(access)])
    expect(command).not.toContain('\n');
});
