/** A picture that stands still longer than this after a switch is not waited for. */
const WATCH_FOR_MS = 2_000;

/**
 * Does something to what an element plays and measures for how long its viewer sees no new frame.
 *
 * @returns milliseconds between the last frame before and the first one after; at most two seconds
 */
export function pictureGapDuring(video: HTMLVideoElement, swap: () => void): Promise<number> {
  return new Promise((resolve) => {
    let swapped = false;
    let last = performance.now();
    const finish = (now: number) => {
      clearTimeout(giveUp);
      resolve(now - last);
    };
    const onFrame = (now: number) => {
      if (swapped) {
        finish(now);
        return;
      }
      last = now;
      video.requestVideoFrameCallback(onFrame);
      swapped = true;
      swap();
    };
    const giveUp = setTimeout(() => {
      if (!swapped) swap();
      finish(performance.now());
    }, WATCH_FOR_MS);
    video.requestVideoFrameCallback(onFrame);
  });
}
