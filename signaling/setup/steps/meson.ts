import { aptTool } from '../lib/apt.ts';
import type { Context } from '../lib/context.ts';
import { onPath } from '../lib/on-path.ts';
import type { Step } from '../lib/step.ts';

/** What the worker is built with, for the tests of that: its value is the path of meson. */
export function meson(context: Context): Step<string> {
  return aptTool(context, {
    name: 'meson',
    title: 'getting meson and a compiler for the tests of the worker build',
    packages: ['meson', 'ninja-build', 'gcc', 'libc6-dev'],
    otherwise: 'Install meson, ninja and a C compiler.',
    find: () => {
      const [path] = onPath(['meson']);
      return onPath(['ninja']).length > 0 && onPath(['cc']).length > 0 ? path : undefined;
    },
    unfound: 'meson, ninja or a C compiler is still missing',
  });
}
