import { join } from 'node:path';
import { runCommand } from '../lib/command.ts';
import type { Context } from '../lib/context.ts';
import { runStep } from '../lib/step.ts';
import { packages } from '../steps/packages.ts';

/**
 * Runs TypeScript programs of the checkout one after another, under a Node that can and with the packages in place.
 * What follows the first word that is none goes to the last of them. Resolves with the status of the first to fail.
 */
export async function runTool(context: Context, args: string[]): Promise<number> {
  const { root, interrupt } = context;
  await runStep(context, packages(context));
  const end = args.findIndex((arg) => !arg.endsWith('.ts'));
  const scripts = end === -1 ? args : args.slice(0, end);
  for (const [index, script] of scripts.entries()) {
    const rest = index === scripts.length - 1 ? args.slice(scripts.length) : [];
    const options = { cwd: root, signal: interrupt.signal };
    const status = (await runCommand(process.execPath, [join(root, script), ...rest], options)) ?? 1;
    if (status !== 0) return status;
  }
  return 0;
}
