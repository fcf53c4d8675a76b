import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createLogger, createRegistry } from '@meshlift/telemetry';
import { parseConfig } from '../config/config.ts';
import { startServer } from '../server.ts';
import { withGeneratedPart } from './generated-part.ts';
import { messageSections, shapeSection } from './messages.ts';
import { configTable, errorsTable, metricsTable } from './tables.ts';

/** A table that stands in a document between `<!-- name -->` and `<!-- /name -->`. */
interface GeneratedTable {
  file: string;
  name: string;
  make(): string | Promise<string>;
}

const tables: GeneratedTable[] = [
  { file: 'README.md', name: 'configuration', make: configTable },
  { file: 'signaling/protocol/PROTOCOL.md', name: 'errors', make: errorsTable },
  { file: 'signaling/protocol/PROTOCOL.md', name: 'messages', make: messageSections },
  { file: 'signaling/protocol/PROTOCOL.md', name: 'shapes', make: shapeSection },
  { file: 'ARCHITECTURE.md', name: 'metrics', make: metricsOfRunningServer },
];

/** Metrics are registered by the parts they belong to: only a server that runs knows all of them. */
async function metricsOfRunningServer(): Promise<string> {
  const registry = createRegistry();
  const anyPorts = {
    MESHLIFT_PORT: '0',
    MESHLIFT_RTC_PORT: '0',
    MESHLIFT_METRICS_PORT: '0',
    MESHLIFT_WORKERS: '1',
  };
  const server = await startServer(parseConfig(anyPorts), createLogger('silent'), registry);
  try {
    return await metricsTable(registry);
  } finally {
    await server.close();
  }
}

const pathOf = (file: string) => fileURLToPath(new URL(`../../../${file}`, import.meta.url));

/** Each document that holds generated tables, as it stands and as it should stand. */
export async function documents(): Promise<{ file: string; stands: string; should: string }[]> {
  const results = new Map<string, { file: string; stands: string; should: string }>();
  for (const { file, name, make } of tables) {
    const stands = results.get(file)?.stands ?? (await readFile(pathOf(file), 'utf8'));
    const before = results.get(file)?.should ?? stands;
    const should = withGeneratedPart(before, name, await make());
    results.set(file, { file, stands, should });
  }
  return [...results.values()];
}

/** Writes the tables into the documents. */
export async function updateDocuments(): Promise<void> {
  for (const { file, stands, should } of await documents()) {
    if (stands !== should) await writeFile(pathOf(file), should);
  }
}
