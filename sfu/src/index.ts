export { keptAfterVanishing } from './media/kept-after-vanishing.ts';
export { LocalMediaNode, type LocalMediaNodeOptions } from './node/local-media-node.ts';
export { MAX_UNATTENDED_MS, MediaNodeServer, type MediaNodeServerOptions } from './node/media-node-server.ts';
export { servedCapabilities } from './rtp/codecs.ts';
export type { ListenAddress } from './workers/media-ports.ts';
export type { PortRange } from './workers/pipe-ports.ts';
