import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type PrivacyEntry, privacyPolicySchema } from '@meshlift/protocol';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/config.ts';
import { privacyPolicy } from './inventory.ts';
import { retransmission } from './media-entries.ts';
import type { RunningServer } from './running-server.ts';

function policyOf(changes: Partial<RunningServer> = {}) {
  return privacyPolicy({ ...parseConfig({}), librariesTalk: false, ...changes });
}

function entry(id: string, changes: Partial<RunningServer> = {}): PrivacyEntry {
  const entries = policyOf(changes).sections.flatMap((section) => section.entries);
  const found = entries.find((entry) => entry.id === id);
  if (!found) throw new Error(`no entry ${id}`);
  return found;
}

describe('J2: the inventory', () => {
  it('has what the protocol promises, under ids of which none comes twice', () => {
    const policy = privacyPolicySchema.parse(policyOf());
    const ids = policy.sections.flatMap(({ id, entries }) => [id, ...entries.map((entry) => entry.id)]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(
      expect.arrayContaining(['relayed-media', 'mesh-media', 'repeats', 'rate-limits', 'room-names', 'log']),
    );
  });

  it('names the grace time that is in force wherever something is kept for it', () => {
    for (const id of ['connections', 'streams', 'keys', 'room-names', 'rooms']) {
      expect(entry(id, { graceSeconds: 7 }).howLong).toContain('7 seconds');
      expect(entry(id, { graceSeconds: 1 }).howLong).toMatch(/\b1 second\b/);
      expect(entry(id, { graceSeconds: 1 }).howLong).not.toMatch(/30 seconds/);
    }
  });

  it('V23: names how long somebody who vanished is kept and counted, whatever the grace time', () => {
    const { howLong, what } = entry('connections', { graceSeconds: 1 });
    expect(howLong).toContain('40 seconds and 78 seconds at most');
    expect(what).toContain('Referer');
    expect(entry('streams', { graceSeconds: 1 }).what).toContain('78 seconds');
  });

  it('never says of media in relay mode that the server could not see it', () => {
    const { what, where } = entry('relayed-media');
    expect(what).toMatch(/could see and hear everything/);
    expect(what).toMatch(/not encrypted end to end/);
    expect(where).toEqual(['memory']);
    expect(JSON.stringify(policyOf())).not.toMatch(/end-to-end encrypted|fully encrypted/i);
  });

  it('says that media passes between the parts of the server unencrypted', () => {
    expect(entry('relayed-media').what).toMatch(/parts of the server .* not encrypted/);
  });

  it('V3: says for how long addresses count, and when the secret behind their hashes is replaced', () => {
    expect(entry('rate-limits').howLong).toMatch(/^1 minute\..*24 hours/);
  });

  it('tells what the level in force logs, and nothing that it does not', () => {
    const debug = entry('log', { logLevel: 'debug' });
    expect(debug.what).toContain('"debug"');
    expect(debug.what).toContain('each step of sending and receiving');
    const warn = entry('log', { logLevel: 'warn' });
    expect(warn.what).not.toContain('a stream goes live');
    expect(entry('streams', { logLevel: 'info' }).where).toEqual(['memory', 'log']);
    expect(entry('streams', { logLevel: 'warn' }).where).toEqual(['memory']);
    expect(entry('room-names', { logLevel: 'warn' }).where).toEqual(['memory', 'log']);
    expect(entry('room-names', { logLevel: 'error' }).where).toEqual(['memory']);
  });

  it('J18: says that nothing is logged at the silent level', () => {
    expect(entry('log', { logLevel: 'silent' })).toMatchObject({
      where: [],
      what: expect.stringMatching(/^Nothing/),
    });
    const policy = policyOf({ logLevel: 'silent' });
    expect(
      policy.sections.flatMap(({ entries }) => entries).filter(({ where }) => where.includes('log')),
    ).toEqual([]);
    expect(policy.cannotKnow.join()).not.toContain('log lines');
  });

  it('says so when libraries write past the logger that masks', () => {
    for (const logLevel of ['silent', 'info'] as const) {
      const { what, where } = entry('log', { logLevel, librariesTalk: true });
      expect(what).toMatch(/libraries write output of their own, which is not masked/);
      expect(where).toEqual(['log']);
    }
  });

  it('V13: names each host that browsers are told to contact, and none by default', () => {
    expect(entry('other-hosts')).toMatchObject({ what: expect.stringMatching(/^None/), where: [] });
    expect(entry('other-hosts').items).toBeUndefined();
    const iceServers = [
      { urls: 'stun:stun.example.org:3478' },
      {
        urls: ['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443'],
        username: 'u',
        credential: 'c3',
      },
    ];
    const { items } = entry('other-hosts', { iceServers });
    expect(items?.map(({ name }) => name)).toEqual(['stun.example.org', 'turn.example.org']);
    expect(JSON.stringify(policyOf({ iceServers }))).not.toContain('c3');
    expect(entry('mesh-media', { iceServers }).what).toContain('TURN server');
    expect(entry('mesh-media').what).not.toContain('TURN server');
  });

  it('says of TURN credentials that they are random, and for how long they are good', () => {
    const iceServers = [{ urls: 'turn:turn.example.org' }];
    const { what } = entry('other-hosts', { iceServers, turnSecret: 'a secret of some length' });
    expect(what).toMatch(/random name.* 1 hour/);
    expect(entry('other-hosts', { iceServers: [{ urls: 'stun:stun.example.org' }] }).what).not.toContain(
      'TURN',
    );
  });

  it('gives the operator who is named, and nobody if nobody is', () => {
    expect(policyOf().operator).toEqual({});
    const told = parseConfig({
      MESHLIFT_OPERATOR_NAME: ' The Example Society ',
      MESHLIFT_OPERATOR_CONTACT: 'privacy@example.org',
    });
    expect(policyOf(told).operator).toEqual({ name: 'The Example Society', contact: 'privacy@example.org' });
  });

  it('says who can read the metrics by where they are served', () => {
    expect(entry('metrics').who).toBe('Programs on the machine of the server.');
    for (const metricsHost of ['0.0.0.0', '::', '192.0.2.7']) {
      expect(entry('metrics', { metricsHost }).who).toContain('over the network');
    }
  });

  it('says what passes between servers only where there may be several', () => {
    expect(JSON.stringify(policyOf())).not.toContain('between-servers');
    const { clusterUrl } = parseConfig({
      MESHLIFT_CLUSTER_URL: 'nats://nats.example.org',
      MESHLIFT_CLUSTER_KEY: randomBytes(32).toString('base64'),
    });
    const { what, where, howLong } = entry('between-servers', { clusterUrl });
    expect(where).toEqual(['disk']);
    expect(what).toMatch(/keyed hash in place of your network address/);
    expect(howLong).toContain('1 hour');
  });

  it('speaks of proxies only where the server is set up to stand behind some', () => {
    expect(policyOf().cannotKnow.join()).not.toContain('proxies');
    expect(policyOf({ trustedProxies: 1 }).cannotKnow.join()).toContain('proxies');
  });
});

it('keeps packets for as long as mediasoup says it does', () => {
  const worker = new URL('../../../node_modules/mediasoup/worker/', import.meta.url);
  const source = (path: string) => readFileSync(new URL(path, worker), 'utf8');
  const figure = (name: string, text: string) =>
    Number(new RegExp(`${name}\\{ (\\d+)u? \\}`).exec(text)?.[1]);
  const stream = source('include/RTC/RTP/RtpStreamSend.hpp');
  expect(figure('MaxRetransmissionDelayForVideoMs', stream)).toBe(retransmission.videoSeconds * 1_000);
  expect(figure('MaxRetransmissionDelayForAudioMs', stream)).toBe(retransmission.audioSeconds * 1_000);
  const consumer = source('src/RTC/Consumer.cpp');
  expect(figure('TargetLayerRetransmissionBufferSize', consumer)).toBe(retransmission.packetsAhead);
});
