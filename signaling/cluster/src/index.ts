export * from './bus.ts';
export * from './clock.ts';
export * from './cluster-log.ts';
export * from './memory-bus.ts';
export * from './memory-engine.ts';
export * from './ordered-delivery.ts';
