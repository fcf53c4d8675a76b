/** The old path is given this long to show one more frame, so that the change comes right after it. */
const ONE_MORE_WITHIN_MS = 1_000;

/** Frames of the old path that were under way to the screen at the change follow its last one this closely. */
const STRAGGLER_MS = 2_000;

/** RTP timestamps of video count this many in a millisecond (RFC 7741, section 4.1, and its like) and wrap at 2³². */
const TICKS_PER_MS = 90;

/** A picture that is not seen again within this time after the change is lost. */
const SEEN_AGAIN_WITHIN_MS = 5_000;

/**
 * Does something to what an element plays and measures for how long its viewer sees no new frame.
 *
 * @param since the old path has ended, and showed its last frame then: no other one is waited for
 * @returns milliseconds between the last frame before and the first one after; undefined if the picture was not
 *   seen again within five seconds
 */
export function pictureGapDuring(
  video: HTMLVideoElement,
  swap: () => void,
  since?: number,
): Promise<number | undefined> {
  return new Promise((resolve) => {
    let callback = 0;
    let last = since ?? performance.now();
    let lastRtp: number | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const change = () => {
      clearTimeout(timer);
      video.cancelVideoFrameCallback(callback);
      const awaitFrame = () => {
        callback = video.requestVideoFrameCallback((now, { rtpTimestamp }) => {
          if (isStraggler(rtpTimestamp, lastRtp)) {
            last = now;
            awaitFrame();
            return;
          }
          clearTimeout(timer);
          resolve(now - last);
        });
      };
      awaitFrame();
      swap();
      timer = setTimeout(() => {
        video.cancelVideoFrameCallback(callback);
        resolve(undefined);
      }, SEEN_AGAIN_WITHIN_MS);
    };
    if (since !== undefined) {
      change();
      return;
    }
    timer = setTimeout(change, ONE_MORE_WITHIN_MS);
    callback = video.requestVideoFrameCallback((now, { rtpTimestamp }) => {
      last = now;
      lastRtp = rtpTimestamp;
      change();
    });
  });
}

/** Whether a frame still is of the old path. The two paths count from random numbers, and not every browser tells them. */
function isStraggler(rtpTimestamp: number | undefined, last: number | undefined): boolean {
  if (rtpTimestamp === undefined || last === undefined) return false;
  return (rtpTimestamp - last) >>> 0 < STRAGGLER_MS * TICKS_PER_MS;
}
