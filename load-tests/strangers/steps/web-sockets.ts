import fc from 'fast-check';
import { CLOSE, encodeFrame, type Frame, TEXT, textFrame } from '../frames.ts';
import { requestText } from '../request-text.ts';
import { CONNECT, DIRECT, HANDSHAKE } from '../socket-texts.ts';
import { departures, type Wire } from '../wire.ts';
import { conversation, packets } from './packets.ts';
import { pick, type Step, steps, which } from './step.ts';

const oddities = [
  'none',
  'none',
  'none',
  'no key',
  'bad key',
  'version 7',
  'POST',
  'HTTP/1.0',
  'h2c',
  'extension',
] as const;

function upgradeText(target: string, oddity: (typeof oddities)[number]): string {
  const headers = [
    'Connection: Upgrade',
    `Upgrade: ${oddity === 'h2c' ? 'h2c' : 'websocket'}`,
    `Sec-WebSocket-Version: ${oddity === 'version 7' ? 7 : 13}`,
    ...(oddity === 'no key'
      ? []
      : [`Sec-WebSocket-Key: ${oddity === 'bad key' ? '?' : 'MDEyMzQ1Njc4OWFiY2RlZg=='}`]),
    ...(oddity === 'extension'
      ? ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits=99']
      : []),
  ];
  const version = oddity === 'HTTP/1.0' ? '1.0' : '1.1';
  return requestText(oddity === 'POST' ? 'POST' : 'GET', target, { version, headers });
}

/** Asks for a WebSocket, also where there is none, and goes on speaking before it has the answer. */
const dial = steps(
  'dial',
  fc.record({
    target: fc.constantFrom(
      DIRECT,
      DIRECT,
      DIRECT,
      `${DIRECT}&EIO=3`,
      `${DIRECT}&sid=nobody`,
      HANDSHAKE,
      '/',
      '/healthz',
      '/whip/x',
      '/socket.io',
    ),
    oddity: fc.constantFrom(...oddities),
    early: fc.constantFrom('', CONNECT, '2', '1', 'x'),
    departure: fc.constantFrom('stay', 'stay', ...departures),
  }),
  {
    adds: 'webSockets',
    async act(visit, { target, oddity, early, departure }) {
      const wire = await visit.open();
      const first = early === '' ? Buffer.alloc(0) : textFrame(early);
      wire.send(Buffer.concat([Buffer.from(upgradeText(target, oddity)), first]));
      visit.webSockets.push(wire);
      if (departure === 'stay') await visit.answer(wire);
      wire.leave(departure);
    },
  },
);

/** Comes in as clients of ours do. */
const enter = steps(
  'enter',
  fc.constantFrom('by a WebSocket', 'by polling', 'by polling, then a WebSocket'),
  {
    adds: 'webSockets',
    async act(visit, how) {
      let target = DIRECT;
      if (how !== 'by a WebSocket') {
        const sid = await visit.handshake();
        visit.meanwhile(visit.poll(sid));
        target += `&sid=${sid}`;
      }
      if (how === 'by polling') {
        // So that there is one more, which is the last that came in.
        visit.webSockets.unshift(await visit.open());
        return;
      }
      const wire = await visit.open();
      wire.send(upgradeText(target, 'none'));
      visit.webSockets.push(wire);
      await visit.answer(wire);
      for (const text of how === 'by a WebSocket' ? [CONNECT] : ['2probe', '5']) wire.send(textFrame(text));
      await wire.heard();
    },
  },
);

/** Moves a session of long polling to a WebSocket, while it polls or not, in right order or not. */
const climb = steps(
  'climb',
  fc.record({
    who: which,
    polls: fc.constantFrom('before', 'after', 'never'),
    says: fc.oneof(
      fc.constant(['2probe', '5']),
      fc.array(fc.constantFrom('2probe', '5', '5', '3probe', '2', '1', CONNECT, '6', '420["x",{}]', 'x'), {
        maxLength: 5,
      }),
    ),
    departure: fc.constantFrom('stay', 'stay', ...departures),
  }),
  {
    needs: 'pollers',
    adds: 'webSockets',
    async act(visit, { who, polls, says, departure }) {
      const sid = pick(visit.pollers, who);
      if (polls === 'before') visit.meanwhile(visit.poll(sid));
      const wire = await visit.open();
      wire.send(upgradeText(`${DIRECT}&sid=${sid}`, 'none'));
      visit.webSockets.push(wire);
      await visit.answer(wire);
      for (const text of says) wire.send(textFrame(text));
      if (polls === 'after') visit.meanwhile(visit.poll(sid));
      wire.leave(departure);
    },
  },
);

/** Sends packets over a WebSocket, each in a message of its own. */
const say = steps(
  'say',
  fc.record({
    who: which,
    packets,
    connects: fc.constantFrom(false, false, false, false, false, false, true),
  }),
  {
    needs: 'webSockets',
    async act(visit, { who, packets, connects }) {
      const wire = pick(visit.webSockets, who);
      if (connects) wire.send(textFrame(CONNECT));
      for (const packet of packets) wire.send(textFrame(packet(visit)));
      await passed(wire);
    },
  },
);

/** Comes in, opens a session and uses it, each request once the one before it is answered. */
const converse = steps('converse', conversation, {
  adds: 'webSockets',
  async act(visit, requests) {
    const wire = await visit.open();
    wire.send(upgradeText(DIRECT, 'none'));
    await visit.answer(wire);
    visit.webSockets.push(wire);
    wire.send(textFrame(CONNECT));
    await wire.heard();
    for (const request of requests) {
      wire.send(textFrame(request(visit)));
      await passed(wire);
    }
  },
});

/** Until the server has read what was sent, as its next words show; some silence it for good. */
async function passed(wire: Wire): Promise<void> {
  wire.send(encodeFrame({ opcode: 9, payload: Buffer.from('?') }));
  if (!wire.closed)
    await Promise.race([
      wire.heard().catch(() => undefined),
      new Promise((resolve) => setTimeout(resolve, 20)),
    ]);
}

const frames: fc.Arbitrary<Frame> = fc.oneof(
  fc.record({
    opcode: fc.nat({ max: 15 }),
    payload: fc.uint8Array({ maxLength: 130 }).map((bytes) => Buffer.from(bytes)),
    fin: fc.boolean(),
    masked: fc.constantFrom(true, true, true, false),
    reserved: fc.constantFrom(0, 0, 0, 1, 4, 7),
  }),
  fc.constantFrom<Frame[]>(
    { opcode: TEXT, payload: Buffer.alloc(70_000, 'x') },
    { opcode: TEXT, payload: Buffer.from('42["half'), claimedLength: 200 },
    { opcode: TEXT, payload: Buffer.from('4'), claimedLength: 0xffff_ffff },
    { opcode: TEXT, payload: Buffer.from('42["stream'), fin: false },
    { opcode: 2, payload: Buffer.from('binary') },
    { opcode: CLOSE, payload: Buffer.from([0x03, 0xe8]) },
    { opcode: CLOSE, payload: Buffer.from([0x00]) },
  ),
);

/** Sends frames that WebSockets do not allow, beside some that they do. */
const stammer = steps(
  'stammer',
  fc.record({
    who: which,
    frames: fc.array(frames, { minLength: 1, maxLength: 4 }),
    departure: fc.constantFrom(...departures),
  }),
  {
    needs: 'webSockets',
    async act(visit, { who, frames, departure }) {
      const wire = pick(visit.webSockets, who);
      for (const frame of frames) wire.send(encodeFrame(frame));
      wire.leave(departure);
    },
  },
);

export const webSocketSteps: fc.Arbitrary<Step>[] = [
  ...[enter, enter],
  ...[dial, climb, climb],
  ...[say, say, say, say, say, stammer],
];
/** Sessions that are not closed outlive their connection by the grace time. */
export const rareWebSocketSteps: fc.Arbitrary<Step>[] = [converse, converse];
