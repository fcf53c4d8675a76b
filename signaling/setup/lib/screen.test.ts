import { describe, expect, it } from 'vitest';
import { Interrupted } from './interrupt.ts';
import { elapsed, Screen, type StepReport } from './screen.ts';

describe('elapsed', () => {
  it('is in seconds, and from a minute on in minutes', () => {
    expect(elapsed(40)).toBe('0.0 s');
    expect(elapsed(12_340)).toBe('12.3 s');
    expect(elapsed(245_000)).toBe('4 min 05 s');
  });
});

describe('Screen', () => {
  /** What is printed while compiling 50 files, each of which takes a second. */
  async function printed(isTTY: boolean): Promise<string> {
    let text = '';
    let now = 0;
    const out = { isTTY, columns: 60, write: (piece: string) => (text += piece) };
    await new Screen(out, () => now).during('worker', 'compiling', async (report) => {
      for (let file = 1; file <= 50; file++) {
        now += 1000;
        report.progress(file, 50);
      }
    });
    return text;
  }

  it('prints a plain line every tenth of the way where there is no terminal', async () => {
    const lines = (await printed(false)).trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines.slice(0, 3)).toEqual([
      'worker: compiling',
      'worker: compiling 10 %  5.0 s',
      'worker: compiling 20 %  10.0 s',
    ]);
    expect(lines.at(-1)).toBe('worker: ready after 50.0 s');
  });

  it('keeps a live line in a terminal, which the last line replaces', async () => {
    const text = await printed(true);
    expect(text).toContain('compiling [12/50]');
    expect(text.split('\n')).toHaveLength(3);
    expect(text.endsWith('\r\x1b[Kworker: ready after 50.0 s\n')).toBe(true);
  });

  it('shows what goes on: in the live line of a terminal, else in a line each', async () => {
    const shown = async (isTTY: boolean) => {
      let text = '';
      let now = 0;
      const screen = new Screen({ isTTY, columns: 60, write: (piece) => (text += piece) }, () => now);
      const work = async (report: StepReport) => {
        for (const count of [10, 10, 20]) {
          now += 1000;
          report.doing(`counting ${count} viewers`);
        }
      };
      await screen.during('fan-out', 'Fan-out', work, 'done');
      return text;
    };
    expect(await shown(false)).toBe(
      'fan-out: Fan-out\nfan-out: counting 10 viewers  1.0 s\nfan-out: counting 20 viewers  3.0 s\nfan-out: done after 3.0 s\n',
    );
    const onTerminal = await shown(true);
    expect(onTerminal).toContain('\r\x1b[Kfan-out: counting 20 viewers  3.0 s\r\x1b[K');
    expect(onTerminal.match(/\n/g)).toHaveLength(2);
  });

  it('tells of a failure and passes it on', async () => {
    let text = '';
    const screen = new Screen({ write: (piece) => (text += piece) }, () => 0);
    await expect(screen.during('pages', 'building', () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
    expect(text).toContain('pages: failed after 0.0 s');
    const stopped = screen.during('pages', 'building', () => Promise.reject(new Interrupted('SIGINT')));
    await expect(stopped).rejects.toThrow('SIGINT');
    expect(text).toContain('pages: stopped after 0.0 s');
  });
});
