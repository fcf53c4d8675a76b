import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { liveIds } from './live-ids.ts';
import { maskFields, maskText, maskValue } from './mask.ts';

/** Every form of an address, and what of it must not be left standing. */
const byte = fc.integer({ min: 0, max: 255 });
const ipv4Parts = fc.tuple(fc.integer({ min: 11, max: 126 }), byte, byte, fc.integer({ min: 1, max: 255 }));
const group = fc.integer({ min: 0x1000, max: 0xffff }).map((value) => value.toString(16));
/** Shorter than what is looked for. */
const port = fc.constantFrom(9, 53, 443);
const pair = byte.map((value) => value.toString(16).padStart(2, '0'));
const groups = (count: number) => fc.array(group, { minLength: count, maxLength: count });
interface Form {
  text: string;
  secrets: string[];
}
const ipv4 = ipv4Parts.map((parts): Form => ({ text: parts.join('.'), secrets: [parts.join('.')] }));
const ipv6 = fc.oneof(
  groups(8).map((all): Form => ({ text: all.join(':'), secrets: all })),
  fc
    .tuple(groups(3), groups(2))
    .map(([a, b]): Form => ({ text: `${a.join(':')}::${b.join(':')}`, secrets: [...a, ...b] })),
  groups(4).map((all): Form => ({ text: `${all.join(':')}::`, secrets: all })),
  groups(2).map((all): Form => ({ text: `::${all.join(':')}`, secrets: all })),
  // Interfaces are named for their MAC address, or by people.
  groups(4).map((all): Form => {
    const mac = `${all.slice(1).join('')}`;
    return { text: `fe80::${all.join(':')}%enx${mac}`, secrets: [...all, mac] };
  }),
  groups(4).map(
    (all): Form => ({ text: `FE80::${all.join(':').toUpperCase()}%25adas-dock`, secrets: [...all, 'adas'] }),
  ),
  ipv4.map(({ text, secrets }): Form => ({ text: `::ffff:${text}`, secrets })),
  ipv4.map(({ text, secrets }): Form => ({ text: `64:ff9b::${text}`, secrets })),
  fc.tuple(groups(2), ipv4).map(
    ([a, { text }]): Form => ({
      text: `2001:db8:${a.join(':')}::${text}`,
      secrets: [...a, text],
    }),
  ),
);
const percent = (text: string, marks: RegExp) =>
  text.replace(marks, (mark) => `%${mark.charCodeAt(0).toString(16).padStart(2, '0')}`);
const address = fc.oneof(
  ipv4,
  ipv6,
  fc.tuple(ipv4, port).map(([{ text, secrets }, port]) => ({
    text: `${text}:${port}`,
    secrets,
  })),
  fc.tuple(ipv6, port).map(([{ text, secrets }, port]) => ({
    text: `[${text}]:${port}`,
    secrets,
  })),
  ipv4Parts.map((parts) => ({ text: `ip-${parts.join('-')}.example`, secrets: [parts.join('-')] })),
  ipv4Parts.map((parts) => ({
    text: `${[...parts].reverse().join('.')}.in-addr.arpa`,
    secrets: [[...parts].reverse().join('.')],
  })),
  // Letters alone, since digits look like an address of the other kind.
  fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { minLength: 32, maxLength: 32 })
    .map((nibbles) => ({
      text: `${nibbles.join('.')}.ip6.arpa`,
      secrets: [nibbles.slice(0, 8).join('.'), nibbles.slice(-8).join('.')],
    })),
  ipv4Parts.map(([a, b, c, d]) => {
    const number = String(((a * 256 + b) * 256 + c) * 256 + d);
    return { text: `http://${number}/x`, secrets: [number] };
  }),
  fc.array(pair, { minLength: 6, maxLength: 6 }).map((pairs) => ({
    text: pairs.join(':'),
    secrets: [pairs.join(':')],
  })),
  fc.uuid().map((uuid) => ({ text: `${uuid}.local`, secrets: [uuid] })),
  fc.constant<Form>({ text: 'Adas-MacBook.local', secrets: ['Adas'] }),
);
const escaped = fc
  .tuple(fc.oneof(ipv4, ipv6), fc.constantFrom(/[.:]/g, /[.:%]/g, /./g), fc.integer({ min: 1, max: 2 }))
  .map(([{ text, secrets }, marks, times]) => {
    // A zone's own sign must not begin an escape by chance.
    let form = percent(text.split('%')[0] ?? '', marks);
    if (times === 2) form = form.replaceAll('%', '%25');
    return { text: form, secrets: [...secrets, form] };
  });

/** What may stand before and after it. None can be part of an address. */
const before = [
  ...[
    '',
    ' ',
    '(',
    '[',
    '"',
    "'",
    '<',
    '=',
    '/',
    '//',
    '@',
    ',',
    ';',
    '|',
    '-',
    '_',
    '.',
    '...',
    ':',
    '::',
    '%',
  ],
  ...['udp:', 'addr:', 'tcp/', 'from ', 'peer=', 'IP', 'candidate:1 1 udp 1 ', 'c=IN IP4 ', 'c=IN IP6 '],
  ...[
    'https://',
    'http://user@',
    'turn:',
    '{"ip":"',
    'connect ECONNREFUSED ',
    'x-forwarded-for: ',
    '\n',
    '\t',
  ],
];
const after = [
  ...[
    '',
    ' ',
    ')',
    ']',
    '"',
    "'",
    '>',
    ',',
    ';',
    '|',
    '.',
    '...',
    '. Next',
    ': no answer',
    '/',
    '/24',
    '?',
    '!',
  ],
  ...[
    ' 54400 typ host',
    ' typ srflx raddr 0.0.0.0 rport 9',
    '\r\na=end-of-candidates',
    '}',
    '\n',
    ' (x)',
    '#x',
  ],
];

const inText = (form: fc.Arbitrary<Form>) =>
  fc.tuple(form, fc.constantFrom(...before), fc.constantFrom(...after));

const leaksOf = (text: string, secrets: string[]) => {
  // The pseudonyms are of hexadecimal digits, too.
  const visible = text.replace(/\[?\w+:[0-9a-f]{10}\]?/g, '').toLowerCase();
  return secrets.filter((secret) => visible.includes(secret.toLowerCase()));
};

const RUNS = { numRuns: 2_000 };

describe('V14 T1 T6: no address is left in a text', () => {
  it('whatever its form and whatever stands around it', () => {
    fc.assert(
      fc.property(inText(address), ([{ text, secrets }, left, right]) => {
        expect(leaksOf(maskText(`${left}${text}${right}`), secrets)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('also when it is escaped, once or twice, in part or whole', () => {
    fc.assert(
      fc.property(inText(escaped), ([{ text, secrets }, left, right]) => {
        // `%` and `20%2E…` would be an escaped blank.
        fc.pre(left !== '%');
        expect(leaksOf(maskText(`${left}${text}${right}`), secrets)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('nor in anything of an error or an object: codes, names, causes, lines of stacks, names of fields', () => {
    fc.assert(
      fc.property(inText(address), ([{ text, secrets }, left, right]) => {
        const place = `${left}${text}${right}`;
        const error = Object.assign(new Error(`failed\n    at ${place}\n    at ${place} (/x.ts:1:1)`), {
          // The frames of the test itself have numbers of lines.
          stack: `Error: failed\n    at ${place}\n    at ${place} (/x.ts:1:1)\n    at run (/y.ts:1:1)`,
          code: place,
          name: place,
          address: place,
          cause: { [place]: place, err: place, details: [place] },
        });
        const written = JSON.stringify([
          maskValue(error),
          maskFields({ [place]: 1, err: error, unknown: place }),
        ]);
        expect(leaksOf(written, secrets)).toEqual([]);
      }),
      RUNS,
    );
  });

  it.each([
    'udp:203.0.113.7:4711',
    'addr:2001:db8::1',
    '203.0.113.7...',
    '2001:db8::1...',
    '[2001:db8::1%25eth0]:443',
    'IP2001:db8::1',
    'http://0xcb007107/',
    '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  ])('such as %s', (text) => {
    expect(maskText(text)).not.toMatch(/203\.0|2001|db8|cb007107|8\.b\.d/);
  });

  it('a value gets one stand-in wherever it stands', () => {
    const stand = maskText('203.0.113.7');
    expect(stand).toMatch(/^\[address:[0-9a-f]{10}\]$/);
    expect(maskText('udp:203.0.113.7:4711')).toBe(`udp:${stand}:4711`);
    expect(maskText('http%3A%2F%2F203%2E0%2E113%2E7')).toBe(`http://${stand}`);
  });
});

describe('what says nothing about anybody stays readable', () => {
  it.each([
    'mediasoup 3.27.1',
    'at 12:34:56',
    '2026-11-30T12:34:56.789Z',
    'listening on 127.0.0.1:8080 and [::1]:8080',
    'server.ts:10:20',
    'file.add:12:34',
    'revision 2ef234e',
    'RTC::DtlsTransport::SetState() failed',
    'std::bad_alloc',
    '0b6f4a3c-9f6e-4b1d-8a55-3c6f5a1e2b7d',
    'a ratio of 16:9, 100 % of 3.5',
    'EADDRINUSE: address already in use :::8080',
    'client-plugin-loader',
    'app.local.ts',
  ])('%s', (text) => expect(maskText(text)).toBe(text));

  it('the frames of a stack, with the names of their functions', () => {
    const { stack } = maskValue(new TypeError('boom')) as { stack: string };
    expect(stack).toContain('mask.test.ts');
    expect(stack.split('\n').length).toBeGreaterThan(2);
  });

  it('codes as Node.js and the protocol have them', () => {
    for (const code of ['ECONNRESET', 'ERR_HTTP_HEADERS_SENT', 'STREAM_NOT_FOUND', 'EAI_AGAIN'])
      expect(maskValue(Object.assign(new Error('x'), { code }))).toMatchObject({ code });
  });
});

describe('T1: session descriptions and what stands in their lines', () => {
  it.each([
    'v=0\r\no=ada 1 2 IN IP4 203.0.113.7\r\ns=secret talk\r\n',
    JSON.stringify('v=0\r\no=ada 1 2 IN IP4 203.0.113.7\r\ns=secret talk\r\n'),
    'a=ice-pwd:ada/secretsecretsecret',
    'a=ssrc:1 cname:ada@secret',
    'a=msid:ada secret',
    'a=fingerprint:sha-256 0A:DA:0A:DA:0A:DA',
    'candidate:1 1 udp 1 203.0.113.7 9 typ host ufrag ada',
  ])('%j', (text) => expect(maskText(text)).not.toMatch(/ada|secret|203\.0|0A:DA/));
});

describe('J11: IDs, keys and names', () => {
  afterEach(() => liveIds.delete('kitchen'));

  it('an own ID that looks like a word is replaced in every text while it is in use', () => {
    expect(maskText('no room called kitchen')).toBe('no room called kitchen');
    liveIds.add('room', 'kitchen');
    liveIds.add('stream', 'kitchen');
    liveIds.delete('kitchen');
    expect(maskText('no room called kitchen')).toMatch(/^no room called \[room:[0-9a-f]{10}\]$/);
    expect(JSON.stringify(maskValue(new Error('kitchen: gone')))).not.toContain('kitchen');
    liveIds.delete('kitchen');
    expect(maskText('no room called kitchen')).toBe('no room called kitchen');
  });

  it.each([
    'GET https://ada:secret@example.org/',
    'GET /studio?room=secret&x=ada',
    'GET /room#password=secret',
    'authorization: Bearer secret',
    'Authorization: Basic YWRhOnNlY3JldA==',
    'GET /whip/secret/events',
  ])('%s', (text) => expect(maskText(text)).not.toMatch(/ada:|=ada|secret|YWRh/));

  it('fields whose names are not known are left out, with all they hold, and counted', () => {
    const buffer = Buffer.from('secret');
    expect(maskFields({ port: 1, kitchen: 1, details: { who: 'ada', code: 'X' }, err: buffer })).toEqual({
      port: 1,
      details: { code: 'X', omitted: 1 },
      err: { omitted: 1 },
      omitted: 1,
    });
    expect(maskFields({ streamId: { toString: () => 'secret' } })).toEqual({ streamId: '[removed]' });
  });
});
