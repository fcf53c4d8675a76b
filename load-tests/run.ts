// `npm run load`; `npm run load -- --help` says what can be asked for.
import { dirname } from 'node:path';
import { prepareLoad } from '../signaling/setup/commands/load.ts';
import { main } from './lib/command/main.ts';
import { scenarios } from './scenarios/index.ts';

await main({
  scenarios,
  args: process.argv.slice(2),
  root: dirname(import.meta.dirname),
  home: import.meta.dirname,
  prepare: async (context) => {
    await prepareLoad(context);
    // The clip is made here.
    return { file: '', width: 0, height: 0, frameRate: 0, frames: [] };
  },
});
