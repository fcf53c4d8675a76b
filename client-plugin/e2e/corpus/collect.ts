/**
 * Brings the corpus of SDP offers in sfu/src/sdp/corpus up to date: makes the programs that are on this machine
 * offer, and writes what they said, with stand-ins for what is personal, and the index. Offers that were
 * written by hand, and those of programs that are not here, stay as they are.
 *
 *     node client-plugin/e2e/corpus/collect.ts
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runBrowsers } from './browsers.ts';
import { runGStreamer } from './gstreamer.ts';
import { runLibdatachannel } from './libdatachannel.ts';
import type { ProgramRun } from './offer-run.ts';
import { type OfferSummary, summarise } from './offer-summary.ts';
import { withStandIns } from './stand-ins.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CORPUS = `${ROOT}sfu/src/sdp/corpus/`;

/** As sfu/src/sdp/corpus/corpus.ts describes it. */
interface Entry extends OfferSummary {
  file: string;
  program: string;
  version: string;
  got: 'run' | 'written';
  settings: string;
}

async function readIndex(): Promise<Entry[]> {
  const text = await readFile(`${CORPUS}index.json`, 'utf8').catch(() => '[]');
  return JSON.parse(text) as Entry[];
}

async function writeRun({ program, version, offers }: ProgramRun): Promise<Entry[]> {
  return Promise.all(
    offers.map(async ({ what, settings, sdp }): Promise<Entry> => {
      const file = `${program}-${what}.sdp`;
      const offer = withStandIns(sdp.replace(/\r?\n/g, '\r\n'));
      await writeFile(`${CORPUS}${file}`, offer);
      return { file, program, version, got: 'run', settings, ...summarise(offer) };
    }),
  );
}

const runs: ProgramRun[] = [...(await runBrowsers()), await runLibdatachannel()];
const gstreamer = await runGStreamer();
if (gstreamer) runs.push(gstreamer);
else console.log('gstreamer is not installed: its offers stay as they are');

const fresh = (await Promise.all(runs.map(writeRun))).flat();
const programs = new Set(runs.map(({ program }) => program));
const kept = (await readIndex()).filter(({ got, program }) => got === 'written' || !programs.has(program));
const index = [];
for (const entry of [...fresh, ...kept]) {
  index.push({ ...entry, ...summarise(await readFile(CORPUS + entry.file, 'utf8')) });
}
index.sort((a, b) => (a.file < b.file ? -1 : 1));
await writeFile(`${CORPUS}index.json`, `${JSON.stringify(index, null, 2)}\n`);
spawnSync(`${ROOT}node_modules/.bin/biome`, ['format', '--write', `${CORPUS}index.json`], {
  stdio: 'inherit',
});
for (const { program, version, offers } of runs)
  console.log(`${program} ${version}: ${offers.length} offers`);
// libdatachannel keeps threads that would hold the process open.
process.exit();
