import { PlainWhep } from '../../../../client-plugin/e2e/support/plain-sdp.ts';
import type {} from '../../../../client-plugin/e2e/support/probe.ts';
import type { Door } from '../../relays/relay.ts';

/** What a viewer waited for, in ms since it asked. */
export interface FirstFrame {
  /** Until the relay had said how it is to be reached. */
  describedMs: number;
  /** Until ICE and DTLS stood. */
  connectedMs: number;
  /** Until the last packet of that picture had come. */
  receivedMs: number;
  /** Until a decoded picture was presented in which the number can be read. */
  ms: number;
  /** That picture's number. */
  count: number;
}

/** A picture's number, and a time of this page's clock in ms since 1970. */
export type Moment = [count: number, at: number];

/** How another page's clock goes. */
export interface ClockDifference {
  /** So many ms it is ahead of this page's. */
  ahead: number;
  /** What is said of it holds to so many ms. */
  within: number;
}

export interface PictureSize {
  width: number;
  height: number;
  frameRate: number;
}

/** Runs in the page: one playback or one broadcast at a time. */
export interface ProbePage {
  /** Does everything once that is slower the first time. */
  warmUp(server: string): Promise<void>;
  /** @param options.log whether it is noted afterwards which picture is presented when */
  join(door: Door, options: { log: boolean }): Promise<FirstFrame>;
  leave(): Promise<void>;
  /** @returns the stream's ID */
  publish(size: PictureSize): Promise<string>;
  /** The moments at which pictures were presented, or drawn, since this was asked the last time. */
  takeMoments(): Moment[];
  /** Answers other pages that compare their clock with this one's. */
  tellTime(): void;
  compareClocks(): Promise<ClockDifference>;
}

declare global {
  interface Window {
    loadProbe: ProbePage;
  }
}

type Meshlift = typeof import('../../../../client-plugin/src/index.ts');

/** Who has seen nothing by then is not waited for, in ms. */
const PICTURE_WITHIN_MS = 15_000;

const COMPARISONS = 40;
const CHANNEL = 'clocks';

let leave: (() => void | Promise<void>) | undefined;
let moments: Moment[] = [];

const meshlift = (): Promise<Meshlift> => import(new URL('/meshlift.mjs', location.href).href);
const clock = () => performance.timeOrigin + performance.now();

function addVideo(): HTMLVideoElement {
  const video = Object.assign(document.createElement('video'), {
    autoplay: true,
    muted: true,
    playsInline: true,
  });
  // In view, since nothing needs to be drawn of what cannot be seen.
  video.style.cssText = 'position: fixed; inset: 0; width: 640px; height: 360px; z-index: 1';
  document.body.append(video);
  return video;
}

/** A picture with a number that can be read; times by this page's clock. */
interface Picture {
  count: number;
  receivedAt: number;
  presentedAt: number;
}

/** Calls back for every one, as long as it wants another one. */
function readPictures(video: HTMLVideoElement, wantsMore: (picture: Picture) => boolean) {
  const onFrame = (_now: number, metadata: VideoFrameCallbackMetadata) => {
    // Without the time it came, which the browser may leave out, all of the wait was for it to come.
    const { presentationTime: presentedAt, receiveTime: receivedAt = presentedAt } = metadata;
    const { count } = window.probe.see(video);
    if (count === undefined || wantsMore({ count, receivedAt, presentedAt })) {
      video.requestVideoFrameCallback(onFrame);
    }
  };
  video.requestVideoFrameCallback(onFrame);
}

/** @returns what ends it again */
async function open(door: Door, video: HTMLVideoElement): Promise<() => void | Promise<void>> {
  switch (door.kind) {
    case 'plugin': {
      const { watchStream } = await meshlift();
      const view = await watchStream({ server: door.server, streamId: door.streamId, element: video });
      return () => view.close();
    }
    case 'whep': {
      const connection = new RTCPeerConnection();
      const { receiver } = connection.addTransceiver('video', { direction: 'recvonly' });
      video.srcObject = new MediaStream([receiver.track]);
      const session = new PlainWhep();
      await session.view(connection, door.url);
      return () => session.stop();
    }
    case 'janus':
      throw new Error('the browser has no way into Janus');
  }
}

async function join(door: Door, { log }: { log: boolean }): Promise<FirstFrame> {
  const video = addVideo();
  moments = [];
  const startedAt = performance.now();
  const first = new Promise<Picture>((resolve, reject) => {
    setTimeout(() => reject(new Error('no picture came in time')), PICTURE_WITHIN_MS);
    readPictures(video, (picture) => {
      resolve(picture);
      if (log) moments.push([picture.count, performance.timeOrigin + picture.presentedAt]);
      return log;
    });
  });
  // Whoever is refused does not wait for it.
  first.catch(() => undefined);
  leave = () => video.remove();
  const end = await open(door, video);
  leave = async () => {
    video.remove();
    await end();
  };
  const { count, receivedAt, presentedAt } = await first;
  // The browser may tell of the connection after the picture that came over it: then nothing was waited for between.
  const { describedAt = startedAt, connectedAt = receivedAt } = window.probe.progress();
  return {
    describedMs: describedAt - startedAt,
    connectedMs: Math.min(connectedAt, receivedAt) - startedAt,
    receivedMs: receivedAt - startedAt,
    ms: presentedAt - startedAt,
    count,
  };
}

async function publish({ width, height, frameRate }: PictureSize): Promise<string> {
  const { publish } = await meshlift();
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no canvas');
  let count = 0;
  const timer = setInterval(() => {
    window.probe.draw(context, count);
    moments.push([count, clock()]);
    count += 1;
  }, 1_000 / frameRate);
  const publication = await publish({ stream: canvas.captureStream() });
  leave = () => {
    clearInterval(timer);
    publication.close();
  };
  return publication.streamId;
}

async function compareClocks(): Promise<ClockDifference> {
  const channel = new BroadcastChannel(CHANNEL);
  let best: ClockDifference = { ahead: 0, within: Number.POSITIVE_INFINITY };
  for (let round = 0; round < COMPARISONS; round += 1) {
    const asked = clock();
    channel.postMessage('what time is it?');
    const theirs = await new Promise<number>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<number>) => resolve(data);
    });
    const answered = clock();
    // What was on the way for the shortest time says it most exactly.
    const within = (answered - asked) / 2;
    if (within < best.within) best = { ahead: theirs - (asked + answered) / 2, within };
  }
  channel.close();
  return best;
}

window.loadProbe = {
  async warmUp(server) {
    const streamId = await publish({ width: 320, height: 180, frameRate: 30 });
    const unpublish = leave;
    try {
      await join({ kind: 'plugin', server, streamId }, { log: false });
      await leave?.();
    } finally {
      await unpublish?.();
      leave = undefined;
      moments = [];
    }
  },
  join,
  async leave() {
    const end = leave;
    leave = undefined;
    await end?.();
  },
  publish,
  takeMoments() {
    const taken = moments;
    moments = [];
    return taken;
  },
  tellTime() {
    const channel = new BroadcastChannel(CHANNEL);
    channel.onmessage = () => channel.postMessage(clock());
  },
  compareClocks,
};
