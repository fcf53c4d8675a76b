import * as z from 'zod/mini';

// Compiling schemas at run time needs `eval`, which the pages' content security policy forbids.
z.config({ jitless: true });

export * from './errors.ts';
export * from './events.ts';
export * from './findings.ts';
export * from './ids.ts';
export * from './media.ts';
export * from './media-node.ts';
export * from './rest.ts';
export * from './rooms.ts';
