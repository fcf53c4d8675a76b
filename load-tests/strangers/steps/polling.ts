import fc from 'fast-check';
import { requestText } from '../request-text.ts';
import { CONNECT, HANDSHAKE, SEPARATOR } from '../socket-texts.ts';
import type { Visit } from '../visit.ts';
import { departures, type Wire } from '../wire.ts';
import { packets } from './packets.ts';
import { pick, type Step, steps, which } from './step.ts';

const sessionPath = (visit: Visit, who: number) => `${HANDSHAKE}&sid=${pick(visit.pollers, who)}`;

/** Begins a session of long polling, as far as the server lets it. */
const knock = steps(
  'knock',
  fc.record({
    version: fc.constantFrom('1.1', '1.1', '1.0'),
    query: fc.constantFrom(
      '',
      '',
      '',
      '&EIO=3',
      '&b64=1',
      '&j=0',
      '&transport=websocket',
      '&sid=',
      '&t=x%ff',
    ),
    headers: fc.constantFrom(
      [],
      [],
      ['Origin: https://example.org'],
      ['Origin: null'],
      ['Connection: close'],
    ),
    connects: fc.boolean(),
  }),
  {
    adds: 'pollers',
    async act(visit, { version, query, headers, connects }) {
      const wire = await visit.open();
      wire.send(requestText('GET', HANDSHAKE + query, { version, headers }));
      const answer = await visit.answer(wire);
      const sid = /"sid":"([^"]+)"/.exec(answer?.body ?? '')?.[1];
      if (!sid) visit.pollers.push('refused');
      if (!sid || !connects) return;
      const post = await visit.open();
      post.send(requestText('POST', `${HANDSHAKE}&sid=${sid}`, { body: CONNECT }));
      await visit.answer(post);
    },
  },
);

/** Asks for what there is for a session, and is held when there is nothing. */
const poll = steps(
  'poll',
  fc.record({
    who: which,
    version: fc.constantFrom('1.1', '1.1', '1.0'),
    times: fc.constantFrom(1, 1, 1, 2, 3),
    headers: fc.constantFrom([], [], ['Accept-Encoding: gzip'], ['Connection: close']),
    departure: fc.constantFrom('stay', ...departures),
  }),
  {
    needs: 'pollers',
    async act(visit, { who, version, times, headers, departure }) {
      const wire = await visit.open();
      const text = requestText('GET', sessionPath(visit, who), { version, headers });
      wire.send(text.repeat(times));
      visit.meanwhile(answers(visit, wire, times));
      wire.leave(departure);
    },
  },
);

const ways = [
  'whole',
  'bytes',
  'chunked',
  'half',
  'octets',
  'twice',
  'large',
  'expecting',
  'with a poll',
] as const;

/** Sends packets to a session. */
const post = steps('post', fc.record({ who: which, packets, how: fc.constantFrom(...ways) }), {
  needs: 'pollers',
  async act(visit, { who, packets, how }) {
    const target = sessionPath(visit, who);
    const body = packets.map((packet) => packet(visit)).join(SEPARATOR);
    const wire = await visit.open();
    if (how === 'half') {
      wire.send(requestText('POST', target, { body: `${body}${'.'.repeat(40)}` }).slice(0, -20));
      return;
    }
    await send(wire, { target, body, how });
    const times = how === 'twice' || how === 'with a poll' ? 2 : 1;
    if (times === 1) await visit.answer(wire, 'POST');
    else visit.meanwhile(answers(visit, wire, times));
  },
});

async function send(
  wire: Wire,
  { target, body, how }: { target: string; body: string; how: (typeof ways)[number] },
): Promise<void> {
  const whole = requestText('POST', target, { body });
  const size = Buffer.byteLength(body).toString(16);
  if (how === 'whole') wire.send(whole);
  if (how === 'bytes') await wire.trickle(whole.slice(0, 600) + whole.slice(600));
  if (how === 'twice') wire.send(whole + whole);
  if (how === 'large') wire.send(requestText('POST', target, { body: `4${'x'.repeat(70_000)}` }));
  if (how === 'with a poll') wire.send(requestText('GET', target) + whole);
  if (how === 'octets') {
    wire.send(requestText('POST', target, { body, headers: ['Content-Type: application/octet-stream'] }));
  }
  if (how === 'expecting') {
    wire.send(requestText('POST', target, { body, headers: ['Expect: 100-continue'] }));
  }
  if (how === 'chunked') {
    const data = body === '' ? '' : `${size}\r\n${body}\r\n`;
    wire.send(`${requestText('POST', target, { headers: ['Transfer-Encoding: chunked'] })}${data}0\r\n\r\n`);
  }
}

async function answers(visit: Visit, wire: Wire, times: number): Promise<void> {
  for (let answer = 0; answer < times; answer += 1) await visit.answer(wire);
}

export const pollingSteps: fc.Arbitrary<Step>[] = [knock, knock, poll, poll, post, post];
