// Measures how much anybody sees and hears of a switch, and writes the figures to SWITCHING.md:
//   npm run measure:switch -- [--switches 20] [--people 2,3,4] [--picture 320x180@30]
// Or lifts and lowers a room of three with large cameras while something else keeps a core busy, and prints it:
//   npm run measure:switch -- --busy [--switches 10]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));

// A room of four encodes and decodes twelve pictures on one machine, so they are small.
const { values } = parseArgs({
  options: {
    busy: { type: 'boolean', default: false },
    switches: { type: 'string' },
    people: { type: 'string', default: '2,3,4' },
    picture: { type: 'string', default: '320x180@30' },
  },
});

const plan = values.busy
  ? { spec: 'busy-room.spec', project: 'e2e', env: { MESHLIFT_MEASURE_BUSY: values.switches ?? '10' } }
  : {
      spec: 'switch-gaps.spec',
      project: 'sound',
      env: {
        MESHLIFT_MEASURE: values.switches ?? '20',
        MESHLIFT_MEASURE_PEOPLE: values.people,
        MESHLIFT_MEASURE_PICTURE: values.picture,
      },
    };

function run(...[command, ...args]: [string, ...string[]]): void {
  const env = { ...process.env, ...plan.env };
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (status !== 0) process.exit(status ?? 1);
}

run('npm', 'run', 'build');
run('npx', 'playwright', 'test', '-c', 'client-plugin/e2e', `--project=${plan.project}`, plan.spec);
