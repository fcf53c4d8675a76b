export * from './live-ids.ts';
export * from './logger.ts';
export * from './mask.ts';
export * from './metrics.ts';
export * from './pseudonym.ts';
