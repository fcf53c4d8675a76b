import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

const WATCHED_MS = 2_500;

export const streamDeleted: Fault = {
  row: 18,
  title: 'A stream is deleted, with viewers on three nodes',
  bounds: [
    {
      id: 'dark',
      title: 'until the last frame of each',
      unit: 'ms',
      is: 'at most',
      value: 1_000,
      of: 'worst',
    },
  ],
  async prepare({ cluster, clip, short }) {
    const nodes = await Promise.all(['home', 'east', 'west'].map((region) => cluster.add('all', region)));
    const [home = nodes[0]] = nodes;
    if (!home) throw new Error('there are no nodes');
    return {
      strike: async () => {
        const stream = await cluster.createStream(home);
        const publisher = await cluster.publish(home, stream, clip);
        const audience = await cluster.audience();
        for (const { url } of nodes) await audience.tasks.join([url], stream.streamId, short ? 2 : 5);
        await audience.settle();
        const from = performance.timeOrigin + performance.now();
        const { status } = await fetch(`${home.url}/api/streams/${stream.streamId}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${stream.publishKey}` },
        });
        if (status >= 300) throw new Error(`the stream could not be deleted: ${status}`);
        await wait(WATCHED_MS);
        const frames = await audience.tasks.frames(from);
        await audience.stop();
        await publisher.stop();
        return { dark: frames.map((seen) => (seen.at(-1)?.at ?? from) - from) };
      },
    };
  },
};
