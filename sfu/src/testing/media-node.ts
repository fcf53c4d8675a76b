export * from '../node/media-node.contract.ts';
export * from '../node/media-node.fuzz.contract.ts';
export * from '../node/media-node.leftovers.contract.ts';
export * from '../node/media-node-under-test.ts';
