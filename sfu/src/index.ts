export { keptAfterVanishing } from './media/kept-after-vanishing.ts';
export { LocalMediaNode, type LocalMediaNodeOptions } from './node/local-media-node.ts';
export type { ListenAddress } from './workers/pool-worker.ts';
