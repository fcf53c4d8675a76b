import { describe, expect, it } from 'vitest';
import { LONGEST_NAME, LONGEST_TEXT, parseChannelMessage, parseSignal } from './messages.ts';

const offer = { kind: 'description', link: 1, type: 'offer', sdp: 'v=0', exchange: 1 };
const candidates = (count: number, candidate = 'candidate:1') => ({
  kind: 'candidates',
  link: 1,
  peer: 2,
  candidates: Array.from({ length: count }, () => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 })),
});
const presence = { kind: 'presence', stay: 'abc', name: 'Ada', audio: 'sent', video: 'paused' };
const chat = { kind: 'chat', id: 'abc', text: 'hello' };

describe('a signal', () => {
  it.each([offer, candidates(3), { kind: 'back' }])('is taken as it was sent: %j', (signal) => {
    expect(parseSignal(JSON.stringify(signal))).toEqual(signal);
  });

  it.each([
    ['no JSON', '{'],
    ['of an unknown kind', JSON.stringify({ kind: 'reboot' })],
    ['a description that would take back an offer', JSON.stringify({ ...offer, type: 'rollback' })],
    ['without a number', JSON.stringify({ ...offer, link: undefined })],
    ['with a number that counts nothing', JSON.stringify({ ...offer, link: -1 })],
    ['larger than any description', JSON.stringify({ ...offer, sdp: 'x'.repeat(20_001) })],
    ['with more candidates than any computer has', JSON.stringify(candidates(65))],
    ['with a candidate larger than any', JSON.stringify(candidates(1, 'x'.repeat(1_025)))],
  ])('is dropped when it is %s', (_, json) => {
    expect(parseSignal(json)).toBeUndefined();
  });
});

describe('a message on the channel', () => {
  it.each([presence, chat])('is taken as it was sent: %j', (message) => {
    expect(parseChannelMessage(JSON.stringify(message))).toEqual(message);
  });

  it('is taken at the longest, whatever its characters', () => {
    for (const character of ['x', '"', '\u0000', 'é']) {
      const longest = { ...chat, text: character.repeat(LONGEST_TEXT) };
      expect(parseChannelMessage(JSON.stringify(longest))).toEqual(longest);
    }
  });

  it.each([
    ['no text', new ArrayBuffer(8)],
    ['no JSON', 'hello'],
    ['not an object', 'null'],
    ['of an unknown kind', JSON.stringify({ kind: 'kick' })],
    ['too long to be said', JSON.stringify({ ...chat, text: 'x'.repeat(LONGEST_TEXT + 1) })],
    ['too long to be parsed', JSON.stringify({ ...chat, extra: 'x'.repeat(30_000) })],
    [
      'from somebody with too long a name',
      JSON.stringify({ ...presence, name: 'x'.repeat(LONGEST_NAME + 1) }),
    ],
  ])('is dropped when it is %s', (_, data) => {
    expect(parseChannelMessage(data)).toBeUndefined();
  });
});
