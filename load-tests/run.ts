// `npm run load`; `npm run load -- --help` says what can be asked for.
import { dirname } from 'node:path';
import { prepareLoad } from '../signaling/setup/commands/load.ts';
import { main } from './lib/command/main.ts';
import { remarksOnMachine } from './lib/machine/remarks.ts';
import { obtainClip } from './lib/peers/clip.ts';
import { scenarios } from './scenarios/index.ts';

await main({
  scenarios,
  args: process.argv.slice(2),
  root: dirname(import.meta.dirname),
  home: import.meta.dirname,
  prepare: async (context) => {
    await prepareLoad(context);
    return obtainClip({ cache: context.cache, signal: context.interrupt.signal });
  },
  remarks: remarksOnMachine,
});
