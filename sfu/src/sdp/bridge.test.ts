import { createLogger, createRegistry } from '@meshlift/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalMediaNode } from '../node/local-media-node.ts';
import { expectToAnswer } from '../testing/answer-rules.ts';
import { simulcastVideo, viewerCapabilities } from '../testing/rtp-fixtures.ts';
import {
  audioSection,
  dataSection,
  h264,
  MID,
  type OfferedSection,
  offerOf,
  opus,
  receiving,
  rtx,
  video,
  videoSection,
} from '../testing/sdp-offers.ts';
import { readCorpusOffer } from './corpus/corpus.ts';

/** The sessions that are opened. */
const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera' };
const viewer = { relayId: 'relay', sessionId: 'viewer', subscription: { except: [] } };
let node: LocalMediaNode;

beforeEach(async () => {
  node = await LocalMediaNode.create({
    workers: 1,
    addresses: [{ ip: '127.0.0.1' }],
    rtcPort: 0,
    logger: createLogger('silent'),
    registry: createRegistry(),
  });
  await node.openRelay('relay');
});
afterEach(() => node.close());

async function answerTo(offer: string, sessionId = camera.sessionId): Promise<string> {
  const { answer } = await node.openIngest({ ...camera, sessionId, terms: { offer } });
  return answer;
}

/** The sections of the answer that are in use, after it was held against the offer. */
async function publish(offer: string, sessionId?: string) {
  return expectToAnswer(offer, await answerTo(offer, sessionId));
}

async function watch(offer: string, sessionId = viewer.sessionId) {
  const { answer, consumers } = await node.openViewer({ ...viewer, sessionId, terms: { offer } });
  return { sections: expectToAnswer(offer, answer), consumers };
}

const parametersOf = (section: { fmtp: { config: string }[] } | undefined) =>
  section?.fmtp.map(({ config }) => config);

describe('one who watches', () => {
  it('keeps the layer it has asked for when its publisher comes back', async () => {
    const simulcast = offerOf([
      videoSection({ lines: ['a=rid:q send', 'a=rid:h send', 'a=rid:f send', 'a=simulcast:send q;h;f'] }),
    ]);
    await publish(simulcast);
    const { consumers } = await watch(offerOf([receiving(videoSection())]));
    await node.setConsumerLayers('viewer', consumers[0]?.id ?? '', { spatialLayer: 0 });
    await node.closeSession('ingest');
    await publish(simulcast, 'again');
    // The relay wants of the new publisher what its only viewer wants.
    const wanted = async () => (await node.listWantedLayers('again'))[0]?.spatialLayers;
    await expect.poll(wanted, { timeout: 5_000 }).toEqual([0]);
  });
});

describe('a player that needs SSRCs', () => {
  const offer = readCorpusOffer({ file: 'pion-watch-av.sdp' });
  const ssrcsOf = (sections: { ssrcs?: { id: number | string }[] | undefined }[]) =>
    sections.map(({ ssrcs = [] }) => ssrcs.map(({ id }) => Number(id)));

  /** The codes of sessions that ended. */
  function ended(): string[] {
    const codes: string[] = [];
    node.on('sessionClosed', ({ sessionId, code }) => codes.push(`${sessionId} ${code}`));
    return codes;
  }

  it('receives those of what is sent, one for each section: nothing is sent on another stream', async () => {
    await publish(offerOf([audioSection(), videoSection()]));
    const { sections, consumers } = await watch(offer);
    const sent = consumers.map(({ rtpParameters: { encodings } }) => encodings.map(({ ssrc }) => ssrc));
    expect(sent.flat()).toHaveLength(2);
    expect(ssrcsOf(sections)).toEqual(sent);
    expect(sections.every(({ ssrcGroups }) => ssrcGroups === undefined)).toBe(true);
  });

  it('joins again, once for all tracks, when the publisher comes back', async () => {
    await publish(offerOf([audioSection(), videoSection()]));
    await watch(offer);
    await watch(offerOf([receiving(audioSection()), receiving(videoSection())]), 'browser');
    await node.closeSession('ingest');
    const codes = ended();
    await publish(offerOf([audioSection(), videoSection()]), 'again');
    await expect.poll(() => codes, { timeout: 5_000 }).toEqual(['viewer TRACKS_CHANGED']);
    const { sections } = await watch(offer);
    expect(ssrcsOf(sections).flat()).toHaveLength(2);
    await expect.poll(() => node.listConsumers('browser')).toHaveLength(2);
    expect(codes).toHaveLength(1);
  });

  it('joins again when there is more to be sent, and not when it could not be sent that', async () => {
    await publish(offerOf([audioSection({ mid: 'sound' })]));
    const codes = ended();
    await watch(offer);
    await watch(offerOf([receiving(audioSection({ extensions: {} }))]), 'sound alone');
    await node.openProducer('ingest', { kind: 'video', rtpParameters: simulcastVideo(), paused: false });
    await expect.poll(() => codes, { timeout: 5_000 }).toEqual(['viewer TRACKS_CHANGED']);
    expect(await node.listConsumers('sound alone')).toHaveLength(1);
  });
});

describe('the answer to one who publishes', () => {
  it('takes sound and picture by the first codec that is served, with its repairs', async () => {
    const [sound, picture] = await publish(offerOf([audioSection(), videoSection()]));
    expect([sound?.direction, sound?.payloads]).toEqual(['recvonly', 111]);
    expect([picture?.direction, picture?.payloads]).toEqual(['recvonly', '96 97']);
    expect(picture?.rtcpFb?.map(({ type, subtype }) => [type, subtype].join(' ').trim())).toEqual(
      expect.arrayContaining(['nack', 'nack pli', 'transport-cc']),
    );
  });

  it('keeps what was said of Opus: forward error correction, and stereo', async () => {
    const codecs = [opus(111, 'minptime=10;useinbandfec=1;stereo=1')];
    const [sound] = await publish(offerOf([audioSection({ codecs })]));
    expect(parametersOf(sound)).toEqual(['minptime=10;useinbandfec=1;stereo=1']);
  });

  it('writes H.264 as it was offered, not as it is served', async () => {
    const codecs = [h264(102, '42001f', 0), rtx(103, 102)];
    const [picture] = await publish(offerOf([videoSection({ codecs })]));
    expect(parametersOf(picture)?.[0]).toContain('packetization-mode=0;profile-level-id=42001f');
    expect(parametersOf(picture)?.[1]).toBe('apt=102');
  });

  it('takes every layer that was offered, in the order of the offer', async () => {
    const lines = ['a=rid:f send', 'a=rid:h send', 'a=rid:q send', 'a=simulcast:send f;h;q'];
    const [picture] = await publish(offerOf([videoSection({ lines })]));
    expect(picture?.simulcast).toEqual({ dir1: 'recv', list1: 'f;h;q' });
    const { consumers } = await watch(offerOf([receiving(videoSection())]));
    expect(consumers).toMatchObject([{ spatialLayers: 3, temporalLayers: 3 }]);
  });

  it('takes rids with signs, and answers them as they were offered', async () => {
    const lines = ['a=rid:hi-res send', 'a=rid:lo_res send', 'a=simulcast:send hi-res;lo_res'];
    const offer = offerOf([videoSection({ lines })]);
    const answer = await answerTo(offer);
    expectToAnswer(offer, answer);
    expect(answer).toContain('a=rid:hi-res recv\r\na=rid:lo_res recv\r\na=simulcast:recv hi-res;lo_res\r\n');
  });

  it('keeps the order of the bundle, without what is refused', async () => {
    const sections = [audioSection(), dataSection('2'), videoSection({ mid: 'a'.repeat(36) })];
    const offer = offerOf(sections).replace(/^a=group:BUNDLE .*$/m, `a=group:BUNDLE 2 ${'a'.repeat(36)} 0`);
    const answer = await answerTo(offer);
    expectToAnswer(offer, answer);
    expect(answer).toContain(`a=group:BUNDLE ${'a'.repeat(36)} 0\r\n`);
  });

  it('refuses by port 0 what is beside the media: data, what is off, and what receives', async () => {
    const offer = offerOf([
      dataSection('data'),
      audioSection(),
      videoSection({ mid: '2', port: 0 }),
      receiving(videoSection({ mid: '3' })),
      videoSection({ mid: '4' }),
    ]);
    const answer = await answerTo(offer);
    const used = expectToAnswer(offer, answer);
    expect(used.map(({ mid }) => String(mid))).toEqual(['0', '4']);
    expect(answer.match(/^m=\S+ \d+/gm)).toEqual([
      'm=application 0',
      'm=audio 9',
      'm=video 0',
      'm=video 0',
      'm=video 9',
    ]);
  });

  it('takes several pictures, one of them bundle-only', async () => {
    const second = {
      ...videoSection({ mid: '2', port: 0 }),
      lines: ['a=bundle-only', 'a=ssrc:6000 cname:test'],
    };
    const used = await publish(offerOf([audioSection(), videoSection(), second]));
    expect(used.map(({ type }) => type)).toEqual(['audio', 'video', 'video']);
  });

  it.each([
    ['has no bundle', offerOf([audioSection()], { bundle: false })],
    ['has no names', offerOf([audioSection({ mid: null })], { bundle: false })],
    ['waits to be called by DTLS', offerOf([audioSection({ setup: 'passive' })])],
    ['calls by DTLS', offerOf([audioSection({ setup: 'active' })])],
    ['goes over TCP', offerOf([audioSection({ protocol: 'TCP/DTLS/RTP/SAVPF' })])],
    ['sends and would receive', offerOf([{ ...audioSection(), direction: 'sendrecv' }])],
  ])('fits an offer that %s', async (_, offer) => {
    expect(await publish(offer)).toHaveLength(1);
  });

  it('is an error that leaves nothing, when any of it cannot be served', async () => {
    const sameSsrc = audioSection({ lines: ['a=ssrc:5000 cname:test'] });
    await expect(publish(offerOf([sameSsrc, videoSection()]))).rejects.toMatchObject({ status: 422 });
    await expect(node.exchangeIce('ingest', 'a=ice-ufrag:a\r\na=ice-pwd:b')).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
    });
    expect(await publish(offerOf([audioSection(), videoSection()]))).toHaveLength(2);
  });
});

describe('the names that an encoder gives its tracks', () => {
  const telling = ['a=msid:alice@example alice-camera', 'a=ssrc:5000 cname:alice@example'];

  it('reach no viewer, whichever door the encoder comes by', async () => {
    await publish(
      offerOf([
        audioSection({ lines: ['a=ssrc:4242 cname:alice@example'] }),
        videoSection({ lines: telling }),
      ]),
    );
    await node.openIngest({ relayId: 'relay', sessionId: 'plugin', sourceId: 'another', terms: {} });
    const rtpParameters = {
      ...simulcastVideo(),
      msid: 'alice@example alice-camera',
      rtcp: { cname: 'alice@example' },
    };
    await node.openProducer('plugin', { kind: 'video', rtpParameters, paused: false });
    const { consumers } = await node.openViewer({
      ...viewer,
      terms: { rtpCapabilities: viewerCapabilities() },
    });
    expect(consumers).toHaveLength(3);
    expect(JSON.stringify(consumers)).not.toContain('alice');
    // Sound and picture of one source are played in step by it (RFC 7022).
    const cnames = consumers.map(({ sourceId, rtpParameters: { rtcp } }) => `${sourceId} ${rtcp?.cname}`);
    expect(new Set(cnames).size).toBe(2);
    expect(new Set(consumers.map(({ rtpParameters: { rtcp } }) => rtcp?.cname)).size).toBe(2);
  });
});

describe('the answer to one who watches', () => {
  const player = (...codecs: OfferedSection['codecs'] & object) =>
    offerOf([receiving(audioSection()), receiving(videoSection({ codecs }))]);

  it('names what is sent first, then what may come later, and no SSRC', async () => {
    await publish(offerOf([audioSection(), videoSection({ codecs: [video(98, 'VP9')] })]));
    const { sections, consumers } = await watch(
      player(video(101, 'VP8'), video(102, 'VP9'), video(45, 'AV1')),
    );
    expect(sections.map(({ direction, payloads }) => [direction, String(payloads)])).toEqual([
      ['sendonly', '111'],
      ['sendonly', '102 101 45'],
    ]);
    expect(sections.every(({ ssrcs }) => ssrcs === undefined)).toBe(true);
    expect(consumers.map(({ rtpParameters: { mid, codecs } }) => [mid, codecs[0]?.payloadType])).toEqual([
      ['0', 111],
      ['1', 102],
    ]);
  });

  it('agrees on no header extension for names that are longer than what it can carry', async () => {
    await publish(offerOf([audioSection(), videoSection()]));
    const named = (mid: string) => offerOf([receiving(audioSection({ mid, extensions: { 1: MID } }))]);
    const extensionsOf = ({ consumers }: Awaited<ReturnType<typeof watch>>) =>
      consumers.flatMap(({ rtpParameters: { headerExtensions = [] } }) =>
        headerExtensions.map(({ uri }) => uri),
      );
    const short = await watch(named('audio--0'), 'short');
    expect(short.sections[0]?.ext).toEqual([{ value: 1, uri: MID }]);
    expect(extensionsOf(short)).toEqual([MID]);
    const long = await watch(named('a'.repeat(36)), 'long');
    expect(long.sections[0]?.ext ?? []).toEqual([]);
    expect(extensionsOf(long)).toEqual([]);
  });

  it('is given before anything is sent, and what comes takes the sections that are free', async () => {
    expect((await watch(player(video(101, 'VP8')))).consumers).toEqual([]);
    const opened = new Promise<string | undefined>((resolve) => {
      node.on('consumerOpened', ({ consumer }) => resolve(consumer.rtpParameters.mid));
    });
    await node.openIngest({ ...camera, terms: {} });
    await node.openProducer('ingest', { kind: 'video', rtpParameters: simulcastVideo(), paused: false });
    expect(await opened).toBe('1');
  });

  it('names the codec that is missing, when sound alone could be served', async () => {
    await publish(offerOf([audioSection(), videoSection()]));
    await expect(watch(player(h264(96, '42e01f', 1)))).rejects.toMatchObject({
      code: 'SDP_UNSUPPORTED',
      message: "The stream's video is VP8, which is not among what was offered: H264 (profile 42e01f).",
    });
    await expect(node.listConsumers('viewer')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
  });

  it('serves one who wants the sound alone, and one who has no use for its section', async () => {
    await publish(offerOf([audioSection()]));
    expect((await watch(offerOf([receiving(audioSection())]))).consumers).toHaveLength(1);
    expect((await watch(player(h264(96, '42e01f', 1)), 'another')).consumers).toHaveLength(1);
  });
});

describe('ICE of a session that came by an offer', () => {
  const fragment = (password: string) => `a=ice-ufrag:user\r\na=ice-pwd:${password}\r\n`;

  it('needs no candidates, and restarts when the other end has other credentials', async () => {
    await publish(offerOf([audioSection()]));
    expect(await node.exchangeIce('ingest', fragment('passwordpasswordpassword'))).toBeNull();
    const restarted = await node.exchangeIce('ingest', fragment('anotherpasswordanother'));
    expect(restarted).toMatch(/^a=ice-lite\r\na=ice-ufrag:\S+\r\na=ice-pwd:\S+\r\n/);
    expect(await node.exchangeIce('ingest', fragment('anotherpasswordanother'))).toBeNull();
  });
});
