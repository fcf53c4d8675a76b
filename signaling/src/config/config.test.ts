import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig, unknownVariables } from './config.ts';

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(parseConfig({})).toMatchObject({
      port: 8080,
      rtcPort: 44_400,
      allowedOrigins: ['*'],
      logLevel: 'info',
    });
    expect(parseConfig({ MESHLIFT_PORT: '' }).port).toBe(8080);
  });

  it('reads what is given', () => {
    const config = parseConfig({
      MESHLIFT_PUBLIC_URL: 'https://live.example.org/',
      MESHLIFT_WORKERS: '3',
      MESHLIFT_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org","username":"u","credential":"c"}]',
    });
    expect(config).toMatchObject({
      publicUrl: 'https://live.example.org',
      workers: 3,
      allowedOrigins: ['https://a.example', 'https://b.example'],
      iceServers: [{ urls: 'turn:turn.example.org', username: 'u', credential: 'c' }],
    });
  });

  it('takes several addresses to announce, and no more than browsers have time for', () => {
    const announced = (text: string) => parseConfig({ MESHLIFT_ANNOUNCED_ADDRESS: text }).announcedAddresses;
    expect(announced('')).toEqual([]);
    expect(announced('203.0.113.7')).toEqual(['203.0.113.7']);
    expect(announced('203.0.113.7, 2001:db8::7,live.example.org')).toEqual([
      '203.0.113.7',
      '2001:db8::7',
      'live.example.org',
    ]);
    for (const wrong of [
      '203.0.113.7,',
      '203.0.113.7,localhost',
      '203.0.113.7 203.0.113.8',
      '::1,203.0.113.7',
    ]) {
      expect(() => announced(wrong)).toThrow(/MESHLIFT_ANNOUNCED_ADDRESS/);
    }
    expect(() => announced(Array(9).fill('203.0.113.7').join())).toThrow(/up to 8/);
  });

  it.each([
    ['https://Live.Example.org', 'https://live.example.org'],
    ['https://live.example.org:443/', 'https://live.example.org'],
    ['http://192.0.2.1:8080', 'http://192.0.2.1:8080'],
    ['http://[2001:db8::1]:8080/', 'http://[2001:db8::1]:8080'],
  ])('takes the root of a host as public URL (%s)', (given, publicUrl) => {
    expect(parseConfig({ MESHLIFT_PUBLIC_URL: given }).publicUrl).toBe(publicUrl);
  });

  it.each([
    ['', ['*']],
    ['*', ['*']],
    ['none', []],
    ['https://a.example, http://localhost:8100', ['https://a.example', 'http://localhost:8100']],
  ])('reads which pages may hold a player in a frame (%j)', (given, origins) => {
    expect(parseConfig({ MESHLIFT_FRAME_ORIGINS: given }).frameOrigins).toEqual(origins);
  });

  it.each([
    ['MESHLIFT_PORT', '65536'],
    ['MESHLIFT_PORT', '80a'],
    ['MESHLIFT_PORT', '/tmp/pages'],
    ['MESHLIFT_METRICS_PORT', 'tmp/metrics'],
    ['MESHLIFT_WORKERS', '0'],
    ['MESHLIFT_HOST', 'localhost'],
    ['MESHLIFT_PUBLIC_URL', 'ftp://example.org'],
    ['MESHLIFT_PUBLIC_URL', 'https://example.org/live'],
    ['MESHLIFT_PUBLIC_URL', 'https://example.org/live/'],
    ['MESHLIFT_PUBLIC_URL', 'https://example.org//'],
    ['MESHLIFT_PUBLIC_URL', 'https://example.org?a=b'],
    ['MESHLIFT_PUBLIC_URL', 'https://someone@example.org'],
    ['MESHLIFT_ANNOUNCED_ADDRESS', '0.0.0.0'],
    ['MESHLIFT_ANNOUNCED_ADDRESS', 'http://live.example.org'],
    ['MESHLIFT_ALLOWED_ORIGINS', 'https://a.example/path'],
    ['MESHLIFT_ALLOWED_ORIGINS', 'nonsense'],
    ['MESHLIFT_FRAME_ORIGINS', 'https://a.example/path'],
    ['MESHLIFT_FRAME_ORIGINS', 'none, https://a.example'],
    ['MESHLIFT_LOG_LEVEL', 'loud'],
    ['MESHLIFT_GRACE_SECONDS', '31'],
    ['MESHLIFT_OPERATOR_NAME', ' '],
    ['MESHLIFT_OPERATOR_NAME', 'two\nlines'],
    ['MESHLIFT_OPERATOR_CONTACT', 'http://example.org/contact'],
    ['MESHLIFT_OPERATOR_CONTACT', 'javascript:alert(1)'],
    ['MESHLIFT_OPERATOR_CONTACT', 'call me'],
  ])('stops at a value out of range, naming variable, value and what is allowed (%s=%s)', (name, value) => {
    const parse = () => parseConfig({ [name]: value });
    expect(parse).toThrow(ConfigError);
    expect(parse).toThrow(`${name} cannot be "${value}". Allowed: `);
  });

  it('names all mistakes at once', () => {
    const parse = () =>
      parseConfig({ MESHLIFT_PORT: 'x', MESHLIFT_WORKERS: '2', MESHLIFT_LOG_LEVEL: 'loud' });
    expect(parse).toThrow(/^MESHLIFT_PORT cannot be "x".*\nMESHLIFT_LOG_LEVEL cannot be "loud".*$/);
  });

  it('never repeats a value that may hold a password', () => {
    expect(() => parseConfig({ MESHLIFT_ICE_SERVERS: '[{"credential":"hunter2"}]' })).toThrow(/not shown/);
    expect(() => parseConfig({ MESHLIFT_ICE_SERVERS: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it.each([
    '[{"urls":"turn:turn.example.org"}]',
    '[{"urls":["stun:turn.example.org","turns:turn.example.org"]}]',
    '[{"urls":"turn:turn.example.org","username":"u"}]',
    '[{"urls":"turn:turn.example.org","credential":"c"}]',
    '[{"urls":"http://turn.example.org"}]',
    '[{"urls":"turn://turn.example.org","username":"u","credential":"c"}]',
    '[{"urls":"turn:","username":"u","credential":"c"}]',
  ])('stops at ICE servers that make browsers throw (%s)', (given) => {
    expect(() => parseConfig({ MESHLIFT_ICE_SERVERS: given })).toThrow(/^MESHLIFT_ICE_SERVERS cannot be/);
  });

  it('takes TURN servers without credentials when they share a secret with it, which is long enough', () => {
    const given = {
      MESHLIFT_ICE_SERVERS: '[{"urls":"turn:turn.example.org"}]',
      MESHLIFT_TURN_SECRET: 'sixteen or more!',
    };
    expect(parseConfig(given)).toMatchObject({ turnSecret: 'sixteen or more!' });
    const tooShort = () => parseConfig({ ...given, MESHLIFT_TURN_SECRET: 'fifteen letters' });
    expect(tooShort).toThrow(/^MESHLIFT_TURN_SECRET cannot be/);
    expect(tooShort).not.toThrow(/fifteen/);
  });

  describe('of ports', () => {
    const ports = (rtcPort: string, rtcLastPort: string, pipePorts = '', workers = '2') =>
      parseConfig({
        MESHLIFT_RTC_PORT: rtcPort,
        MESHLIFT_RTC_LAST_PORT: rtcLastPort,
        MESHLIFT_PIPE_PORTS: pipePorts,
        MESHLIFT_WORKERS: workers,
      });

    it('takes ranges of media and of pipes', () => {
      expect(ports('44400', '44401', '44402-44403')).toMatchObject({
        rtcPort: 44_400,
        rtcLastPort: 44_401,
        pipePorts: { min: 44_402, max: 44_403 },
      });
      expect(ports('', '', '10000-44399')).toMatchObject({ pipePorts: { min: 10_000, max: 44_399 } });
      expect(ports('0', '', '10000-59999')).toMatchObject({ pipePorts: { min: 10_000, max: 59_999 } });
      expect(ports('64512', '65535')).toMatchObject({ rtcLastPort: 65_535 });
    });

    it.each([
      ['MESHLIFT_RTC_PORT', '65535', '', '', '2 workers need the ports up to 65536'],
      ['MESHLIFT_RTC_LAST_PORT', '44400', '44399', '', 'MESHLIFT_RTC_PORT is 44400'],
      ['MESHLIFT_RTC_LAST_PORT', '0', '44400', '', 'MESHLIFT_RTC_PORT is 0'],
      ['MESHLIFT_RTC_LAST_PORT', '44400', '44400', '', '1 ports, for 2 workers'],
      ['MESHLIFT_RTC_LAST_PORT', '44400', '45424', '', 'these are 1025 ports'],
      ['MESHLIFT_RTC_LAST_PORT', '44400', '65536', '', ''],
      ['MESHLIFT_PIPE_PORTS', '44400', '', '44401-44500', 'media ports (44400 to 44401)'],
      ['MESHLIFT_PIPE_PORTS', '44400', '44403', '44000-44400', 'media ports (44400 to 44403)'],
      ['MESHLIFT_PIPE_PORTS', '44400', '44403', '44000-45000', 'media ports (44400 to 44403)'],
      ['MESHLIFT_PIPE_PORTS', '', '', '20000', ''],
      ['MESHLIFT_PIPE_PORTS', '', '', '20000-20000', ''],
      ['MESHLIFT_PIPE_PORTS', '', '', '20001-20000', ''],
      ['MESHLIFT_PIPE_PORTS', '', '', '0-20000', ''],
      ['MESHLIFT_PIPE_PORTS', '', '', '60000-65536', ''],
      ['MESHLIFT_PIPE_PORTS', '', '', '20000-30000-40000', ''],
    ])('stops at %s that does not fit (%s, %s, %s)', (name, first, last, pipes, why) => {
      const parse = () => ports(first, last, pipes);
      expect(parse).toThrow(new RegExp(`^${name} cannot be "[\\d-]+".*Allowed: .*$`));
      expect(parse).toThrow(why);
    });
  });

  describe('of a cluster', () => {
    const key = 'c2VjcmV0IGNsdXN0ZXIga2V5IG9mIDMyIGJ5dGVzIQ-9f';
    const url = 'nats://user:my%20canary@10.1.0.5,nats://user:my%20canary@10.1.0.6:4333';

    it('takes several servers with credentials, and two keys while one is changed', () => {
      const config = parseConfig({
        MESHLIFT_CLUSTER_URL: url,
        MESHLIFT_CLUSTER_KEY: `${key}, ${key.replace('9f', '8e')}`,
        MESHLIFT_ROLE: 'sfu',
        MESHLIFT_REGION: 'eu-west',
      });
      expect(config.clusterUrl).toMatchObject({
        servers: ['10.1.0.5:4222', '10.1.0.6:4333'],
        user: 'user',
        password: 'my canary',
      });
      expect(config.clusterKey).toHaveLength(2);
      expect(config).toMatchObject({ role: 'sfu', region: 'eu-west' });
    });

    it.each([
      [{ MESHLIFT_CLUSTER_URL: url }, /MESHLIFT_CLUSTER_KEY is not set/],
      [{ MESHLIFT_CLUSTER_URL: url, MESHLIFT_CLUSTER_KEY: 'too-short' }, /MESHLIFT_CLUSTER_KEY.*at least 32/],
      [{ MESHLIFT_CLUSTER_URL: 'http://10.1.0.5', MESHLIFT_CLUSTER_KEY: key }, /MESHLIFT_CLUSTER_URL.*nats:/],
      [{ MESHLIFT_ROLE: 'sfu' }, /MESHLIFT_ROLE.*MESHLIFT_CLUSTER_URL/],
      [{ MESHLIFT_ROLE: 'media' }, /MESHLIFT_ROLE.*all, signaling, sfu/],
      [{ MESHLIFT_REGION: 'eu west' }, /MESHLIFT_REGION/],
      [{ MESHLIFT_PIPE_ADDRESS: 'sfu.internal' }, /MESHLIFT_PIPE_ADDRESS/],
      [{ MESHLIFT_MAX_BRANCHES: '0' }, /MESHLIFT_MAX_BRANCHES.*1 to 64/],
    ])('refuses what could not work (%j)', (environment, message) => {
      expect(() => parseConfig(environment)).toThrow(message);
      try {
        parseConfig(environment);
      } catch (error) {
        expect((error as Error).message).not.toMatch(/canary|too-short|10\.1\.0/);
      }
    });
  });

  it('notices variables that do not exist', () => {
    expect(unknownVariables({ MESHLIFT_PROT: '1', MESHLIFT_PORT: '1', HOME: '/' })).toEqual([
      'MESHLIFT_PROT',
    ]);
  });
});
