import { setImmediate as turn } from 'node:timers/promises';
import type { MediaNode } from '@meshlift/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { MediaCensus } from '../testing/media-census.ts';
import { opusAudio, simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { audioSection, offerOf, receiving, videoSection } from '../testing/sdp-offers.ts';
import type { StartMediaNode } from './media-node-under-test.ts';

const census = new MediaCensus();

const everything = { except: [] };
const encoder = offerOf([audioSection(), videoSection()]);
const player = offerOf([receiving(audioSection()), receiving(videoSection())]);

/** When something is interrupted: so many answers of the workers, and turns of the event loop, after it began. */
interface Moment {
  answers: number;
  turns: number;
}

/** From before the first answer to after the last that opening a session takes. */
const moments: readonly Moment[] = Array.from({ length: 10 }, (_, answers) =>
  [0, 1, 2].map((turns) => ({ answers, turns })),
).flat();

/** Hundreds of answers of workers, one after the other, beside whatever else the machine does. */
const TIMEOUT_MS = 90_000;

/** As placement predicts: more than one worker sends to within 2 ms. */
const MORE_THAN_ONE_WORKERS = 80;

/** A media node keeps nothing of what has ended, whatever ended it when. */
export function mediaNodeLeftoversContract(name: string, start: StartMediaNode): void {
  describe(`a media node ${name}`, () => {
    let node: MediaNode;
    let round = 0;

    beforeEach(async () => {
      ({ node } = await start());
      await node.openRelay('live');
    });

    /** A stream that outlives the viewers. Nobody here ever connects, so it has some seconds to be watched in. */
    async function goLive(): Promise<void> {
      await node.openIngest({ relayId: 'live', sessionId: 'ingest', sourceId: 'camera', terms: {} });
      await openTrack('ingest');
      await watch('resident');
    }

    /** Newcomers are sent to another worker than these, who wait for a source that never comes. */
    async function fillFirstWorker(): Promise<void> {
      for (let count = 0; count < MORE_THAN_ONE_WORKERS; count += 1) {
        await node.openViewer({
          relayId: 'live',
          sessionId: `waiting ${count}`,
          subscription: { only: ['never'] },
          terms: { rtpCapabilities: viewerCapabilities() },
        });
      }
    }

    function openTrack(session: string, kind: 'audio' | 'video' = 'video') {
      const rtpParameters = kind === 'audio' ? opusAudio() : simulcastVideo();
      return node.openProducer(session, { kind, rtpParameters, paused: false });
    }

    const watch = (session: string, relay = 'live') =>
      node.openViewer({
        relayId: relay,
        sessionId: session,
        subscription: everything,
        terms: { rtpCapabilities: viewerCapabilities() },
      });

    const play = (session: string, relay = 'live') =>
      node.openViewer({
        relayId: relay,
        sessionId: session,
        subscription: everything,
        terms: { offer: player },
      });

    /** Relays and sessions have names that no other has or has had. */
    function named<N extends string>(...names: N[]): Record<N, string> {
      round += 1;
      return Object.fromEntries(names.map((name) => [name, `${name} ${round}`])) as Record<N, string>;
    }

    async function comeByEitherDoor(): Promise<void> {
      const { plugin, player } = named('plugin', 'player');
      await Promise.all([watch(plugin), play(player)]);
      await Promise.all([node.closeSession(plugin), node.closeSession(player)]);
    }

    const comings: Record<string, (interruption: Moment) => Promise<void>> = {
      'viewers by either door': comeByEitherDoor,

      'viewers by either door on another worker': comeByEitherDoor,

      'tracks that come and go while viewers stay': async () => {
        const { producerId } = await openTrack('ingest', 'audio');
        await node.setProducerPaused('ingest', producerId, true);
        await node.setProducerPaused('ingest', producerId, false);
        await node.closeProducer('ingest', producerId);
      },

      'encoders that take a source from each other': async (moment) => {
        const sessions = Object.values(named('first', 'second', 'third'));
        const coming = sessions.map(async (session, index) => {
          for (let times = 0; times < index; times += 1) await passed(moment);
          return node.openIngest({
            relayId: 'live',
            sessionId: session,
            sourceId: 'encoder',
            terms: { offer: encoder },
          });
        });
        await Promise.allSettled(coming);
        await Promise.all(sessions.map((session) => node.closeSession(session)));
      },

      'viewers that leave while tracks come to them': async (moment) => {
        const { ingest, ...viewers } = named('ingest', 'plugin', 'player', 'other player');
        // It stays, as that of a stream does whose publisher may come back.
        const relay = 'waiting';
        await node.openRelay(relay);
        await watch(viewers.plugin, relay);
        await Promise.all([play(viewers.player, relay), play(viewers['other player'], relay)]);
        await node.openIngest({ relayId: relay, sessionId: ingest, sourceId: 'camera', terms: {} });
        await openTrack(ingest);
        await passed(moment);
        for (const session of [...Object.values(viewers), ingest]) await node.closeSession(session);
      },

      'relays that close while sessions are being opened': async (moment) => {
        const { relay, ingest, plugin, player, microphone, studio } = named(
          ...(['relay', 'ingest', 'plugin', 'player', 'microphone', 'studio'] as const),
        );
        await node.openRelay(relay);
        await node.openIngest({ relayId: relay, sessionId: ingest, sourceId: 'camera', terms: {} });
        await openTrack(ingest);
        const publish = async () => {
          await node.openIngest({ relayId: relay, sessionId: microphone, sourceId: 'microphone', terms: {} });
          await openTrack(microphone, 'audio');
        };
        const encode = node.openIngest({
          relayId: relay,
          sessionId: studio,
          sourceId: 'encoder',
          terms: { offer: encoder },
        });
        const opening = Promise.allSettled([watch(plugin, relay), play(player, relay), publish(), encode]);
        await passed(moment);
        await node.closeRelay(relay);
        for (const result of await opening) {
          // Refused with a code, so that clients learn what has become of them.
          if (result.status === 'rejected')
            expect(result.reason.code).toMatch(/^(SESSION_NOT_FOUND|MEDIA_FAILED)$/);
        }
      },
    };

    async function passed({ answers, turns }: Moment): Promise<void> {
      await census.answers(answers);
      for (let turned = 0; turned < turns; turned += 1) await turn();
    }

    it.each(Object.entries(comings))('keeps nothing of %s', { timeout: TIMEOUT_MS }, async (title, come) => {
      if (title.endsWith('another worker')) await fillFirstWorker();
      await goLive();
      // What is made once and kept is no leftover.
      await come({ answers: 0, turns: 0 });
      const before = await census.take();
      for (const moment of moments) await come(moment);
      expect(await census.take()).toEqual(before);
    });
  });
}
