/** Where an encoder sends to, and the token it shows. */
export interface EncoderAccess {
  whipUrl: string;
  publishKey: string;
}

/** In kbit/s: what a picture of 720 lines takes, and most networks carry. */
const BITRATE = 2_500;

/** Two seconds, at 30 frames per second. */
const KEY_FRAME_EVERY = 60;

/** For FFmpeg 8, the first with WHIP. A file stands in for whatever it is to send. */
export function ffmpegCommand({ whipUrl, publishKey }: EncoderAccess): string {
  return [
    'ffmpeg -re -i input.mp4',
    '-c:v libx264 -profile:v baseline -tune zerolatency -preset veryfast -pix_fmt yuv420p',
    `-r 30 -g ${KEY_FRAME_EVERY} -bf 0 -b:v ${BITRATE}k -maxrate ${BITRATE}k -bufsize ${BITRATE}k`,
    '-c:a libopus -ar 48000 -ac 2 -b:a 128k',
    `-f whip -authorization "${publishKey}" "${whipUrl}"`,
  ].join(' ');
}

/** For GStreamer with its Rust plugins. Test sources stand in for whatever it is to send. */
export function gstreamerCommand({ whipUrl, publishKey }: EncoderAccess): string {
  return [
    'gst-launch-1.0 -e whipclientsink name=out video-caps="video/x-h264"',
    `signaller::whip-endpoint="${whipUrl}" signaller::auth-token="${publishKey}"`,
    'videotestsrc is-live=true ! video/x-raw,width=1280,height=720,framerate=30/1 ! queue ! out.',
    'audiotestsrc is-live=true ! queue ! out.',
  ].join(' ');
}
