import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { PictureSize } from './hop-source.ts';
import { type Series, table, verdicts } from './switch-figures.ts';

const DOCUMENT = fileURLToPath(new URL('../../SWITCHING.md', import.meta.url));
const FIGURES = /(<!-- figures -->\n)[\s\S]*(<!-- \/figures -->)/;

/** What is to be measured. */
export interface Plan {
  /** Sizes of the rooms. */
  people: number[];
  /** Each way. */
  switches: number;
  picture: PictureSize;
  /** Whether the document is to have the figures. */
  written: boolean;
}

/** The plan that `npm run measure:switch` has put into the environment; a short one without it. */
export function readPlan(environment: NodeJS.ProcessEnv): Plan {
  const picture = /^(\d+)x(\d+)@(\d+)$/.exec(environment.MESHLIFT_MEASURE_PICTURE ?? '640x360@30');
  if (!picture) throw new Error('MESHLIFT_MEASURE_PICTURE is like 640x360@30');
  const [width = 0, height = 0, frameRate = 0] = picture.slice(1).map(Number);
  return {
    people: (environment.MESHLIFT_MEASURE_PEOPLE ?? '2,3').split(',').map(Number),
    switches: Number(environment.MESHLIFT_MEASURE ?? 2),
    picture: { width, height, frameRate },
    written: environment.MESHLIFT_MEASURE !== undefined,
  };
}

/** The figures as Markdown, with what they were measured on. Nothing in it names the machine or its owner. */
export async function report(plan: Plan, chromium: string, all: readonly Series[]): Promise<string> {
  const { width, height, frameRate } = plan.picture;
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const machine = [
    `${model}, ${cpus().length} cores`,
    `${await operatingSystem()}`,
    `Chromium ${chromium}`,
    `pictures of ${width}x${height} at ${frameRate} frames a second`,
    `${new Date().toISOString().slice(0, 10)}`,
  ];
  return [`Measured on: ${machine.join('; ')}. All times in milliseconds.`, table(all), verdicts(all)].join(
    '\n\n',
  );
}

export async function writeDocument(figures: string): Promise<void> {
  const text = await readFile(DOCUMENT, 'utf8');
  await writeFile(
    DOCUMENT,
    text.replace(FIGURES, (_, begin: string, end: string) => `${begin}\n${figures}\n\n${end}`),
  );
}

async function operatingSystem(): Promise<string> {
  const description = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="(.+)"$/m.exec(description)?.[1] ?? `${type()} ${release()}`;
}
