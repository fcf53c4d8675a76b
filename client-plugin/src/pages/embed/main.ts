import '../../elements/player.ts';
import { exposeToScripts } from '../shared/page-hooks.ts';
import { EmbedDoor } from './embed-door.ts';
import { readEmbedOptions } from './embed-options.ts';

const player = document.querySelector('meshlift-player');
if (!player) throw new Error('The page has no player.');
const { muted, controls, quality, fit, parent } = readEmbedOptions(location.search);
const [, , streamId = ''] = location.pathname.split('/');
player.addEventListener('state', () => exposeToScripts(player.view ? { view: player.view } : {}));
Object.assign(player, { muted, controls, quality, fit, streamId: decodeURIComponent(streamId) });
// Nobody around it: a window of its own, or a browser source.
if (window.parent !== window) new EmbedDoor(player, parent);
