import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { requestText } from '../request-text.ts';
import { type Visit, WRONG_KEY } from '../visit.ts';
import { departures } from '../wire.ts';
import { pick, type Step, seldom, steps, which } from './step.ts';

const CORPUS = join(import.meta.dirname, '../../../sfu/src/sdp/corpus');
const OFFERS = readdirSync(CORPUS)
  .filter((name) => name.endsWith('.sdp'))
  .sort();

const SDP = 'Content-Type: application/sdp';
const FRAGMENT = 'Content-Type: application/trickle-ice-sdpfrag';

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
      const body = garbage ?? changed(readFileSync(join(CORPUS, file), 'utf8'), changes);
      const authorization = {
        right: [`Authorization: Bearer ${publishKey}`],
        wrong: [`Authorization: Bearer ${WRONG_KEY}`],
        none: [],
      };
      const wire = await visit.open();
      wire.send(requestText('POST', `/${door}/${streamId}`, { headers: [SDP, ...authorization[key]], body }));
      const answer = await visit.answer(wire, 'POST');
      const location = answer?.headers.get('location');
      if (location) visit.sessions.push(new URL(location, 'http://localhost').pathname);
    },
  },
);

const sessionRequests = [
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
  { method: 'DELETE', tail: '', headers: [], body: '' },
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
      const { method, tail, headers, body } = request;
      const wire = await visit.open();
      wire.send(requestText(method, pick(visit.sessions, session) + tail, { headers, body }));
      const answer = await visit.answer(wire, method);
      const channel = tail === '/events' ? answer?.headers.get('location') : undefined;
      if (channel) await listen(visit, new URL(channel, 'http://localhost').pathname);
    },
  },
);

/** Holds an event stream open and reads what comes. */
async function listen(visit: Visit, path: string): Promise<void> {
  const wire = await visit.open();
  wire.send(requestText('GET', path));
  await wire.heard();
}

/** Offers and leaves before the answer. The session is the key's to end, and for WHEP ends by itself. */
const offerAndGo = steps(
  'offer and go',
  fc.record({ stream: which, file: fc.constantFrom(...OFFERS), departure: fc.constantFrom(...departures) }),
  {
    async act(visit, { stream, file, departure }) {
      const { streamId, publishKey } = pick(visit.streams, stream);
      const headers = [SDP, `Authorization: Bearer ${publishKey}`];
      const wire = await visit.open();
      wire.send(
        requestText('POST', `/whip/${streamId}`, { headers, body: readFileSync(join(CORPUS, file), 'utf8') }),
      );
      wire.leave(departure);
    },
  },
);

export const sdpSteps: fc.Arbitrary<Step>[] = [offer, offer, useSession, useSession];
/** What it leaves behind takes long to go away. */
export const rareSdpSteps: fc.Arbitrary<Step>[] = [offerAndGo];
