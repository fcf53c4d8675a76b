import { askForStream, loadElements, part, server } from '../shared/elements.ts';
import { logTo } from '../shared/log.ts';

const { EmbedController } = await loadElements();
const frame = part<HTMLIFrameElement>('iframe');
const quality = part<HTMLSelectElement>('#quality');
const volume = part<HTMLInputElement>('#volume');
const log = logTo(part('#log'));
let controller: InstanceType<typeof EmbedController> | undefined;

/** What the player does not do is told as well. */
const attempt = (work: Promise<unknown> | undefined) => {
  work?.catch((error: Error) => log('refused', error.message));
};

quality.addEventListener('change', () => {
  attempt(controller?.setQuality(quality.value as 'auto' | 'low' | 'medium' | 'high'));
});
volume.addEventListener('input', () => attempt(controller?.setVolume(volume.valueAsNumber)));
part('#mute').addEventListener('click', () => attempt(controller?.mute()));
part('#unmute').addEventListener('click', () => attempt(controller?.unmute()));
part('#figures').addEventListener('click', () => {
  attempt(controller?.getStats().then((stats) => log('stats', stats)));
});
askForStream(part('#stream'), (streamId) => {
  controller?.close();
  const options = new URLSearchParams({ controls: '1', parent: location.origin });
  frame.src = `${server}/embed/${streamId}?${options}`;
  frame.hidden = false;
  controller = new EmbedController(frame);
  for (const name of ['ready', 'state', 'volume', 'quality', 'mode', 'viewers', 'layers', 'error'] as const) {
    controller.on(name, (event) => log(name, event));
  }
});
