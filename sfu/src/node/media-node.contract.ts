import type {
  MediaNode,
  MediaNodeEvents,
  RtpParameters,
  Subscription,
  TransportOptions,
} from '@meshlift/protocol';
import type { Registry } from '@meshlift/telemetry';
import { beforeEach, describe, expect, it } from 'vitest';
import { opusAudio, simulcastVideo, strangerDtls, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import { audioSection, offerOf, receiving, video, videoSection } from '../testing/sdp-offers.ts';
import type { LocalMediaNode } from './local-media-node.ts';
import type { StartMediaNode } from './media-node-under-test.ts';

const everything = { except: [] };

/** What every `MediaNode` does, wherever its workers are. */
export function mediaNodeContract(name: string, start: StartMediaNode): void {
  describe(`a media node ${name}`, () => {
    let node: MediaNode;
    let local: LocalMediaNode;
    let registry: Registry;

    beforeEach(async () => {
      ({ node, local, registry } = await start());
    });

    function next<N extends keyof MediaNodeEvents>(name: N): Promise<MediaNodeEvents[N]> {
      return new Promise((resolve) => node.on(name, resolve));
    }

    async function metric(name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
      const metrics = (await registry.getMetricsAsJSON()) as {
        name: string;
        values: { value: number; labels: Record<string, string | number> }[];
      }[];
      const matches = (given: Record<string, string | number>) =>
        Object.entries(labels).every(([key, value]) => String(given[key]) === value);
      return metrics.find((entry) => entry.name === name)?.values.find((entry) => matches(entry.labels))
        ?.value;
    }

    async function publish(relayId = 'relay', sessionId = 'ingest') {
      await node.openRelay(relayId);
      await node.openIngest({ relayId, sessionId, sourceId: 'camera', terms: {} });
      const video = await node.openProducer(sessionId, {
        kind: 'video',
        rtpParameters: simulcastVideo(),
        paused: false,
      });
      const audio = await node.openProducer(sessionId, {
        kind: 'audio',
        rtpParameters: opusAudio(),
        paused: false,
      });
      return { video, audio };
    }

    it('refuses the orders of an owner that has been replaced, and of one that claims to be as new', async () => {
      const [first, second] = [
        { owner: 'first-door', generation: 1 },
        { owner: 'second-door', generation: 2 },
      ];
      const ingest = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} };
      const stale = { code: 'STALE_OWNER' };
      await node.openRelay('relay', first);
      await node.openIngest({ ...ingest, owner: first });
      await node.openRelay('relay', second);
      await expect(node.openIngest({ ...ingest, sessionId: 'late', owner: first })).rejects.toMatchObject(
        stale,
      );
      // What is another's by now need not be closed: refused or not, it stays.
      await node.closeRelay('relay', first).catch((error) => expect(error).toMatchObject(stale));
      await expect(node.openRelay('relay', { ...first, generation: 2 })).rejects.toMatchObject(stale);
      expect(await local.listWantedLayers('ingest')).toEqual([]);
    });

    it('refuses them also when the relay is over', async () => {
      const [first, second] = [
        { owner: 'first-door', generation: 1 },
        { owner: 'second-door', generation: 2 },
      ];
      await node.openRelay('relay', second);
      await node.closeRelay('relay', second);
      await expect(node.openRelay('relay', first)).rejects.toMatchObject({ code: 'STALE_OWNER' });
      await node.openRelay('relay', { ...first, generation: 3 });
    });

    it('describes sessions to those who take them over', async () => {
      const { video, audio } = await publish();
      const { transport, consumers } = await watch('viewer');
      expect(await node.describeSession('ingest')).toEqual({
        role: 'publisher',
        relayId: 'relay',
        sourceId: 'camera',
        iceUsername: expect.any(String),
        wantedLayers: await node.listWantedLayers('ingest'),
      });
      expect([video.producerId, audio.producerId]).toEqual(
        (await node.listWantedLayers('ingest')).map(({ producerId }) => producerId),
      );
      const described = { role: 'viewer', relayId: 'relay', consumers };
      const { usernameFragment: iceUsername } = transport.iceParameters;
      expect(await node.describeSession('viewer')).toEqual({ ...described, iceUsername });
      const { usernameFragment } = await node.restartIce('viewer');
      expect(usernameFragment).not.toBe(iceUsername);
      expect(await node.describeSession('viewer')).toEqual({ ...described, iceUsername: usernameFragment });
      await expect(node.describeSession('nobody')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    });

    function watch(sessionId: string, { relayId = 'relay', subscription = everything as Subscription } = {}) {
      const terms = { rtpCapabilities: viewerCapabilities() };
      return node.openViewer({ relayId, sessionId, subscription, terms });
    }

    /** More viewers than one worker sends to within 2 ms, as placement predicts before anything is measured. */
    const MORE_THAN_ONE_WORKERS = Array.from({ length: 80 }, (_, index) => `viewer ${index}`);

    describe('a relay', () => {
      it('gives each viewer a consumer for each track, with the layers to choose from', async () => {
        await publish();
        const { consumers } = await watch('viewer');
        expect(
          consumers.map(({ kind, spatialLayers, temporalLayers }) => [kind, spatialLayers, temporalLayers]),
        ).toEqual([
          ['video', 3, 3],
          ['audio', 1, 1],
        ]);
      });

      it('keeps a small audience on the worker of its origin, without a pipe', async () => {
        await publish();
        for (const viewer of MORE_THAN_ONE_WORKERS.slice(0, 40)) {
          await watch(viewer);
        }
        expect(await metric('meshlift_worker_viewers', { worker: '0' })).toBe(40);
        expect(await metric('meshlift_edges')).toBe(0);
        // 40 viewers of 5 packets a picture, and now and then of a piece of sound before it.
        expect(await metric('meshlift_worker_predicted_delay_seconds', { worker: '0' })).toBeCloseTo(
          0.0012,
          4,
        );
      });

      it('has its origin on a worker without one, where there is such a worker', async () => {
        const originOf = async (relayId: string) => {
          await node.openRelay(relayId);
          return (await local.workerPidsOf(relayId))[0];
        };
        const first = await originOf('first');
        const second = await originOf('second');
        expect([first, second].sort()).toEqual(local.workerPids().sort());
        await node.closeRelay('first');
        expect(await originOf('third')).toBe(first);
      });

      it('spreads a large one over both workers through one pipe, and removes the pipe after the last', async () => {
        await publish();
        for (const viewer of MORE_THAN_ONE_WORKERS) {
          const { consumers } = await watch(viewer);
          expect(consumers).toHaveLength(2);
        }
        expect(await metric('meshlift_worker_viewers', { worker: '0' })).toBeGreaterThan(60);
        expect(await metric('meshlift_worker_viewers', { worker: '1' })).toBeGreaterThan(10);
        expect(await metric('meshlift_worker_predicted_delay_seconds', { worker: '0' })).toBeLessThan(0.0021);
        expect(await metric('meshlift_edges')).toBe(1);
        for (const viewer of MORE_THAN_ONE_WORKERS) await node.closeSession(viewer);
        expect(await metric('meshlift_edges')).toBe(0);
        expect(await metric('meshlift_sessions', { role: 'viewer' })).toBe(0);
        expect(await metric('meshlift_worker_viewers', { worker: '1' })).toBe(0);
      });

      it('shows viewers that were there first the tracks that come later, on every worker', async () => {
        await node.openRelay('relay');
        await node.openIngest({ relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} });
        const waiting = MORE_THAN_ONE_WORKERS;
        for (const viewer of waiting) await watch(viewer);
        expect(await local.workerPidsOf('relay')).toHaveLength(2);
        const opened: string[] = [];
        const all = new Promise<void>((resolve) => {
          node.on('consumerOpened', ({ sessionId }) => {
            opened.push(sessionId);
            if (opened.length === waiting.length) resolve();
          });
        });
        await node.openProducer('ingest', { kind: 'video', rtpParameters: simulcastVideo(), paused: false });
        await all;
        expect(opened.sort()).toEqual(waiting.toSorted());
      });

      it('tells viewers when a track is paused, resumed and closed', async () => {
        const { audio } = await publish();
        const { consumers } = await watch('viewer');
        const consumerId = consumers.find(({ kind }) => kind === 'audio')?.id;
        const paused = next('consumerPaused');
        await node.setProducerPaused('ingest', audio.producerId, true);
        expect(await paused).toEqual({ sessionId: 'viewer', consumerId, paused: true });
        const closed = next('consumerClosed');
        await node.closeProducer('ingest', audio.producerId);
        expect(await closed).toEqual({ sessionId: 'viewer', consumerId });
        expect(await node.listConsumers('viewer')).toHaveLength(1);
      });

      it('keeps its viewers when the publisher comes back on a new ingest', async () => {
        await publish();
        await watch('viewer');
        await node.openIngest({ relayId: 'relay', sessionId: 'ingest again', sourceId: 'camera', terms: {} });
        await expect.poll(() => node.listConsumers('viewer')).toHaveLength(0);
        const opened = next('consumerOpened');
        await node.openProducer('ingest again', { kind: 'audio', rtpParameters: opusAudio(), paused: false });
        expect((await opened).sessionId).toBe('viewer');
        await expect(node.listWantedLayers('ingest')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
      });
    });

    describe('a relay of several sources', () => {
      const sourcesOf = (consumers: { sourceId: string; kind: string }[]) =>
        consumers.map(({ sourceId, kind }) => `${sourceId} ${kind}`).sort();

      async function publishFrom(source: string) {
        await node.openIngest({
          relayId: 'relay',
          sessionId: `ingest of ${source}`,
          sourceId: source,
          terms: {},
        });
        const rtpParameters = simulcastVideo();
        return node.openProducer(`ingest of ${source}`, { kind: 'video', rtpParameters, paused: false });
      }

      it('gives each viewer the sources it asked for, those that come later included, on one transport', async () => {
        await node.openRelay('relay');
        await publishFrom('anna');
        await publishFrom('ben');
        const ofAnna = await watch('audience', { subscription: { only: ['anna'] } });
        expect(sourcesOf(ofAnna.consumers)).toEqual(['anna video']);
        const notAnna = await watch('anna watches', {
          subscription: {
            except: ['anna'],
          },
        });
        expect(sourcesOf(notAnna.consumers)).toEqual(['ben video']);
        const opened = next('consumerOpened');
        await publishFrom('cleo');
        expect(await opened).toMatchObject({ sessionId: 'anna watches', consumer: { sourceId: 'cleo' } });
        expect(sourcesOf(await node.listConsumers('audience'))).toEqual(['anna video']);
        expect(await metric('meshlift_sessions', { role: 'viewer' })).toBe(2);
      });

      it('wants layers only of the sources that somebody watches', async () => {
        await node.openRelay('relay');
        const anna = await publishFrom('anna');
        const ben = await publishFrom('ben');
        await watch('audience', { subscription: { only: ['anna'] } });
        expect(await node.listWantedLayers('ingest of anna')).toEqual([
          { producerId: anna.producerId, spatialLayers: [0, 1, 2] },
        ]);
        expect(await node.listWantedLayers('ingest of ben')).toEqual([
          { producerId: ben.producerId, spatialLayers: [] },
        ]);
      });

      it('keeps the others when one source goes', async () => {
        await node.openRelay('relay');
        await publishFrom('anna');
        await publishFrom('ben');
        await watch('audience');
        await node.closeSession('ingest of anna');
        await expect.poll(async () => sourcesOf(await node.listConsumers('audience'))).toEqual(['ben video']);
        expect(await metric('meshlift_sessions', { role: 'ingest' })).toBe(1);
      });
    });

    describe('layers that nobody watches', () => {
      it('are not wanted of the publisher until a viewer comes, and only as high as the viewers go', async () => {
        const { video } = await publish();
        expect(video.spatialLayers).toEqual([]);
        const wanted: number[][] = [];
        node.on('layersWanted', (event) => {
          if (event.producerId === video.producerId) wanted.push(event.spatialLayers);
        });
        const { consumers } = await watch('viewer');
        await expect.poll(() => wanted).toEqual([[0, 1, 2]]);
        const consumerId = consumers.find(({ kind }) => kind === 'video')?.id ?? '';
        const fewer = next('layersWanted');
        await node.setConsumerLayers('viewer', consumerId, { spatialLayer: 0 });
        expect(await fewer).toMatchObject({ sessionId: 'ingest', spatialLayers: [0] });
        await node.setConsumerLayers('viewer', consumerId, null);
        await expect.poll(() => wanted.at(-1)).toEqual([0, 1, 2]);
      });
    });

    describe('a consumer that its viewer has paused', () => {
      async function watchedVideo(viewer: string) {
        const { consumers } = await watch(viewer);
        return consumers.find(({ kind }) => kind === 'video')?.id ?? '';
      }

      it('wants no layer, and those it was asked for again once it is resumed', async () => {
        const { video } = await publish();
        const wanted = () => node.listWantedLayers('ingest').then(([first]) => first?.spatialLayers);
        const consumerId = await watchedVideo('viewer');
        // Opened and not resumed yet: the encoder warms up for it.
        expect(await wanted()).toEqual([0, 1, 2]);
        await node.resumeConsumers('viewer', [consumerId]);
        await node.setConsumerLayers('viewer', consumerId, { spatialLayer: 1 });
        const none = new Promise<void>((resolve) => {
          node.on('layersWanted', (told) => {
            if (told.producerId === video.producerId && told.spatialLayers.length === 0) resolve();
          });
        });
        await node.pauseConsumers('viewer', [consumerId, 'a consumer of somebody else']);
        await none;
        await node.setConsumerLayers('viewer', consumerId, { spatialLayer: 0 });
        expect(await wanted()).toEqual([]);
        await node.resumeConsumers('viewer', [consumerId]);
        expect(await wanted()).toEqual([0]);
      });

      it('takes nothing from the other viewers, and leaves what else its viewer sees', async () => {
        await publish();
        const unseen = await watchedVideo('turned away');
        const seen = await watchedVideo('looking');
        await node.resumeConsumers('looking', [seen]);
        await node.setConsumerLayers('looking', seen, { spatialLayer: 1 });
        const fewer = next('layersWanted');
        await node.pauseConsumers('turned away', [unseen]);
        expect(await fewer).toMatchObject({ sessionId: 'ingest', spatialLayers: [0, 1] });
        expect((await node.listWantedLayers('ingest')).map(({ spatialLayers }) => spatialLayers)).toEqual([
          [0, 1],
          [0],
        ]);
      });

      it('is one of many: the longest list there may be, with ids that are unknown or double, is done', async () => {
        await publish();
        const consumerId = await watchedVideo('viewer');
        const ids = Array.from({ length: 256 }, (_, index) => (index % 2 ? consumerId : `unknown ${index}`));
        await node.resumeConsumers('viewer', ids);
        await node.pauseConsumers('viewer', ids);
        await expect(node.pauseConsumers('nobody', ids)).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
      });
    });

    describe('bad media parameters', () => {
      const broken: [string, RtpParameters][] = [
        ['no codec', { ...simulcastVideo(), codecs: [] }],
        ['too few keys to tell the layers apart', { ...simulcastVideo(), encodings: [{}, {}] }],
        [
          'an unknown codec',
          { ...opusAudio(), codecs: [{ mimeType: 'video/NONE', payloadType: 96, clockRate: 90_000 }] },
        ],
        ['the same SSRC twice', { ...opusAudio(), mid: '7', encodings: [{ ssrc: 9 }, { ssrc: 9 }] }],
      ];

      it.each(broken)(
        'are refused with a code, and the next good ones work (%s)',
        async (_, rtpParameters) => {
          await node.openRelay('relay');
          await node.openIngest({ relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} });
          const opening = node.openProducer('ingest', { kind: 'video', rtpParameters, paused: false });
          await expect(opening).rejects.toMatchObject({ code: 'RTP_REJECTED' });
          await node.openProducer('ingest', {
            kind: 'video',
            rtpParameters: simulcastVideo(),
            paused: false,
          });
          expect(await metric('meshlift_worker_deaths_total')).toBe(0);
        },
      );

      it('of a viewer are refused without leaving a transport', async () => {
        await publish();
        const nothingInCommon = node.openViewer({
          relayId: 'relay',
          sessionId: 'v1',
          subscription: everything,
          terms: { rtpCapabilities: viewerCapabilities(['video/AV1']) },
        });
        await expect(nothingInCommon).rejects.toMatchObject({ code: 'RTP_REJECTED' });
        const nonsense = {
          codecs: [{ kind: 'video' as const, mimeType: 'x', clockRate: 1, preferredPayloadType: 1 }],
          headerExtensions: [],
        };
        await expect(
          node.openViewer({
            relayId: 'relay',
            sessionId: 'v2',
            subscription: everything,
            terms: { rtpCapabilities: nonsense },
          }),
        ).rejects.toMatchObject({
          code: 'RTP_REJECTED',
        });
        expect(await metric('meshlift_sessions', { role: 'viewer' })).toBe(0);
        expect(await metric('meshlift_worker_viewers', { worker: '0' })).toBe(0);
      });

      it('of DTLS cannot be given twice', async () => {
        await node.openRelay('relay');
        await node.openIngest({ relayId: 'relay', sessionId: 'ingest', sourceId: 'camera', terms: {} });
        const cut = { ...strangerDtls(), fingerprints: [{ algorithm: 'sha-256' as const, value: 'AB:CD' }] };
        await expect(node.connectTransport('ingest', cut)).rejects.toMatchObject({ code: 'RTP_REJECTED' });
        await node.connectTransport('ingest', strangerDtls());
        await expect(node.connectTransport('ingest', strangerDtls())).rejects.toMatchObject({
          code: 'RTP_REJECTED',
        });
      });
    });

    describe('a session of one kind', () => {
      it('is unknown to what is asked of the other kind', async () => {
        const { video } = await publish();
        const { consumers } = await watch('viewer');
        const consumerIds = consumers.map(({ id }) => id);
        const producer = { kind: 'audio' as const, rtpParameters: opusAudio(), paused: false };
        const misdirected = await Promise.allSettled([
          node.openProducer('viewer', producer),
          node.setProducerPaused('viewer', video.producerId, true),
          node.closeProducer('viewer', video.producerId),
          node.inspectIngest('viewer'),
          node.listWantedLayers('viewer'),
          node.listConsumers('ingest'),
          node.resumeConsumers('ingest', consumerIds),
          node.pauseConsumers('ingest', consumerIds),
          node.setConsumerLayers('ingest', consumerIds[0] ?? '', null),
        ]);
        for (const result of misdirected)
          expect(result).toMatchObject({ reason: { code: 'SESSION_NOT_FOUND' } });
        expect(await node.listConsumers('viewer')).toHaveLength(2);
      });
    });

    describe('what breaks', () => {
      it('frees a transport that never connects, and says so, unless there is nothing yet to connect for', async () => {
        await publish();
        await watch('viewer');
        await node.openRelay('empty');
        await watch('early', { relayId: 'empty' });
        const sessions = new Map<string, string>();
        await new Promise<void>((resolve) => {
          node.on('sessionClosed', ({ sessionId, code }) => {
            sessions.set(sessionId, code);
            if (sessions.size === 2) resolve();
          });
        });
        expect(Object.fromEntries(sessions)).toEqual({
          ingest: 'TRANSPORT_TIMEOUT',
          viewer: 'TRANSPORT_TIMEOUT',
        });
        expect(await metric('meshlift_sessions', { role: 'viewer' })).toBe(1);
        expect(await metric('meshlift_sessions', { role: 'ingest' })).toBe(0);
        expect(await node.listConsumers('early')).toEqual([]);
      });

      it('opens relays on the others right after a worker has died, and says so when there is none', async () => {
        const [first, second] = local.workerPids();
        process.kill(first ?? 0, 'SIGKILL');
        await Promise.all(['a', 'b', 'c', 'd'].map((relayId) => node.openRelay(relayId)));
        process.kill(second ?? 0, 'SIGKILL');
        const opened = await Promise.allSettled(['e', 'f'].map((relayId) => node.openRelay(relayId)));
        for (const result of opened) {
          if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'MEDIA_FAILED' });
        }
        await expect
          .poll(() =>
            node.openRelay('g').then(
              () => 'open',
              () => 'not yet',
            ),
          )
          .toBe('open');
      });

      it('loses only the relays of a worker that dies, and replaces the worker', async () => {
        await publish();
        await watch('viewer');
        const lost = next('relayLost');
        const [origin] = await local.workerPidsOf('relay');
        if (origin === undefined) throw new Error('the relay has no worker');
        process.kill(origin, 'SIGKILL');
        expect(await lost).toEqual({ relayId: 'relay' });
        await publish('relay', 'ingest again');
        await publish('another', 'another ingest');
        await expect.poll(() => metric('meshlift_worker_viewers', { worker: '0' })).toBeDefined();
        await expect.poll(() => metric('meshlift_worker_viewers', { worker: '1' })).toBeDefined();
        expect(await metric('meshlift_worker_deaths_total')).toBe(1);
      });
    });

    describe('where media is sent to', () => {
      async function startAt(ips: string[], announced: () => readonly string[]) {
        const { node: other } = await start({ workers: 1, addresses: ips.map((ip) => ({ ip })), announced });
        await other.openRelay('relay');
        return other;
      }

      const placesOf = ({ iceCandidates }: TransportOptions) =>
        iceCandidates.map(({ protocol, address }) => `${protocol} ${address}`).sort();

      it('is each announced address, on the sockets of its kind', async () => {
        const other = await startAt(['0.0.0.0', '::'], () => ['203.0.113.7', '2001:db8::7', '203.0.113.8']);
        const { transport } = await other.openIngest({
          relayId: 'relay',
          sessionId: 'ingest',
          sourceId: 'camera',
          terms: {},
        });
        expect(placesOf(transport)).toEqual([
          'tcp 2001:db8::7',
          'tcp 203.0.113.7',
          'tcp 203.0.113.8',
          'udp 2001:db8::7',
          'udp 203.0.113.7',
          'udp 203.0.113.8',
        ]);
        const { iceCandidates } = transport;
        expect(new Set(iceCandidates.map(({ priority }) => priority)).size).toBe(6);
        const portOf = (start: string) => iceCandidates.find(({ address }) => address === start)?.port;
        expect(portOf('203.0.113.8')).toBe(portOf('203.0.113.7'));
        const { answer } = await other.openIngest({
          relayId: 'relay',
          sessionId: 'encoder',
          sourceId: 'encoder',
          terms: { offer: offerOf([audioSection(), videoSection()]) },
        });
        expect(answer.match(/^a=candidate:.* 1 udp .*$/gm)).toHaveLength(3);
        expect(answer).toMatch(/^a=candidate:\S+ 1 udp \d+ 2001:db8::7 \d+ typ host\r$/m);
      });

      it('changes for new sessions when the announced addresses do', async () => {
        let announced = ['203.0.113.7'];
        const other = await startAt(['0.0.0.0'], () => announced);
        const { transport: before } = await other.openIngest({
          relayId: 'relay',
          sessionId: 'first',
          sourceId: 'camera',
          terms: {},
        });
        expect(placesOf(before)).toEqual(['tcp 203.0.113.7', 'udp 203.0.113.7']);
        announced = ['203.0.113.9', '2001:db8::7'];
        const after = await other.openViewer({
          relayId: 'relay',
          sessionId: 'viewer',
          subscription: everything,
          terms: { rtpCapabilities: viewerCapabilities() },
        });
        expect(placesOf(after.transport)).toEqual(['tcp 203.0.113.9', 'udp 203.0.113.9']);
      });
    });

    describe('pipes', () => {
      it('take ports of their range alone, and are refused with a code when there are no more', async () => {
        const ports = { min: 39_998, max: 39_999 };
        const { node: small } = await start({ workers: 1, pipePorts: ports });
        await small.openRelay('relay');
        await small.openIngest({
          relayId: 'relay',
          sessionId: 'ingest',
          sourceId: 'camera',
          terms: { offer: offerOf([videoSection()]) },
        });
        const watch = (name: string, payloadType: number) =>
          small.openViewer({
            relayId: 'relay',
            sessionId: name,
            subscription: everything,
            terms: { offer: offerOf([receiving(videoSection({ codecs: [video(payloadType, 'VP8')] }))]) },
          });
        expect((await watch('first', 96)).consumers).toHaveLength(1);
        await expect(watch('second', 120)).rejects.toMatchObject({ code: 'SERVER_FULL' });
        // What was refused has left nothing, and a port that is given back serves the next.
        await expect(small.listConsumers('second')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
        await small.closeSession('first');
        await expect
          .poll(async () => (await watch('second', 120)).consumers.length, { timeout: 5_000 })
          .toBe(1);
      });
    });
  });
}
