export * from './cascade-wire.ts';
export * from './door-wire.ts';
export * from './media-node-wire.ts';
export * from './owner-wire.ts';
export * from './sdp-session-wire.ts';
export * from './stream-wire.ts';
