/** The old path is given this long to show one more frame, so that the change comes right after it. */
const ONE_MORE_WITHIN_MS = 1_000;

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
    let timer: ReturnType<typeof setTimeout> | undefined;
    const change = () => {
      clearTimeout(timer);
      video.cancelVideoFrameCallback(callback);
      callback = video.requestVideoFrameCallback((now) => {
        clearTimeout(timer);
        resolve(now - last);
      });
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
    callback = video.requestVideoFrameCallback((now) => {
      last = now;
      change();
    });
  });
}
