import { readFile } from 'node:fs/promises';
import { expect, test } from '../../client-plugin/e2e/support/fixtures.ts';
import { expectAllIn, expectAllToMeet, gather } from '../../client-plugin/e2e/support/gathering.ts';
import { mapped } from './mapped.ts';
import { mediaRoutes } from './media-routes.ts';
import { alerts, ask } from './prometheus.ts';

/** Prometheus asks every 15 seconds, and a rate needs two answers. */
const TWO_ANSWERS_MS = 50_000;

test('Prometheus asks the server and understands the alerts, and none fires', async () => {
  await expect.poll(() => ask('up{job="meshlift"}'), { timeout: 30_000 }).toEqual([1]);
  const rules = await alerts();
  expect(rules.map(({ name }) => name)).toEqual([
    'MeshliftDown',
    'MeshliftWorkerFull',
    'MeshliftWorkerDied',
    'MeshliftPathsFail',
    'MeshliftRequestsFail',
    'MeshliftClusterUnreachable',
    'MeshliftServerLost',
  ]);
  await expect
    .poll(async () => (await alerts()).map(({ health }) => health), { timeout: 30_000 })
    .toEqual(rules.map(() => 'ok'));
  expect(await ask('ALERTS{alertstate="firing"}')).toEqual([]);
});

test('a room lifts onto the relay in the container, and every panel and alert has something to go by', async ({
  newMember,
  newPage,
}) => {
  test.slow();
  const members = await gather(mapped.url, newMember, 2);
  await members[0].switchTo('sfu');
  await expectAllIn('sfu', members);
  await expectAllToMeet(members);
  for (const { page } of members) await expect.poll(() => mediaRoutes(page)).toContain(`udp ${mapped.media}`);
  await members[0].switchTo('mesh');
  await expectAllIn('mesh', members);

  const refused = await newPage();
  await refused.goto(`${mapped.url}/watch/${'A'.repeat(22)}`);
  await expect(refused.getByTestId('scene-card')).toHaveAttribute('data-state', 'absent');

  for (const query of [...(await panelQueries()), ...(await alerts()).map(whatItWatches)]) {
    await expect
      .poll(() => ask(query).then(({ length }) => length), { message: query, timeout: TWO_ANSWERS_MS })
      .toBeGreaterThan(0);
  }
});

async function panelQueries(): Promise<string[]> {
  const file = new URL('../monitoring/grafana/dashboards/meshlift.json', import.meta.url);
  const dashboard = JSON.parse(await readFile(file, 'utf8')) as { panels: { targets: { expr: string }[] }[] };
  return dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
}

/** An alert's figure without what it is compared with, and of failures that do not happen here the requests they are among. */
function whatItWatches({ query }: { query: string }): string {
  return query.replace(/ (?:(?:==|>) [\d.]+|< .*)$/, '').replace(/\{code=~"[A-Z_|]+"\}/, '');
}
