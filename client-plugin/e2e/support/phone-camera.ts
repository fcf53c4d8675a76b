import { drawFrameCounter } from '../../src/test-picture/frame-counter.ts';

/** 3GPP TS 26.114, section 7.4.5: with it, a sender may leave video on its side and mark it so. */
export const CVO = 'urn:3gpp:video-orientation';

/** In pixels, of the video as it is to be seen. */
const WIDTH = 360;
const HEIGHT = 640;
const FRAME_RATE = 15;

/** The camera of a phone that is held upright. */
export interface PhoneCamera {
  /** One video track. */
  stream: MediaStream;
  /** Frames so far that left the camera on their side, with a mark. */
  marked(): number;
}

/** TypeScript's library does not know what Chromium alone has. */
interface TrackGenerator extends MediaStreamTrack {
  readonly writable: WritableStream<VideoFrame>;
}

/**
 * Opens a camera whose sensor is wider than it is high, in a phone that is held upright. As libwebrtc has it on
 * phones, frames are sent as the sensor has them, and marked, while every sender of this page has agreed on that
 * with its receiver; otherwise they are turned before they are encoded. Chromium has no such camera on a computer, and
 * drops frames that a page has marked where that is not agreed on, so the page turns them in its place. Where the browser has no such mark, as
 * Firefox, they are always turned.
 *
 * @param connections by which this page sends
 */
export async function openPhoneCamera(connections: readonly RTCPeerConnection[]): Promise<PhoneCamera> {
  const upright = surface(WIDTH, HEIGHT);
  let count = 0;
  const draw = () => {
    upright.fillStyle = `hsl(${count % 360} 60% 40%)`;
    upright.fillRect(0, 0, WIDTH, HEIGHT);
    drawFrameCounter(upright, WIDTH, HEIGHT, count++);
  };
  draw();
  const Generator: (new (init: { kind: 'video' }) => TrackGenerator) | undefined = Reflect.get(
    window,
    'MediaStreamTrackGenerator',
  );
  if (!Generator) {
    setInterval(draw, 1_000 / FRAME_RATE);
    return { stream: upright.canvas.captureStream(), marked: () => 0 };
  }

  const onItsSide = surface(HEIGHT, WIDTH);
  // Turned clockwise by a quarter, which is what the mark asks of viewers, it is upright.
  onItsSide.translate(0, WIDTH);
  onItsSide.rotate(-Math.PI / 2);
  const track = new Generator({ kind: 'video' });
  const frames = track.writable.getWriter();
  let marked = 0;
  const send = async () => {
    draw();
    const timestamp = performance.now() * 1_000;
    if (mayMark(connections)) {
      onItsSide.drawImage(upright.canvas, 0, 0);
      marked += 1;
      const mark: VideoFrameInit & { rotation: number } = { timestamp, rotation: 90 };
      await frames.write(new VideoFrame(onItsSide.canvas, mark));
    } else await frames.write(new VideoFrame(upright.canvas, { timestamp }));
  };
  setInterval(() => void send(), 1_000 / FRAME_RATE);
  return { stream: new MediaStream([track]), marked: () => marked };
}

function mayMark(connections: readonly RTCPeerConnection[]): boolean {
  const senders = connections
    .filter(({ connectionState }) => connectionState !== 'closed')
    .flatMap((connection) => connection.getSenders())
    .filter(({ track }) => track?.kind === 'video');
  return senders.length > 0 && senders.every(agreesOnMarks);
}

const agreesOnMarks = (sender: RTCRtpSender) =>
  sender.getParameters().headerExtensions.some(({ uri }) => uri === CVO);

function surface(width: number, height: number): CanvasRenderingContext2D {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('no canvas');
  return context;
}
