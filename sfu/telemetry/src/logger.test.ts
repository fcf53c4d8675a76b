import { describe, expect, it } from 'vitest';
import { createLogger, type LogLevel } from './logger.ts';

const STREAM_ID = 'q7RzT0aBcDeFgHiJkLmN3x';
const PUBLISH_KEY = '8sKd02LmZxCvBnMqWeRtYuIoPaSdFgHjKl4Q7T1xYz0';

function capture(level: LogLevel = 'debug') {
  const lines: string[] = [];
  const logger = createLogger(level, { write: (line) => lines.push(line) });
  return { logger, text: () => lines.join(''), last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('what a log line may hold', () => {
  it.each([
    ['IPv4', '203.0.113.7'],
    ['IPv4 mapped into IPv6', '::ffff:203.0.113.7'],
    ['IPv6', '2001:db8::8a2e:370:7334'],
    ['IPv6 with a zone', 'fe80::1ff:fe23:4567:890a%eth0'],
  ])('V14 T1: an address is masked wherever it stands (%s)', (_, address) => {
    const { logger, text } = capture();
    logger.info({ address }, 'as a field');
    logger.info({ details: { name: [`from ${address}, port 4711`], [address]: address } }, 'nested');
    logger.info(`in a message: ${address}`);
    logger.info('formatted: %s', address);
    logger.error(new Error(`cannot reach ${address}:443`));
    logger.error({ err: new Error('outer', { cause: new Error(`at ${address}`) }) }, 'as a cause');
    logger.child({ address }).warn('in a binding');
    expect(text()).not.toContain(address);
    expect(text()).not.toContain('203.0.113.7');
    expect(text().trim().split('\n')).toHaveLength(7);
  });

  it('V14: candidates and SDP are dropped', () => {
    const { logger, text } = capture();
    const sdp = 'a=candidate:1 1 udp 2113937151 198.51.100.23 54400 typ host';
    logger.info({ details: sdp }, sdp);
    expect(text()).not.toContain('198.51.100.23');
  });

  it('J11: stream IDs and keys are hashed or removed, in fields, texts, paths and errors', () => {
    const { logger, text } = capture();
    logger.info({ streamId: STREAM_ID, details: { publishKey: PUBLISH_KEY } }, 'fields');
    logger.info(`GET /watch/${STREAM_ID}?x=1`);
    logger.info('GET /watch/mine');
    logger.info({ name: `key ${PUBLISH_KEY}` }, STREAM_ID);
    logger.error(new Error(`no stream ${STREAM_ID}`));
    expect(text()).not.toContain(STREAM_ID);
    expect(text()).not.toContain(PUBLISH_KEY);
    expect(text()).not.toContain('/mine');
  });

  it('keeps what an operator needs: ports, own addresses, UUIDs, names and stacks', () => {
    const { logger, last } = capture();
    const transportId = '0b6f4a3c-9f6e-4b1d-8a55-3c6f5a1e2b7d';
    logger.info({ transportId, port: 8080, name: 'client-plugin-loader' }, 'listening on 127.0.0.1:8080');
    expect(last()).toMatchObject({ transportId, port: 8080, name: 'client-plugin-loader' });
    expect(last().msg).toBe('listening on 127.0.0.1:8080');
    logger.error(new Error('boom'));
    expect(last().err).toMatchObject({ type: 'Error', message: 'boom' });
    expect(last().err.stack).toContain('logger.test.ts');
  });

  it('gives one thing one stand-in, so that lines can be followed', () => {
    const { logger, last } = capture();
    logger.info({ streamId: STREAM_ID });
    const first = last().streamId;
    logger.info({ streamId: STREAM_ID });
    expect(last().streamId).toBe(first);
    expect(first).toMatch(/^stream:[0-9a-f]{10}$/);
  });

  it('J18: writes nothing at the silent level', () => {
    const { logger, text } = capture('silent');
    logger.error('anything');
    expect(text()).toBe('');
  });
});
