// The command of the load tests with scenarios that take no time: node tiny.ts <folder> [arguments…]
import { once } from 'node:events';
import type { Scenario } from '../../scenario.ts';
import { figure } from '../../statistics.ts';
import { main } from '../main.ts';

const usual = { rounds: 3, seconds: 1, viewers: [50, 100] };

const tiny: Scenario = {
  name: 'tiny',
  title: 'A load of nothing',
  about: 'Shows how a result comes about.',
  usual,
  run: async ({ wishes, progress, discard, note }) => {
    const rounds = Array.from({ length: wishes.rounds }, (_, round) => round + 1);
    for (const round of rounds) progress(`round ${round}`);
    discard('round 0: it was not counted');
    note('Nothing was measured.');
    return {
      options: { made: true },
      figures: [
        figure({ id: 'tiny.rounds', title: 'Rounds', unit: '', aim: { is: 'at least', value: 2 } }, [
          ...rounds,
        ]),
        figure({ id: 'tiny.ms', title: 'Time', unit: 'ms', aim: { is: 'at most', value: 5 } }, [10, 12, 30]),
      ],
      charts: [
        {
          ...{ name: 'rounds', title: 'Rounds', kind: 'line', x: 'round', y: 'rounds' },
          series: [{ name: 'rounds', points: (wishes.viewers ?? []).map((count) => [count, 1]) }],
        },
      ],
      rounds,
    };
  },
};

const broken: Scenario = {
  ...tiny,
  name: 'broken',
  title: 'One that fails',
  run: async () => {
    throw new Error('the relay is not there');
  },
};

const empty: Scenario = {
  ...tiny,
  name: 'empty',
  title: 'One that has no value',
  run: async () => ({
    ...{ options: {}, charts: [], rounds: [] },
    figures: [figure({ id: 'empty.none', title: 'None', unit: '' }, [])],
  }),
};

const endless: Scenario = {
  ...tiny,
  name: 'endless',
  title: 'One that goes on until it is stopped',
  run: async ({ signal, progress }) => {
    const open = setInterval(() => undefined, 1_000);
    progress('going on');
    await once(signal, 'abort');
    clearInterval(open);
    progress('stopping in order');
    throw new Error('half done');
  },
};

const [home = '', ...args] = process.argv.slice(2);

await main({
  scenarios: [tiny, broken, empty, endless],
  args,
  home,
  root: import.meta.dirname,
  prepare: async () => ({ file: '', width: 320, height: 180, frameRate: 30, frames: [] }),
  remarks: async () => ['The machine is made up.'],
});
