import { askForStream, loadElements, part, server } from '../shared/elements.ts';
import { logTo } from '../shared/log.ts';

await loadElements();
const player = part<HTMLElementTagNameMap['meshlift-player']>('meshlift-player');
const quality = part<HTMLSelectElement>('#quality');
const fit = part<HTMLSelectElement>('#fit');
const log = logTo(part('#log'));

player.addEventListener('state', () => log('state', player.state));
player.addEventListener('viewers', () => log('viewers', player.view?.viewers ?? 0));
player.addEventListener('layers', () => log('layers', player.layers));
player.addEventListener('volumechange', () => log('volumechange', [player.muted, player.volume]));
quality.addEventListener('change', () => player.setAttribute('quality', quality.value));
fit.addEventListener('change', () => player.setAttribute('fit', fit.value));
part('#figures').addEventListener('click', async () => log('stats', await player.stats()));
askForStream(part('#stream'), (streamId) => {
  player.setAttribute('server', server);
  player.setAttribute('streamid', streamId);
});
