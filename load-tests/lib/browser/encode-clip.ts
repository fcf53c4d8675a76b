import { bundle } from '../../../client-plugin/e2e/support/bundle.ts';
import type { IvfVideo } from '../peers/ivf.ts';
import { launchBrowser } from './launch-browser.ts';
import type { ClipRequest } from './pages/clip-encoder.ts';

/** With less than 1.44 Mbit/s nearly every frame fits into five packets, as an average of 6000 bytes would not. */
const REQUEST: ClipRequest = { width: 640, height: 360, frameRate: 30, frames: 300, bitrate: 1_300_000 };

/** Has Chromium encode VP8, and decode it again to see that each frame's number can be read. It takes seconds. */
export async function encodeClip({
  signal,
}: {
  signal?: AbortSignal;
} = {}): Promise<Omit<IvfVideo, 'fourcc'>> {
  const script = await bundle(import.meta.resolve('./pages/clip-encoder.ts'));
  signal?.throwIfAborted();
  const browser = await launchBrowser();
  const stop = () => void browser.close();
  signal?.addEventListener('abort', stop);
  try {
    const page = await browser.newPage();
    // Browsers encode only for pages of a secure origin; nothing is served there and nothing is asked for.
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
    await page.goto('http://localhost/');
    await page.addScriptTag({ content: script });
    const frames = await page.evaluate((request) => window.encodeClip(request), REQUEST);
    const { width, height, frameRate } = REQUEST;
    return { width, height, frameRate, frames: frames.map((frame) => Buffer.from(frame, 'base64')) };
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error('Chromium did not encode the clip.', { cause: error });
  } finally {
    signal?.removeEventListener('abort', stop);
    await browser.close();
  }
}
