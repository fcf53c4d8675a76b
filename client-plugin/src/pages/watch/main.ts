import { startPlayback } from './playback.ts';
import './watch-page.ts';

// Joining comes first: the picture does not wait for what is drawn over it.
const playback = startPlayback();
document.querySelector('meshlift-watch')?.follow(playback);
