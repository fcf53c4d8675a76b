import { errorTable } from '@meshlift/protocol';
import type { Registry } from '@meshlift/telemetry';
import { variables } from '../config/config.ts';

/** The configuration, as README.md shows it. */
export function configTable(): string {
  const rows = Object.values(variables).map(({ name, fallback, fallbackText, allowed, about }) => {
    const shown = fallbackText ?? `\`${String(fallback)}\``;
    return `| \`${name}\` | ${about} | ${shown} | ${allowed} |`;
  });
  return ['| variable | meaning | default | allowed |', '|---|---|---|---|', ...rows].join('\n');
}

/** Every error code, as PROTOCOL.md shows it. */
export function errorsTable(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { status, message }]) => `| \`${code}\` | ${status} | ${message} |`,
  );
  return ['| code | HTTP status | what a person reads |', '|---|---|---|', ...rows].join('\n');
}

/** The server's own metrics, as ARCHITECTURE.md shows them. */
export async function metricsTable(registry: Registry): Promise<string> {
  const metrics = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('meshlift_'));
  const rows = metrics
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .map(({ name, type, help }) => `| \`${name}\` | ${type} | ${help} |`);
  return ['| metric | type | meaning |', '|---|---|---|', ...rows].join('\n');
}
