import { variables } from './config.ts';

/** The configuration as a Markdown table, as README.md shows it. */
export function configTable(): string {
  const rows = Object.values(variables).map(({ name, fallback, fallbackText, allowed, about }) => {
    const shown = fallbackText ?? `\`${String(fallback)}\``;
    return `| \`${name}\` | ${about} | ${shown} | ${allowed} |`;
  });
  return ['| variable | meaning | default | allowed |', '|---|---|---|---|', ...rows].join('\n');
}
