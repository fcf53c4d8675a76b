import fc from 'fast-check';
import { requestText } from '../request-text.ts';
import { WRONG_KEY } from '../visit.ts';
import { departures } from '../wire.ts';
import { pick, type Step, steps, which } from './step.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'];

const paths = [
  ...['/', '/studio', '/studio?room=x', '/watch/x', '/embed/x', '/privacy', '/privacy.json', '/embed.json'],
  ...[
    '/healthz',
    '/readyz',
    '/meshlift.js',
    '/meshlift.mjs',
    '/metrics',
    '/assets',
    '/assets/',
    '/assets/../..',
  ],
  ...['/api/streams', '/api/streams/x', '/api/streams/x/rotate', '/api', '/api/streams/%2e%2e/x'],
  ...[
    '/whip/x',
    '/whep/x',
    '/whip/',
    '/whip/sessions/x',
    '/whep/sessions/x/events',
    '/whep/sessions/x/layer',
  ],
  ...['/whep/sessions/x/events/y', '/socket.io/', '/socket.io', '/SOCKET.IO/?EIO=4&transport=polling'],
  ...[
    '/%',
    '/%00',
    '/%ff',
    '/%E0%A4%A',
    '//',
    '//example.org/',
    '/..%2f..%2fetc/passwd',
    '/watch/%',
    '/\\..\\x',
  ],
  ...[
    '*',
    'http://localhost/healthz',
    'http://[',
    'http://[/socket.io/?transport=polling',
    'healthz',
    '?x',
    '/#x',
  ],
  ...[
    '/api/streams/constructor',
    '/api/streams/__proto__',
    '/watch/a%20b',
    `/${'x'.repeat(9_000)}`,
    '/?a[b]=c&a=d',
  ],
];

const headerLists = [
  [],
  [],
  ['Accept-Encoding: br, gzip'],
  ['Range: bytes=5-1, 99-'],
  ['If-None-Match: "x"', 'If-Modified-Since: yesterday'],
  ['Origin: https://example.org', 'Access-Control-Request-Method: PATCH'],
  ['Host: '],
  ['Host: [::1'],
  ['Host: a b', 'X-Forwarded-Proto: gopher', 'X-Forwarded-For: ,,,'],
  ['Authorization: Bearer'],
  ['Authorization: Bearer x y', 'Content-Type: application/sdp'],
  ['Content-Type: application/json;charset=utf-99'],
  ['Content-Type: application/sdp', 'Content-Encoding: gzip'],
  ['Connection: close'],
  ['Expect: 100-continue'],
  ['Expect: the unexpected'],
  ['Transfer-Encoding: chunked'],
  ['Content-Length: -1'],
  [`X-Large: ${'x'.repeat(17_000)}`],
  ['X-Latin: \u00ff\u00fe'],
];

const bodies = fc.oneof(
  fc.constantFrom('', '', '{}', '[]', '{"a":', '["active"]', 'v=0', '\u0000'),
  fc.string({ maxLength: 40 }),
);

const request = fc.record({
  method: fc.constantFrom(...methods),
  path: fc.oneof(fc.constantFrom(...paths), fc.webPath()),
  version: fc.constantFrom('1.1', '1.1', '1.1', '1.0'),
  headers: fc.constantFrom(...headerLists),
  body: bodies,
});

type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const textOf = ({ method, path, version, headers, body }: Request) =>
  requestText(method, path, { version, headers, body });

/** Anything at all; the end of the connection is an answer too. */
const ask = steps('ask', request, {
  async act(visit, chosen) {
    const wire = await visit.open();
    wire.send(textOf(chosen));
    // A chunked body that does not come ends by a timeout of the server, which is longer than a step may take.
    const waits = chosen.headers.some((header) => header.startsWith('Transfer-Encoding'));
    if ((waits && !opens(chosen)) || isEventStream(chosen.path)) return;
    wire.leave('end');
    await visit.answer(wire, chosen.method);
  },
});

/** Its answer holds what is needed to end what it opens, which lasts for an hour or for a quarter of a minute. */
const opens = ({ method, path }: Request) =>
  (method === 'POST' && path.startsWith('/api/streams')) || path.endsWith('transport=polling');

const isEventStream = (path: string) => path.includes('/events/');

/** Several requests at once, to which the answers come in the same order. */
const pipeline = steps(
  'pipeline',
  fc.array(
    fc.constantFrom(
      '/healthz',
      '/',
      '/api/streams',
      '/nothing',
      '/socket.io/?EIO=4&transport=polling&sid=x',
      '/privacy.json',
    ),
    {
      minLength: 2,
      maxLength: 8,
    },
  ),
  {
    async act(visit, targets) {
      const wire = await visit.open();
      wire.send(targets.map((target) => requestText('GET', target)).join(''));
      for (const target of targets) {
        const answer = await visit.answer(wire);
        const right = target === '/healthz' || target === '/' || target === '/privacy.json';
        if (answer && (answer.status === 200) !== right)
          throw new Error(`${target} got the answer of another`);
      }
    },
  },
);

/** A request that stops somewhere. */
const cutShort = steps(
  'cut short',
  fc.record({
    request,
    at: fc.double({ min: 0, max: 0.99, noNaN: true }),
    departure: fc.constantFrom(...departures),
  }),
  {
    async act(visit, { request, at, departure }) {
      if (opens(request)) return;
      const wire = await visit.open();
      const text = textOf(request);
      wire.send(text.slice(0, Math.floor(text.length * at)));
      wire.leave(departure);
    },
  },
);

/** Bytes that are no HTTP. */
const babble = steps(
  'babble',
  fc.record({ bytes: fc.uint8Array({ maxLength: 60 }), departure: fc.constantFrom(...departures) }),
  {
    async act(visit, { bytes, departure }) {
      const wire = await visit.open();
      wire.send(Buffer.from(bytes));
      wire.leave(departure);
    },
  },
);

/** More of something than an address may ask for. */
const rush = steps('rush', fc.constantFrom('streams', 'wrong keys'), {
  async act(visit, what) {
    const wire = await visit.open();
    const { streamId } = pick(visit.streams, 0);
    const text =
      what === 'streams'
        ? requestText('POST', '/api/streams')
        : requestText('DELETE', `/api/streams/${streamId}`, {
            headers: [`Authorization: Bearer ${WRONG_KEY}`],
          });
    const times = what === 'streams' ? 62 : 32;
    wire.send(text.repeat(times));
    const statuses = [];
    for (let answer = 0; answer < times; answer += 1)
      statuses.push((await visit.answer(wire, 'POST'))?.status);
    if (what === 'streams' && statuses.at(-1) !== 429)
      throw new Error(`no limit was met: ${statuses.join()}`);
  },
});

const create = steps('create', fc.constant('a stream'), {
  act: async (visit) => {
    await visit.ask('POST', '/api/streams');
  },
});

/** What only the owner of a stream may do, and others try. */
const manage = steps(
  'manage',
  fc.record({
    stream: which,
    method: fc.constantFrom('GET', 'POST', 'DELETE'),
    key: fc.constantFrom('right', 'wrong', 'none'),
  }),
  {
    async act(visit, { stream, method, key }) {
      const keys = pick(visit.streams, stream);
      const headers = {
        right: [`Authorization: Bearer ${keys.publishKey}`],
        wrong: [`Authorization: Bearer ${WRONG_KEY}`],
        none: [],
      }[key];
      const path = `/api/streams/${keys.streamId}${method === 'POST' ? '/rotate' : ''}`;
      const answer = await visit.ask(method, path, { headers });
      const rotated =
        method === 'POST' && answer?.status === 200 ? /"streamId":"([^"]+)"/.exec(answer.body) : null;
      if (rotated?.[1]) keys.streamId = rotated[1];
    },
  },
);

export const requestSteps: fc.Arbitrary<Step>[] = [
  ask,
  ask,
  ask,
  pipeline,
  cutShort,
  cutShort,
  babble,
  create,
  manage,
];
/** Takes longer than any other. */
export const rareSteps: fc.Arbitrary<Step>[] = [rush];
