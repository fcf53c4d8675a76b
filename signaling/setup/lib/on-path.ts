import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full paths of those of these programs that PATH has, in the order of the names. */
export function onPath(names: string[], path: string = process.env.PATH ?? ''): string[] {
  const dirs = path.split(delimiter).filter(Boolean);
  return names.flatMap((name) => {
    const found = dirs.map((dir) => join(dir, name)).find(isProgram);
    return found ? [found] : [];
  });
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
