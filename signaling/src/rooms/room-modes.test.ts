import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { joinMemoryCluster } from '../cluster/cluster.ts';
import { SessionRegistry } from '../sessions/session-registry.ts';
import { SessionTokens } from '../sessions/session-tokens.ts';
import { testNode } from '../testing/test-node.ts';
import { RoomMedia } from './room-media.ts';
import { RoomModes } from './room-modes.ts';

it('tells nobody that a switch is committed before that is written down', async () => {
  const { node, logger } = await testNode();
  const cluster = await joinMemoryCluster({ log: logger });
  onTestFinished(() => cluster.close());
  const media = new RoomMedia({
    roomId: 'kitchen',
    node,
    sessions: new SessionRegistry(new SessionTokens(cluster)),
    graceMs: 1_000,
    isPresent: () => true,
    sessionEnded: () => {},
  });
  const written = Promise.withResolvers<void>();
  const told: unknown[] = [];
  const modes = new RoomModes({
    roomId: 'kitchen',
    people: {
      ids: ['ada'],
      isConnected: () => true,
      tellAll: (_name, payload) => told.push('phase' in payload && payload.phase),
      tellHosts: () => true,
    },
    media,
    logger,
    changed: () => {},
    settled: () => written.promise,
    observeGap: () => {},
  });
  await modes.setMode('sfu', 0);
  modes.report('ada', 1, { name: 'ready' });
  expect(modes.record).toEqual({ mode: 'mesh', choice: 'mesh', epoch: 0 });
  modes.report('ada', 1, { name: 'over', gaps: [] });
  expect(modes.record).toEqual({ mode: 'sfu', choice: 'sfu', epoch: 1 });
  await setImmediate();
  expect(told).toEqual(['preflight', 'move']);
  written.resolve();
  await expect.poll(() => told).toEqual(['preflight', 'move', 'commit']);
  modes.close();
  await media.close();
});
