import { ENCODER_PATIENCE, type Patience, PLAYER_PATIENCE } from './peer-watch.ts';
import { RECOVER_WITHIN_MS } from './session-transport.ts';

/** A look that comes right after the last packet still finds something new. */
const silenceMs = ({ lookEveryMs, looks }: Patience) => lookEveryMs * (looks + 1);
const seconds = (patience: Patience) => (silenceMs(patience) + RECOVER_WITHIN_MS) / 1_000;

/** How long, in seconds, the path of a program that came by WHIP or WHEP and vanished is kept at most. */
export const keptAfterVanishing = { encoder: seconds(ENCODER_PATIENCE), player: seconds(PLAYER_PATIENCE) };
