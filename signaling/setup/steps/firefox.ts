import { aptTool } from '../lib/apt.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { Step } from '../lib/step.ts';
import { findBrowser } from './browser.ts';

const NAMES = ['firefox-esr', 'firefox'];
const OTHERWISE = 'Install Firefox 128 or later, or set MESHLIFT_FIREFOX to the path of one.';

/** Firefox, for the tests in which it meets Chromium: its value is the program's path. */
export function firefox(context: Context): Step<string> {
  return aptTool(context, {
    name: 'firefox',
    title: 'getting Firefox for the tests with two browsers',
    packages: ['firefox-esr'],
    otherwise: OTHERWISE,
    find: () => findBrowser({ variable: 'MESHLIFT_FIREFOX', others: onPath(NAMES) }),
    unfound: 'the installed Firefox does not start',
  });
}
