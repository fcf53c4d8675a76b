/** Safari on iPhones lets nothing but a video go full screen, by a method of its own. */
interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?(): void;
}

/** Whether this browser can show this video, or the page around it, in full screen. */
export function canGoFullscreen(video: PhoneVideo): boolean {
  return document.fullscreenEnabled || typeof video.webkitEnterFullscreen === 'function';
}

/** The whole page goes full screen, not the element alone, so that its controls come along; where that is possible. */
export function toggleFullscreen(video: PhoneVideo): void {
  if (!document.fullscreenEnabled) {
    // It throws while there is nothing to show.
    if (video.readyState > 0) video.webkitEnterFullscreen?.();
    return;
  }
  const change = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  change.catch(() => undefined);
}
