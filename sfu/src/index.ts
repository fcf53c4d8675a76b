export { keptAfterVanishing } from './media/kept-after-vanishing.ts';
export type { ListenAddress } from './media/pool-worker.ts';
export { LocalMediaNode, type LocalMediaNodeOptions } from './media-node.ts';
