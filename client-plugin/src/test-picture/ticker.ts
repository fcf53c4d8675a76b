/**
 * Sends the milliseconds since its start, `frameRate` times a second. It runs in a worker because the
 * timers of a page slow down to one a second while nobody looks at its tab, and a broadcast must not.
 */
self.onmessage = ({ data: frameRate }: MessageEvent<number>) => {
  const started = performance.now();
  let ticks = 0;
  const tick = () => {
    const elapsed = performance.now() - started;
    // Counting from the start keeps the rate exact, however late single timers are; a long sleep is skipped over.
    ticks = Math.max(ticks + 1, Math.floor((elapsed * frameRate) / 1_000));
    self.postMessage(elapsed);
    setTimeout(tick, (ticks * 1_000) / frameRate - (performance.now() - started));
  };
  tick();
};
