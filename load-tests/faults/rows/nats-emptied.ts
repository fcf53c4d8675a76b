import type { Fault } from '../fault.ts';
import { coursesDuring, gapsOf } from '../gaps.ts';
import { edgeScene } from './edge-killed.ts';
import { NO_JOINS, NOBODY_ELSE } from './nobody-else.ts';

export const natsEmptied: Fault = {
  row: 9,
  title: 'NATS is restarted empty',
  bounds: [
    { ...NOBODY_ELSE, title: 'viewers without frames' },
    { ...NO_JOINS, title: 'how often viewers had to join again' },
    {
      id: 'whole',
      title: 'until all know each other again and somebody new plays',
      unit: 'ms',
      is: 'at most',
      value: 5_000,
      of: 'worst',
    },
  ],
  async prepare(bench) {
    const { cluster } = bench;
    const { here, there, door, stream } = await edgeScene(bench);
    const comer = await cluster.audience();
    return {
      strike: async () => {
        const whole: number[] = [];
        const courses = await coursesDuring([there, here], async () => {
          await cluster.nats.kill();
          cluster.nats.empty();
          await cluster.nats.start();
          const from = performance.now();
          await cluster.agree();
          await comer.tasks.join([door.url], stream.streamId, 1);
          whole.push(performance.now() - from);
        });
        await comer.tasks.leave();
        return {
          others: gapsOf(courses.flat()),
          otherJoins: courses.flat().map(({ joins }) => joins),
          whole,
        };
      },
    };
  },
};
