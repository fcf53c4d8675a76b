import { clientRequests, type RequestName } from '@meshlift/protocol';
import fc from 'fast-check';
import { CONNECT } from '../socket-texts.ts';
import { type Visit, WRONG_KEY } from '../visit.ts';
import { pick, seldom, which } from './step.ts';

/** What a client of engine.io and socket.io sends, in text: made when it is sent, of what has been heard by then. */
export type Packet = (visit: Visit) => string;

const odd = [
  ...[
    '',
    '0',
    '1',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
    '2probe',
    '3probe',
    '0{}',
    '41',
    '40',
    '42',
    '43',
    '44',
    '45',
  ],
  ...[CONNECT, CONNECT, CONNECT, '40{"protocol":99}', '40null', '40[1]', '40"x"', '40{"protocol":{"a":1}}'],
  ...['40/admin,{"protocol":2}', '41/admin,', '42/admin,["x"]', '40/,{"protocol":2}', '40//?a=b,{}'],
  ...['42[]', '42[null]', '42{"a":1}', '42["x"]', '420["x",{}]', '42["error",{}]', '42["disconnect"]'],
  ...['42["newListener"]', '42["__proto__",{}]', '42["connect_error",{}]', '42[1,2]', '421[["x"]]'],
  ...['43[]', '430[]', '430', '431["x"]', '44{"message":"x"}', '4299999999999999999999["x",{}]'],
  ...['450-["x"]', '451-["x",{"_placeholder":true,"num":0}]', '4599999999-["x"]', '45-1-["x"]', '461-0[]'],
  ...[
    'b',
    'bAAAA',
    'b!!!!',
    'bA',
    `bAAAA`,
    '42["stream:watch"',
    `42${'['.repeat(5_000)}`,
    '4\u0000',
    '42["\ud800"]',
  ],
  ...[`420["stream:watch",{"streamId":"${'x'.repeat(60_000)}"}]`, `4${'x'.repeat(65_530)}`],
];

const names = Object.keys(clientRequests) as RequestName[];

/** Without these there is nothing for the others to be about. */
const openers = [
  'stream:publish',
  'room:join',
  'room:join',
  'room:publish',
  'room:send',
  'room:receive',
  'room:setMode',
] as const;

/** Has the form of nearly every request at once: schemas take what they know, and leave the rest. */
function payload(
  visit: Visit,
  { stream, session, epoch, wrongKey }: { stream: number; session: number; epoch: number; wrongKey: boolean },
) {
  const { streamId, publishKey } = pick(visit.streams, stream);
  return {
    streamId,
    publishKey: wrongKey ? WRONG_KEY : publishKey,
    sessionId: pick(['x'.repeat(22), ...visit.heard('sessionId')], session),
    roomId: `room-${visit.from.replaceAll('.', '-')}`,
    to: pick(['nobody', ...visit.heard('participantId')], session),
    signal: 'sealed',
    locked: false,
    mode: epoch === 2 ? 'mesh' : 'sfu',
    epoch,
    advice: 'stay',
    allowed: true,
    step: { name: 'ready' },
    leaveOut: true,
    rtpCapabilities: { codecs: [], headerExtensions: [] },
    dtlsParameters: {
      role: 'client',
      fingerprints: [{ algorithm: 'sha-256', value: Array(32).fill('AA').join(':') }],
    },
    kind: 'audio',
    paused: false,
    rtpParameters: {
      codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
      encodings: [{ ssrc: 1_111 }],
      headerExtensions: [],
      rtcp: { cname: 'stranger' },
    },
    producerId: pick(['none', ...visit.heard('producerId')], 0),
    consumerId: pick(['none', ...visit.heard('consumerId')], 0),
    consumerIds: ['none'],
    layers: null,
  };
}

export const requestsOf = (name: fc.Arbitrary<RequestName>): fc.Arbitrary<Packet> =>
  fc
    .record({
      name,
      stream: which,
      session: which,
      epoch: fc.nat({ max: 2 }),
      wrongKey: fc.constantFrom(false, false, false, true),
      ack: fc.constantFrom(true, true, true, true, true, true, true, false),
      without: seldom(fc.constantFrom('sessionId', 'streamId', 'publishKey', 'epoch', 'signal')),
      odd: seldom(fc.constantFrom(null, -1, 1e308, '', '\u0000', [], {}, '../x')),
    })
    .map(({ name, ack, without, odd, ...how }) =>
      shown(`${ack ? 'ack ' : ''}[${name}] ${fc.stringify({ ...how, without, odd })}`, (visit) => {
        const value: Record<string, unknown> = payload(visit, how);
        if (without) {
          if (odd === null) delete value[without];
          else value[without] = odd;
        }
        return `42${ack ? visit.nextRequest(name) : ''}${JSON.stringify([name, value])}`;
      }),
    );

const anyRequest = requestsOf(fc.oneof(fc.constantFrom(...openers), fc.constantFrom(...names)));

const fixed = fc
  .oneof(fc.constantFrom(...odd), fc.string({ maxLength: 20, unit: 'binary' }))
  .map((text) => shown(JSON.stringify(text.slice(0, 60)), () => text));

export const packets: fc.Arbitrary<Packet[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: anyRequest },
    { weight: 2, arbitrary: fixed },
    { weight: 1, arbitrary: fc.constant(shown(CONNECT, () => CONNECT)) },
  ),
  { minLength: 1, maxLength: 8 },
);

/** Gives a packet the words in which a failing run shows it. */
function shown(words: string, packet: Packet): Packet {
  return Object.assign(packet, { [fc.toStringMethod]: () => words });
}

/** What opens a session on a connection that has none, and then what may be asked of it. */
export const conversation: fc.Arbitrary<Packet[]> = fc
  .tuple(
    requestsOf(fc.constantFrom('room:join', 'room:join', 'stream:publish')),
    fc.array(anyRequest, { minLength: 2, maxLength: 12 }),
  )
  .map(([opener, rest]) => [opener, ...rest]);
