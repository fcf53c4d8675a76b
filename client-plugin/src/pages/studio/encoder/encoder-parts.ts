import './encoder-card.ts';
import './encoder-preview.ts';

/** All that only those need who send from an encoder, in one file of its own. */
export { openEncoder } from './encoder-source.ts';
export { EncoderStream } from './encoder-stream.ts';
