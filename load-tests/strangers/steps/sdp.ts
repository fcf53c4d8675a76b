import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { requestText } from '../request-text.ts';
import { WRONG_KEY } from '../visit.ts';
import { departures } from '../wire.ts';
import { pick, type Step, seldom, steps, which } from './step.ts';

const CORPUS = new URL('../../../sfu/src/sdp/corpus/', import.meta.url);

export const read = (file: string) => readFileSync(new URL(file, CORPUS), 'utf8');

const OFFERS = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.sdp'))
  .sort();

export const SDP = 'Content-Type: application/sdp';
export const FRAGMENT = 'Content-Type: application/trickle-ice-sdpfrag';

const changes = fc.array(
  fc.record({
    line: fc.nat({ max: 200 }),
    how: fc.constantFrom('remove', 'double', 'cut', 'replace', 'swap'),
    text: fc.oneof(
      fc.constantFrom(
        '',
        'm=video 9 x 0',
        'a=mid:',
        'a=rtpmap:999 x/0',
        'a=fingerprint:md5 0',
        'a=group:BUNDLE 0 0 0',
      ),
      fc.string({ maxLength: 30 }),
    ),
  }),
  { maxLength: 4 },
);

type Changes = typeof changes extends fc.Arbitrary<infer T> ? T : never;

/** What a real program offered, with lines removed, doubled, cut, replaced and moved. */
function changed(sdp: string, list: Changes): string {
  const lines = sdp.split('\r\n');
  for (const { line, how, text } of list) {
    const at = line % lines.length;
    const old = lines[at] ?? '';
    if (how === 'remove') lines.splice(at, 1);
    if (how === 'double') lines.splice(at, 0, old);
    if (how === 'cut') lines[at] = old.slice(0, old.length / 2);
    if (how === 'replace') lines[at] = text;
    if (how === 'swap') lines.push(...lines.splice(at, 1));
  }
  return lines.join('\r\n');
}

/** The corpus has what is refused, too. */
export const VALID = {
  whip: ['chromium-publish-av.sdp', 'libdatachannel-publish-like-obs-h264.sdp', 'firefox-publish-audio.sdp'],
  whep: ['chromium-watch-av.sdp', 'pion-watch-av.sdp', 'gstreamer-watch-av.sdp'],
};

/** Publishes or plays as it should be done; whether there is anything to play is another matter. */
const properOffer = steps(
  'proper offer',
  fc.record({
    door: fc.constantFrom('whip' as const, 'whep' as const),
    stream: which,
    file: fc.nat({ max: 2 }),
  }),
  {
    async act(visit, { door, stream, file }) {
      const { streamId, publishKey } = pick(visit.streams, stream);
      const body = read(pick(VALID[door], file));
      await visit.offer(`/${door}/${streamId}`, [SDP, `Authorization: Bearer ${publishKey}`], body);
    },
  },
);

/** Publishes or plays by SDP, of which the most is refused, and of the rest nothing ever connects. */
const offer = steps(
  'offer',
  fc.record({
    door: fc.constantFrom('whip', 'whep'),
    stream: which,
    key: fc.constantFrom('right', 'right', 'wrong', 'none'),
    file: fc.constantFrom(...OFFERS),
    changes: fc.oneof(fc.constant<Changes>([]), changes),
    garbage: seldom(fc.string({ maxLength: 200, unit: 'binary' })),
  }),
  {
    async act(visit, { door, stream, key, file, changes, garbage }) {
      const { streamId, publishKey } = pick(visit.streams, stream);
      const body = garbage ?? changed(read(file), changes);
      const authorization = {
        right: [`Authorization: Bearer ${publishKey}`],
        wrong: [`Authorization: Bearer ${WRONG_KEY}`],
        none: [],
      };
      await visit.offer(`/${door}/${streamId}`, [SDP, ...authorization[key]], body);
    },
  },
);

const sessionRequests: { method: string; tail: string; headers: string[]; body: string; times?: number }[] = [
  // What a client does that keeps to the rules: first candidates, then a restart.
  {
    method: 'PATCH',
    tail: '',
    headers: [FRAGMENT, 'If-Match: ETAG'],
    body: 'a=mid:0\r\na=ice-ufrag:user\r\na=ice-pwd:passwordpasswordpassword\r\na=end-of-candidates\r\n',
    times: 2,
  },
  {
    method: 'PATCH',
    tail: '',
    headers: [FRAGMENT, 'If-Match: ETAG'],
    body: 'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n',
    times: 2,
  },
  { method: 'DELETE', tail: '', headers: [], body: '', times: 2 },
  { method: 'PATCH', tail: '', headers: [FRAGMENT], body: 'a=ice-ufrag:x\r\na=ice-pwd:y\r\n' },
  {
    method: 'PATCH',
    tail: '',
    headers: [FRAGMENT, 'If-Match: *'],
    body: 'a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n',
  },
  { method: 'PATCH', tail: '', headers: [FRAGMENT, 'If-Match: "x"'], body: 'a=end-of-candidates\r\n' },
  {
    method: 'PATCH',
    tail: '',
    headers: [FRAGMENT, 'If-Match: *'],
    body: 'a=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n',
  },
  { method: 'PATCH', tail: '', headers: [SDP], body: 'v=0' },
  { method: 'POST', tail: '/events', headers: [], body: '["active","layers","viewercount"]' },
  { method: 'POST', tail: '/events', headers: [], body: '{"a":[' },
  { method: 'POST', tail: '/layer', headers: [], body: '{"encodingId":"0"}' },
  { method: 'DELETE', tail: '/layer', headers: [], body: '' },
  { method: 'HEAD', tail: '/events/x', headers: [], body: '' },
];

/** Uses a session of WHIP or WHEP, in whatever order. */
const useSession = steps(
  'use session',
  fc.record({ session: which, request: fc.constantFrom(...sessionRequests) }),
  {
    async act(visit, { session, request }) {
      const { method, tail, headers, body, times = 1 } = request;
      const { path, etag } = pick(visit.sessions, session);
      const sent = headers.map((header) => header.replace('ETAG', etag));
      for (let time = 0; time < times; time += 1) {
        const answer = await visit.ask(method, path + tail, { headers: sent, body });
        const channel = tail === '/events' ? answer?.headers.get('location') : undefined;
        if (channel) await visit.listen(new URL(channel, 'http://localhost').pathname);
      }
    },
  },
);

/** Offers and leaves before the answer. The session is the key's to end, and for WHEP ends by itself. */
const offerAndGo = steps(
  'offer and go',
  fc.record({ stream: which, file: fc.constantFrom(...OFFERS), departure: fc.constantFrom(...departures) }),
  {
    async act(visit, { stream, file, departure }) {
      const { streamId, publishKey } = pick(visit.streams, stream);
      const headers = [SDP, `Authorization: Bearer ${publishKey}`];
      const wire = await visit.open();
      wire.send(requestText('POST', `/whip/${streamId}`, { headers, body: read(file) }));
      wire.leave(departure);
    },
  },
);

export const sdpSteps: fc.Arbitrary<Step>[] = [offer, properOffer, useSession, useSession];
/** What it leaves behind takes long to go away. */
export const rareSdpSteps: fc.Arbitrary<Step>[] = [offerAndGo];
