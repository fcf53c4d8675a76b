import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DEPCRUISE = join(ROOT, 'node_modules/.bin/depcruise');
const RULES = join(ROOT, '.dependency-cruiser.mjs');

/** What imports what, and the beginning of the name of the rule that forbids it; none for what is allowed. */
const imports: readonly [from: string, to: string, rule?: string][] = [
  ['sfu/src/media/relay.ts', 'sfu/src/rtp/codecs.ts'],
  ['sfu/src/rtp/layers.ts', 'sfu/src/media/viewer.ts', 'sfu/src/rtp imports'],
  ['sfu/src/cascade/pipe.ts', 'sfu/src/index.ts', 'sfu/src/cascade imports'],
  ['sfu/src/rtp/layers.test.ts', 'sfu/src/media/viewer.ts'],
  ['sfu/src/attic/relay.ts', 'sfu/src/rtp/codecs.ts', 'every folder of sfu/src'],
  ['sfu/src/media/ingest.ts', 'signaling/src/rooms/room.ts', 'sfu/src imports'],
  ['signaling/src/server.ts', 'sfu/src/index.ts'],
  ['signaling/src/streams/stream.ts', 'sfu/src/index.ts', 'only the composition'],
  ['signaling/src/streams/streams.ts', 'signaling/src/whip/whip-api.ts', 'signaling/src/streams imports'],
  ['signaling/src/whip/links.ts', 'signaling/src/sockets/gateway.ts', 'signaling/src/whip imports'],
  ['signaling/src/http/pages.ts', 'signaling/src/app.ts', 'signaling/src/http imports'],
  ['signaling/protocol/src/ids.ts', 'sfu/telemetry/src/index.ts', 'signaling/protocol imports'],
  ['signaling/cluster/src/bus.ts', 'signaling/src/rooms/room.ts', 'signaling/cluster imports'],
  ['signaling/src/rooms/rooms.ts', 'load-tests/lib/rounds.ts', 'nobody imports load-tests'],
  ['client-plugin/src/mesh/mesh.ts', 'signaling/src/rooms/room.ts', 'client-plugin/src imports'],
  ['client-plugin/src/mesh/link.ts', 'node:fs', 'browser code'],
  ['client-plugin/src/mesh/chat.ts', 'client-plugin/src/elements/player.ts', 'the plugin imports'],
  ['client-plugin/src/elements/room/room.ts', 'client-plugin/src/pages/shared/host-key.ts'],
  ['client-plugin/src/elements/room/room.ts', 'client-plugin/src/pages/home/home.ts', 'elements import'],
  ['client-plugin/src/elements/another.ts', 'client-plugin/src/pages/shared/host-key.ts', 'elements import'],
  ['client-plugin/src/pages/home/home.ts', 'client-plugin/src/index.ts'],
  ['client-plugin/src/pages/home/links.ts', 'client-plugin/src/lift/lift.ts', 'elements and pages use'],
  ['sfu/src/rtp/codecs.ts', 'sfu/src/testing/rtp-fixtures.ts', 'only tests import'],
  ['load-tests/lib/one.ts', 'load-tests/lib/other.ts', 'no circles'],
  // A circle is reported once.
  ['load-tests/lib/other.ts', 'load-tests/lib/one.ts'],
];

let broken: Map<string, string>;

beforeAll(async () => {
  broken = await rulesBroken();
}, 60_000);

it.each(imports)('%s → %s: %s', (from, to, rule) => {
  const name = broken.get(`${from} → ${to.replace('node:', '')}`);
  if (rule === undefined) expect(name).toBeUndefined();
  else expect(name?.slice(0, rule.length)).toBe(rule);
});

it('have no exception that nothing needs any more', { timeout: 60_000 }, async () => {
  const { exceptions } = (await import(RULES)) as {
    exceptions: { imports: { from: string; to: string }[]; circles: string[] };
  };
  const { modules } = await cruise(ROOT);
  const imported = modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => `${source} → ${resolved}`),
  );
  const excepted = exceptions.imports.map(({ from, to }) => `${from} → ${to}`);
  expect(excepted.filter((one) => !imported.includes(one))).toEqual([]);
  const inCircles = modules.filter(({ dependencies }) => dependencies.some(({ circular }) => circular));
  expect(exceptions.circles.toSorted()).toEqual(inCircles.map(({ source }) => source).toSorted());
});

/** Writes files that import each other so, and lets the rules judge them. */
async function rulesBroken(): Promise<Map<string, string>> {
  const root = mkdtempSync(join(tmpdir(), 'meshlift-imports-'));
  try {
    for (const [path, text] of sources()) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { summary } = await cruise(root);
    return new Map(summary.violations.map(({ from, to, rule }) => [`${from} → ${to}`, rule.name]));
  } finally {
    rmSync(root, { recursive: true });
  }
}

interface Cruised {
  modules: { source: string; dependencies: { resolved: string; circular: boolean }[] }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

async function cruise(root: string): Promise<Cruised> {
  const args = ['-T', 'json', '-c', RULES, 'signaling', 'sfu', 'client-plugin', 'load-tests'];
  const report = await new Promise<string>((resolve) => {
    // Its exit code is the number of broken rules.
    execFile(DEPCRUISE, args, { cwd: root, maxBuffer: 1e8 }, (_error, stdout) => resolve(stdout));
  });
  return JSON.parse(report) as Cruised;
}

function sources(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [from, to] of imports) {
    const isFile = !to.startsWith('node:');
    if (isFile && !texts.has(to)) texts.set(to, '');
    const specifier = isFile ? `${'../'.repeat(from.split('/').length - 1)}${to}` : to;
    texts.set(from, `${texts.get(from) ?? ''}import type {} from '${specifier}';\n`);
  }
  return texts;
}
