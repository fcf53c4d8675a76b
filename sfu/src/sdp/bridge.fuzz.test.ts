import { MeshliftError } from '@meshlift/protocol';
import { createLogger, createRegistry } from '@meshlift/telemetry';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { LocalMediaNode } from '../node/local-media-node.ts';
import { expectToAnswer } from '../testing/answer-rules.ts';
import {
  audioSection,
  dataSection,
  offerOf,
  opus,
  receiving,
  video,
  videoSection,
} from '../testing/sdp-offers.ts';
import { corpus, readCorpusOffer } from './corpus/corpus.ts';

const RUNS = 1_500;
/** The sessions that are opened. */
const camera = { relayId: 'relay', sessionId: 'ingest', sourceId: 'camera' };
const viewer = { relayId: 'relay', sessionId: 'viewer', subscription: { except: [] } };

const simulcast = ['a=rid:f send', 'a=rid:h send', 'a=rid:q send', 'a=simulcast:send f;h;q'];
const legacy = ['a=ssrc-group:SIM 1 2 3', ...[1, 2, 3].map((ssrc) => `a=ssrc:${ssrc} cname:me`)];

const publishers = [
  offerOf([audioSection(), videoSection()]),
  offerOf([audioSection(), videoSection({ lines: simulcast })]),
  offerOf([audioSection(), dataSection('2'), videoSection()]).replace('BUNDLE 0 2 1', 'BUNDLE 2 1 0'),
  offerOf([audioSection(), videoSection({ lines: legacy })]),
  ...corpus.filter(({ file }) => file.includes('-publish-')).map(readCorpusOffer),
];
const players = [
  offerOf([receiving(audioSection()), receiving(videoSection())]),
  ...corpus.filter(({ file }) => file.includes('-watch-')).map(readCorpusOffer),
];

/** Names, numbers and signs that have broken parsers before. */
const splinter = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    'undefined',
    'NaN',
    'rtx',
    'opus',
    '*',
  ),
  fc.constantFrom(
    '0',
    '-1',
    '1e9',
    '0x1',
    '127',
    '128',
    '255',
    '256',
    '65536',
    '4294967296',
    '99999999999999999999',
  ),
  fc.constantFrom(
    ' ',
    '=',
    ';',
    ',',
    ':',
    '~',
    '/',
    '%s',
    '%',
    '\t',
    '\u2028',
    '\u0000',
    '\r',
    'é',
    '[',
    '"',
    '<',
  ),
  fc.string({ maxLength: 12, unit: 'binary' }),
);

/** Whole lines that say something odd of themselves. */
const oddLine = fc.constantFrom(
  'a=fmtp:96 __proto__=1;constructor=2;apt=96',
  'a=fmtp:111 apt=111',
  'a=rtpmap:96 rtx/90000',
  'a=rtpmap:96 H264/90000',
  'a=rtpmap:111 opus/48000/99',
  'a=rid:__proto__ send',
  'a=simulcast:send __proto__;constructor',
  'a=simulcast:recv a send a',
  'a=mid:__proto__',
  'a=mid:constructor',
  'a=mid:9b2f7a0e-36a4-4d4e-8a55-aaaaaaaaaaaa',
  "a=mid:!#$%&'*+-.^_`{|}~",
  'a=fingerprint:future-hash AB:CD',
  'a=fingerprint:sha-1 AB:CD',
  'a=rid:hi-res send',
  'a=simulcast:send hi-res;f',
  'a=ssrc:1 __proto__:x',
  'a=ssrc:4294967295 cname:__proto__',
  'a=ssrc-group:FID 1 1',
  'a=ssrc-group:SIM 1 1',
  'a=ssrc-group:__proto__ 1 2',
  'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=extmap:255 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=group:BUNDLE __proto__ 0 1',
  'a=group:BUNDLE 0',
  'a=group:BUNDLE 2 1 0',
  'a=group:BUNDLE 1 0',
  'a=setup:passive',
  'a=bundle-only',
  'a=inactive',
  'a=sendrecv',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'm=audio 0 UDP/TLS/RTP/SAVPF 111',
  'm=__proto__ 9 UDP/TLS/RTP/SAVPF 0',
  'm=message 9 TCP/MSRP *',
);

const place = fc.nat({ max: 4_000 });

const change = fc.oneof(
  fc.record({ kind: fc.constantFrom('drop' as const, 'double' as const), at: place }),
  fc.record({ kind: fc.constant('swap' as const), at: place, other: place }),
  fc.record({ kind: fc.constant('insert' as const), at: place, line: oddLine }),
  fc.record({
    kind: fc.constantFrom('splice' as const, 'number' as const),
    at: place,
    offset: place,
    text: splinter,
  }),
);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function mutate(offer: string, changes: Change[]): string {
  const lines = offer.trimEnd().split('\r\n');
  for (const step of changes) {
    const at = step.at % Math.max(lines.length, 1);
    const line = lines[at] ?? '';
    if (step.kind === 'drop') lines.splice(at, 1);
    if (step.kind === 'double') lines.splice(at, 0, line);
    if (step.kind === 'swap') {
      const other = step.other % Math.max(lines.length, 1);
      lines[at] = lines[other] ?? '';
      lines[other] = line;
    }
    if (step.kind === 'insert') lines.splice(at, 0, step.line);
    if (step.kind === 'splice') {
      const offset = step.offset % (line.length + 1);
      lines[at] = line.slice(0, offset) + step.text + line.slice(offset);
    }
    if (step.kind === 'number') lines[at] = line.replace(/\d+/, () => step.text);
  }
  return `${lines.join('\r\n')}\r\n`;
}

const mutationsOf = (offers: string[]) =>
  fc
    .tuple(fc.constantFrom(...offers), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([offer, changes]) => mutate(offer, changes));

async function startNode() {
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
  /** How many sessions there are, and edges that serve them. */
  const left = async () => {
    const metrics = (await registry.getMetricsAsJSON()) as { name: string; values: { value: number }[] }[];
    const sum = (name: string) =>
      metrics.find((metric) => metric.name === name)?.values.reduce((total, { value }) => total + value, 0);
    return { sessions: sum('meshlift_sessions'), edges: sum('meshlift_edges') };
  };
  return { node, pids: node.workerPids(), left };
}

/** The answer to an offer, held against it; `undefined` when it was refused as it should be. */
async function answered(offer: string, opening: Promise<{ answer: string }>): Promise<string | undefined> {
  try {
    const { answer } = await opening;
    expectToAnswer(offer, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof MeshliftError)) throw error;
    expect(error.status, error.message).toBeLessThan(500);
    return undefined;
  }
}

it('no offer of a publisher harms a worker, leaves anything behind or is answered wrongly', async () => {
  const { node, pids, left } = await startNode();
  const counts = { taken: 0, refused: 0 };
  const watching = offerOf([
    receiving(audioSection({ codecs: [opus()] })),
    receiving(videoSection({ codecs: [video(96, 'VP8')] })),
  ]);
  const property = fc.asyncProperty(mutationsOf(publishers), async (offer) => {
    const answer = await answered(offer, node.openIngest({ ...camera, terms: { offer } }));
    counts[answer === undefined ? 'refused' : 'taken'] += 1;
    if (answer === undefined) {
      expect(await left()).toEqual({ sessions: 0, edges: 0 });
      return;
    }
    // What was let in must not hurt those who watch it.
    await answered(watching, node.openViewer({ ...viewer, terms: { offer: watching } }));
    await node.closeSession('viewer');
    await node.closeSession('ingest');
    expect(await left()).toEqual({ sessions: 0, edges: 0 });
  });
  property.afterEach(async (after) => {
    await after();
    await Promise.all(['viewer', 'ingest'].map((session) => node.closeSession(session)));
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(RUNS / 10);
  expect(node.workerPids()).toEqual(pids);
}, 60_000);

it('no offer of a player harms a worker, leaves anything behind or is answered wrongly', async () => {
  const { node, pids, left } = await startNode();
  const publishing = offerOf([audioSection(), videoSection()]);
  const counts = { taken: 0, refused: 0 };
  const property = fc.asyncProperty(mutationsOf(players), async (offer) => {
    const answer = await answered(offer, node.openViewer({ ...viewer, terms: { offer } }));
    counts[answer === undefined ? 'refused' : 'taken'] += 1;
    if (answer === undefined) expect(await left()).toEqual({ sessions: 1, edges: 0 });
    await node.closeSession('viewer');
    expect(await left()).toEqual({ sessions: 1, edges: 0 });
  });
  // Anew for each, since one that never connects is closed after some seconds.
  property.beforeEach(async (before) => {
    await before();
    await node.openIngest({ ...camera, terms: { offer: publishing } });
  });
  property.afterEach(async (after) => {
    await after();
    await Promise.all(['viewer', 'ingest'].map((session) => node.closeSession(session)));
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(RUNS / 10);
  expect(node.workerPids()).toEqual(pids);
}, 60_000);

it('no fragment of SDP harms a worker', async () => {
  const { node, pids, left } = await startNode();
  const publishing = offerOf([audioSection()]);
  const fragments = [
    'm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=ice-ufrag:user\r\na=ice-pwd:passwordpasswordpassword\r\n',
    'a=ice-ufrag:1\r\na=ice-pwd:2\r\na=candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host\r\n',
  ];
  const property = fc.asyncProperty(mutationsOf(fragments), async (fragment) => {
    try {
      expect(await node.exchangeIce('ingest', fragment)).toSatisfy(
        (answer) => answer === null || String(answer).startsWith('a=ice-lite\r\n'),
      );
    } catch (error) {
      expect(error).toMatchObject({ code: 'SDP_INVALID' });
    }
  });
  property.beforeEach(async (before) => {
    await before();
    await node.openIngest({ ...camera, terms: { offer: publishing } });
  });
  property.afterEach(async (after) => {
    await after();
    await node.closeSession('ingest');
  });
  await fc.assert(property, { numRuns: RUNS });
  expect(node.workerPids()).toEqual(pids);
  expect(await left()).toEqual({ sessions: 0, edges: 0 });
}, 60_000);
