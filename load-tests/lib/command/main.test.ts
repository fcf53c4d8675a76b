import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultSchema } from '../result.ts';

const README = [
  'Before.\n\n<!-- scenarios -->\n<!-- /scenarios -->',
  '<!-- size -->\n<!-- /size -->',
  '<!-- reference -->\n<!-- /reference -->\n\nAfter.\n',
].join('\n\n');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'meshlift-load-'));
  writeFileSync(join(home, 'README.md'), README);
});
afterEach(() => rmSync(home, { recursive: true }));

const start = (...args: string[]) =>
  spawn(process.execPath, [join(import.meta.dirname, 'testing', 'tiny.ts'), home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** Runs the command to its end. */
async function load(...args: string[]) {
  const child = start(...args);
  const [out, err, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { out, err, status };
}

const files = (folder: string) => readdirSync(join(home, folder)).toSorted();
const resultIn = (folder: string) =>
  resultSchema.parse(JSON.parse(readFileSync(join(home, folder, 'tiny.json'), 'utf8')));

describe('the command of the load tests', () => {
  it('says what there is and how to begin when nothing is named', async () => {
    const { out, status } = await load();
    expect(out).toContain('tiny     A load of nothing');
    expect(out).toContain('Begin with: npm run load -- tiny --quick');
    expect(status).toBe(0);
    expect(files('')).toEqual(['README.md']);
  });

  it('answers what it cannot follow with one line and status 2', async () => {
    const { out, err, status } = await load('tinny');
    expect({ out, err, status }).toEqual({
      out: '',
      err: 'there is no scenario "tinny"; there are: tiny, broken, empty, endless, all\n',
      status: 2,
    });
    const noFolder = await load('tiny', '--out', join(home, 'README.md'));
    expect(noFolder.err).toMatch(/^--out: the folder .*README.md cannot be made\n$/);
    expect(noFolder.status).toBe(2);
  });

  it('shows what goes on, then the figures, and misses no aim silently', async () => {
    const { out, status } = await load('tiny', '--rounds', '2', '--out', join(home, 'out'));
    expect(out).toMatch(
      /^The machine is made up\.\ntiny: A load of nothing\ntiny: round 1 {2}0.\d s\ntiny: round 2/,
    );
    expect(out).toMatch(/Rounds +1.5 +1 to 2 +≥ 2 +misses +2\n/);
    expect(out).toMatch(/Time +12 ms +10 to 30 +≤ 5 ms +misses +3\n/);
    expect(out).toContain('thrown away: round 0: it was not counted\n');
    expect(out).toContain('note: Nothing was measured.\n');
    expect(out).toContain('Scenarios: 1 run. Aims: 0 met, 2 missed.\n');
    expect(status).toBe(0);
    expect(files('out')).toEqual(['tiny-rounds.svg', 'tiny.json']);
    const { options, discarded, notes, machine } = resultIn('out');
    expect(options).toEqual({ rounds: 2, seconds: 1, viewers: [50, 100], made: true });
    expect(discarded).toEqual(['round 0: it was not counted']);
    expect(notes).toEqual(['The machine is made up.', 'Nothing was measured.']);
    expect(machine.node).toBe(process.version);
  });

  it('makes a folder of its own for each run, and passes small wishes on for a quick one', async () => {
    const { out, status } = await load('tiny', '--quick', '--seconds', '3');
    expect(status).toBe(0);
    const [run = ''] = files('results');
    expect(run).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d$/);
    expect(out.trimEnd().endsWith(join(home, 'results', run))).toBe(true);
    expect(resultIn(join('results', run)).options).toMatchObject({ rounds: 1, seconds: 3, viewers: [5, 10] });
  });

  it('goes on after a scenario that fails, and ends with status 1', async () => {
    const { out, status } = await load('broken', 'empty', 'tiny', '--out', join(home, 'out'));
    expect(out).toContain('Error: the relay is not there');
    expect(out).toMatch(/empty is no result:\n.*\n.*figures\[0\]\.median/);
    expect(out).toContain('Scenarios: 1 run, 2 failed.');
    expect(status).toBe(1);
    expect(files('out')).toEqual(['tiny-rounds.svg', 'tiny.json']);
  });

  it('stops in order, and leaves no empty folder', async () => {
    const child = start('tiny', 'endless', 'broken', '--out', join(home, 'out'));
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      out += piece;
      if (piece.includes('going on')) child.kill('SIGINT');
    });
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(out).toContain('endless: stopping in order');
    expect(out).toContain('endless: stopped after');
    expect(out).toContain('The run was stopped by SIGINT.\n');
    expect(out).not.toContain('broken');
    expect(files('out')).toEqual(['tiny-rounds.svg', 'tiny.json']);
    expect((await load('broken')).status).toBe(1);
    expect(files('results')).toEqual([]);
  });

  it('keeps a reference run, and shows it in the README', async () => {
    await load('tiny', '--reference');
    const readme = readFileSync(join(home, 'README.md'), 'utf8');
    expect(readme).toMatch(/^Before\.\n[\s\S]*\nAfter\.\n$/);
    expect(readme).toContain('| Time | ≤ 5 ms | 12 ms | 10 to 30 | **misses** |');
    expect(readme).toContain('![Rounds](reference/tiny-rounds.svg)');
    expect(files('reference')).toEqual(['tiny-rounds.svg', 'tiny.json']);
    await load('tiny', '--reference', '--rounds', '1');
    expect(readFileSync(join(home, 'README.md'), 'utf8')).toContain(', 1 round, ');
  });
});
