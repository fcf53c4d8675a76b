import { rtpCapabilitiesSchema, rtpParametersSchema } from '@meshlift/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opusAudio, simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import type { StartMediaNode } from './media-node-under-test.ts';

/** The sessions that are opened. */
const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera' };
const viewer = { relayId: 'relay', sessionId: 'viewer', subscription: { except: [] } };

/** Values that have broken parsers before, beside ordinary ones of each type. */
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, '', 0, -1, 255, 256, 65_536, 0xffff_ffff, [], {}, true),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'video/rtx',
    'video/VP8',
    'audio/opus',
    'video/H264',
    'L9T9',
    'r0',
    'apt',
  ),
  fc.integer({ min: 0, max: 127 }),
  fc.string({ maxLength: 20 }),
);

/** A value with some of what is in it replaced, removed or doubled. */
function mutationsOf(value: unknown): fc.Arbitrary<unknown> {
  const places = placesIn(value);
  const change = fc.tuple(
    fc.constantFrom(...places),
    fc.constantFrom('replace', 'remove', 'double'),
    oddValue,
  );
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = structuredClone(value);
    for (const [path, kind, odd] of changes) apply(copy, path, kind, odd);
    return copy;
  });
}

function placesIn(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Object.entries(value).flatMap(([key, child]) => placesIn(child, [...path, key]));
  return path.length > 0 ? [path, ...inside] : inside;
}

function apply(root: unknown, path: string[], kind: string, odd: unknown): void {
  let parent = root as Record<string, unknown> | undefined;
  for (const key of path.slice(0, -1)) {
    const next = parent?.[key];
    if (typeof next !== 'object' || next === null) return;
    parent = next as Record<string, unknown>;
  }
  const key = path.at(-1);
  if (!parent || key === undefined) return;
  if (kind === 'double' && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
  else if (kind === 'remove') delete parent[key];
  else parent[key] = odd;
}

/** No media parameters that a client may send do harm. @param runs how many are tried of each kind */
export function mediaNodeFuzzContract(name: string, start: StartMediaNode, runs: number): void {
  describe(`a media node ${name}`, () => {
    it('no publisher can harm a worker with media parameters that pass the schema', async () => {
      const { node, local } = await start({ workers: 1 });
      const workers = local.workerPids();
      let reached = 0;
      const property = fc.asyncProperty(
        fc.constantFrom('audio' as const, 'video' as const),
        fc.oneof(mutationsOf(simulcastVideo()), mutationsOf(opusAudio())),
        async (kind, mutated) => {
          const parsed = rtpParametersSchema.safeParse(mutated);
          if (!parsed.success) return;
          reached += 1;
          await node.openRelay('relay');
          await node.openIngest({ ...camera, terms: {} });
          const opening = node.openProducer('ingest', { kind, rtpParameters: parsed.data, paused: false });
          const code = await opening.then(
            () => 'opened',
            (error: { code: string }) => error.code,
          );
          expect(['opened', 'RTP_REJECTED']).toContain(code);
          // Whatever was let in must not keep viewers out or hurt the worker that serves them.
          const watching = node.openViewer({ ...viewer, terms: { rtpCapabilities: viewerCapabilities() } });
          expect(['opened', 'RTP_REJECTED']).toContain(
            await watching.then(
              () => 'opened',
              (error: { code: string }) => error.code,
            ),
          );
          await node.closeRelay('relay');
        },
      );
      await fc.assert(property, { numRuns: runs });
      expect(reached).toBeGreaterThan(runs / 10);
      expect(local.workerPids()).toEqual(workers);
    });

    it('no viewer can harm a worker with capabilities that pass the schema', async () => {
      const { node, local } = await start({ workers: 1 });
      const workers = local.workerPids();
      await node.openRelay('relay');
      await node.openIngest({ ...camera, terms: {} });
      await node.openProducer('ingest', { kind: 'video', rtpParameters: simulcastVideo(), paused: false });
      await node.openProducer('ingest', { kind: 'audio', rtpParameters: opusAudio(), paused: false });
      const property = fc.asyncProperty(mutationsOf(viewerCapabilities()), async (mutated) => {
        const parsed = rtpCapabilitiesSchema.safeParse(mutated);
        if (!parsed.success) return;
        const watching = node.openViewer({ ...viewer, terms: { rtpCapabilities: parsed.data } });
        const code = await watching.then(
          () => 'opened',
          (error: { code: string }) => error.code,
        );
        expect(['opened', 'RTP_REJECTED']).toContain(code);
        await node.closeSession('viewer');
      });
      await fc.assert(property, { numRuns: runs });
      expect(local.workerPids()).toEqual(workers);
    });
  });
}
