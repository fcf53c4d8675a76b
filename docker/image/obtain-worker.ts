/** Puts mediasoup's worker for the image's distribution at the path that is given. Runs while the image is built. */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { obtainWorker, WorkerError } from '../../sfu/worker/src/index.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('usage: obtain-worker.ts TARGET');

let tenths = 0;
try {
  const path = await obtainWorker({
    step: say,
    progress: (done, total) => {
      if (total === 0 || Math.floor((done * 10) / total) === tenths) return;
      tenths = Math.floor((done * 10) / total);
      say(`${tenths * 10} %`);
    },
  });
  await mkdir(dirname(target), { recursive: true });
  await copyFile(path, target);
} catch (error) {
  if (!(error instanceof WorkerError)) throw error;
  // The log goes with the build's container.
  if (error.log) say(await readFile(error.log, 'utf8'));
  say(`${error.message}\n${error.fix}`);
  process.exitCode = 1;
}
