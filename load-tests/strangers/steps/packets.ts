import { clientRequests, PROTOCOL_VERSION, type RequestName } from '@meshlift/protocol';
import fc from 'fast-check';
import { type Visit, WRONG_KEY } from '../visit.ts';
import { pick, which } from './step.ts';

/** What a client of engine.io and socket.io sends, in text: made when it is sent, of what has been heard by then. */
export type Packet = (visit: Visit) => string;

/** Sent in right order these two let a client in and greet it. */
export const CONNECT = `40{"protocol":${PROTOCOL_VERSION}}`;

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
  ...['40/admin,{"protocol":1}', '41/admin,', '42/admin,["x"]', '40/,{"protocol":1}', '40//?a=b,{}'],
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

/** Has the form of nearly every request at once: schemas take what they know, and leave the rest. */
function payload(visit: Visit, { stream, wrongKey }: { stream: number; wrongKey: boolean }) {
  const { streamId, publishKey } = pick(visit.streams, stream);
  return {
    streamId,
    publishKey: wrongKey ? WRONG_KEY : publishKey,
    sessionId: visit.heard('sessionId') ?? 'x'.repeat(22),
    roomId: `room-${visit.from.replaceAll('.', '-')}`,
    to: visit.heard('participantId') ?? 'nobody',
    signal: 'sealed',
    locked: false,
    mode: 'sfu',
    epoch: 1,
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
    producerId: visit.heard('producerId') ?? 'none',
    consumerId: 'none',
    consumerIds: ['none'],
    layers: null,
  };
}

const request: fc.Arbitrary<Packet> = fc
  .record({
    name: fc.constantFrom(...names),
    stream: which,
    wrongKey: fc.boolean(),
    ack: fc.option(fc.nat({ max: 9 }), { nil: '' }),
    without: fc.option(fc.constantFrom('sessionId', 'streamId', 'publishKey', 'epoch', 'signal'), {
      freq: 5,
    }),
    odd: fc.option(fc.constantFrom(null, -1, 1e308, '', '\u0000', [], {}, '../x'), { freq: 5 }),
  })
  .map(({ name, ack, without, odd, ...how }) =>
    shown(`${ack}[${name}] ${fc.stringify({ ...how, without, odd })}`, (visit) => {
      const value: Record<string, unknown> = payload(visit, how);
      if (without) {
        if (odd === null) delete value[without];
        else value[without] = odd;
      }
      return `42${ack}${JSON.stringify([name, value])}`;
    }),
  );

const fixed = fc
  .oneof(fc.constantFrom(...odd), fc.string({ maxLength: 20, unit: 'binary' }))
  .map((text) => shown(JSON.stringify(text.slice(0, 60)), () => text));

export const packets: fc.Arbitrary<Packet[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: request },
    { weight: 2, arbitrary: fixed },
    { weight: 1, arbitrary: fc.constant(shown(CONNECT, () => CONNECT)) },
  ),
  { minLength: 1, maxLength: 4 },
);

/** Gives a packet the words in which a failing run shows it. */
function shown(words: string, packet: Packet): Packet {
  return Object.assign(packet, { [fc.toStringMethod]: () => words });
}
