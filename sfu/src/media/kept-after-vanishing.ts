import { ENCODER_TIMEOUT, PLAYER_TIMEOUT, type SilenceTimeout } from './peer-watch.ts';
import { RECOVER_WITHIN_MS } from './session-transport.ts';

/** A poll right after the last packet still finds something new. */
const silenceMs = ({ pollEveryMs, polls }: SilenceTimeout) => pollEveryMs * (polls + 1);
const seconds = (timeout: SilenceTimeout) => (silenceMs(timeout) + RECOVER_WITHIN_MS) / 1_000;

/** How long, in seconds, the path of a program that came by WHIP or WHEP and vanished is kept at most. */
export const keptAfterVanishing = { encoder: seconds(ENCODER_TIMEOUT), player: seconds(PLAYER_TIMEOUT) };
