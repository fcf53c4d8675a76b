import { Crowd } from './peers/crowd.ts';
import { Publisher } from './peers/publisher.ts';
import type { RelayUnderTest } from './relays/relay.ts';
import type { Bench } from './scenario.ts';

/** A relay with somebody who sends to it and nobody who watches yet. */
export interface Stage<R extends RelayUnderTest> {
  relay: R;
  publisher: Publisher;
  crowd: Crowd;
}

/**
 * Puts up a relay, its publisher and its crowd, each on its core, does something with them, and takes all of it
 * down again, whatever came of it.
 *
 * @throws Error when one of the processes ends by itself; the reason of `bench.signal`, when the run is stopped before or meanwhile
 */
export async function onStage<R extends RelayUnderTest, T>(
  bench: Bench,
  startRelay: () => Promise<R>,
  act: (stage: Stage<R>) => Promise<T>,
): Promise<T> {
  const { clip, cores, signal } = bench;
  signal.throwIfAborted();
  const stops: (() => Promise<void>)[] = [];
  const open = async <S extends { stop(): Promise<void> }>(starting: Promise<S>): Promise<S> => {
    const started = await starting;
    stops.unshift(() => started.stop());
    signal.throwIfAborted();
    return started;
  };
  try {
    const relay = await open(startRelay());
    const publisher = await open(Publisher.start(relay.ingest, { clip, core: cores.load }));
    const crowd = await open(Crowd.start({ core: cores.load }));
    return await Promise.race([
      act({ relay, publisher, crowd }),
      publisher.lost,
      crowd.lost,
      aborted(signal),
    ]);
  } finally {
    for (const stop of stops) await stop();
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
