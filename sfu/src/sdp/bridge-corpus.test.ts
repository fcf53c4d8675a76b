import { createLogger, createRegistry } from '@meshlift/telemetry';
import { parse } from 'sdp-transform';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LocalMediaNode } from '../node/local-media-node.ts';
import { expectToAnswer } from '../testing/answer-rules.ts';
import { audioSection, h264, offerOf, receiving, video, videoSection } from '../testing/sdp-offers.ts';
import { type CorpusEntry, corpus, readCorpusOffer } from './corpus/corpus.ts';

const SERVED = ['opus', 'VP8', 'VP9', 'H264', 'AV1'];

const everything = { except: [] };
/** The sessions that are opened. */
const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera' };
const viewer = { relayId: 'relay', sessionId: 'viewer', subscription: everything };

/** No program of the corpus decodes H.264 in all the profiles that are served. */
const PLAYER_OF_EVERYTHING = offerOf([
  receiving(audioSection()),
  receiving(
    videoSection({
      codecs: [
        video(96, 'VP8'),
        video(35, 'VP9'),
        h264(36, '42e01f', 1),
        h264(37, '4d001f', 1),
        h264(38, '64001f', 1),
        video(39, 'AV1'),
      ],
    }),
  ),
]);

async function startRelay() {
  const registry = createRegistry();
  const node = await LocalMediaNode.create({
    workers: 1,
    addresses: [{ ip: '127.0.0.1' }],
    rtcPort: 0,
    logger: createLogger('silent'),
    registry,
  });
  onTestFinished(() => node.close());
  await node.openRelay('relay');
  return node;
}

/** The sections that send, or those that receive. */
const sectionsOf = ({ sections }: CorpusEntry, way: 'sendonly' | 'recvonly') =>
  sections.filter(
    ({ kind, direction }) => kind !== 'application' && (direction === way || direction === 'sendrecv'),
  );

/** Whether each of them offers something that routers carry. */
const isServed = (entry: CorpusEntry, way: 'sendonly' | 'recvonly') =>
  sectionsOf(entry, way).every(({ codecs }) =>
    codecs.some((codec) => SERVED.some((name) => name.toLowerCase() === codec.toLowerCase())),
  );

const publishers = corpus.filter(({ file }) => /-(?:publish|both)-/.test(file));
const players = corpus.filter(({ file }) => /-(?:watch|both)-/.test(file));

describe('programs that publish', () => {
  it.each(publishers.filter((entry) => isServed(entry, 'sendonly')))('$file is taken in', async (entry) => {
    const node = await startRelay();
    const offer = readCorpusOffer(entry);
    const { answer } = await node.openIngest({ ...camera, terms: { offer } });
    const used = expectToAnswer(offer, answer);
    const sending = sectionsOf(entry, 'sendonly');
    expect(used.map(({ type }) => type)).toEqual(sending.map(({ kind }) => kind));
    // Whoever watches with a player of everything gets each track, with each of its layers.
    const { consumers } = await node.openViewer({ ...viewer, terms: { offer: PLAYER_OF_EVERYTHING } });
    for (const kind of ['audio', 'video']) {
      const tracks = sending.filter((section) => section.kind === kind);
      const layers = tracks.slice(0, 1).map(({ rids, simSsrcs }) => rids?.length ?? simSsrcs ?? 1);
      expect(consumers.filter((consumer) => consumer.kind === kind)).toMatchObject(
        layers.map((spatialLayers) => ({ spatialLayers })),
      );
    }
  });

  it.each(publishers.filter((entry) => !isServed(entry, 'sendonly')))(
    '$file is refused by name',
    async (entry) => {
      const node = await startRelay();
      const opening = node.openIngest({ ...camera, terms: { offer: readCorpusOffer(entry) } });
      await expect(opening).rejects.toMatchObject({
        code: 'SDP_UNSUPPORTED',
        message: expect.stringMatching(/Offered: .+\. Served: .+\./),
      });
      expect(await node.listConsumers('ingest').catch(({ code }) => code)).toBe('SESSION_NOT_FOUND');
    },
  );
});

describe('the orientation of a video (CVO)', () => {
  const CVO = 'urn:3gpp:video-orientation';
  const offering = corpus.filter((entry) => readCorpusOffer(entry).includes(CVO));

  it.each(offering)('is agreed on with nobody, as not every viewer would learn it: $file', async (entry) => {
    const node = await startRelay();
    expect(node.routerRtpCapabilities.headerExtensions.map(({ uri }) => uri)).not.toContain(CVO);
    // Whoever watches has the number of routers for it, so that nothing else stands in the way.
    const offer = readCorpusOffer(entry)
      .replace(/^a=extmap:8 .*\r\n/gm, '')
      .replaceAll(/^a=extmap:\d+ (urn:3gpp)/gm, 'a=extmap:8 $1');
    const { answer } = entry.file.includes('-watch-')
      ? await node.openViewer({ ...viewer, terms: { offer } })
      : await node.openIngest({ ...camera, terms: { offer } });
    expect(answer).toContain('a=setup:');
    expect(answer).not.toContain(CVO);
  });
});

describe('programs that watch', () => {
  it.each(players)('$file is served what a browser publishes', async (entry) => {
    const node = await startRelay();
    const wantsH264 = sectionsOf(entry, 'recvonly').some(
      ({ kind, codecs }) => kind === 'video' && !codecs.includes('VP8'),
    );
    const file = wantsH264 ? 'chromium-publish-h264.sdp' : 'chromium-publish-av.sdp';
    const publishing = corpus.find((candidate) => candidate.file === file);
    if (!publishing) throw new Error(`the corpus has no ${file}`);
    await node.openIngest({ ...camera, terms: { offer: readCorpusOffer(publishing) } });
    const offer = readCorpusOffer(entry);
    const { answer, consumers } = await node.openViewer({ ...viewer, terms: { offer } });
    const used = expectToAnswer(offer, answer);
    const kinds = sectionsOf(entry, 'recvonly').map(({ kind }) => kind);
    expect(used.map(({ type }) => type)).toEqual(kinds);
    expect(consumers.map(({ kind }) => kind).sort()).toEqual([...kinds].sort());
    // What flows is the payload type that the answer names first.
    const mids = parse(answer).media.map(({ mid }) => String(mid));
    for (const { rtpParameters } of consumers) {
      const section = parse(answer).media[mids.indexOf(rtpParameters.mid ?? '')];
      expect(String(section?.payloads).split(' ')[0]).toBe(String(rtpParameters.codecs[0]?.payloadType));
    }
  });
});
