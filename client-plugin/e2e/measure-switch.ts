// Measures how much anybody sees and hears of a switch, and writes the figures to SWITCHING.md:
//   npm run measure:switch -- [--switches 20] [--people 2,3,4] [--picture 320x180@30]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

// A room of four encodes and decodes twelve pictures on one machine, so they are small.
const { values } = parseArgs({
  options: {
    switches: { type: 'string', default: '20' },
    people: { type: 'string', default: '2,3,4' },
    picture: { type: 'string', default: '320x180@30' },
  },
});

function run(...[command, ...args]: [string, ...string[]]): void {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      MESHLIFT_MEASURE: values.switches,
      MESHLIFT_MEASURE_PEOPLE: values.people,
      MESHLIFT_MEASURE_PICTURE: values.picture,
    },
  });
  if (status !== 0) process.exit(status ?? 1);
}

run('npm', 'run', 'build');
run('npx', 'playwright', 'test', '-c', 'client-plugin/e2e', '--project=sound', 'switch-gaps.spec');
