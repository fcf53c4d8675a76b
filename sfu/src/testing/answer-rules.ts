import { parse, type SessionDescription } from 'sdp-transform';
import { expect } from 'vitest';

type Section = SessionDescription['media'][number];

/** What an answer may say to a direction that was offered (RFC 3264, section 6.1). */
const DIRECTIONS: Record<string, string[]> = {
  sendrecv: ['sendonly', 'recvonly', 'sendrecv', 'inactive'],
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
};

const numbersOf = ({ payloads }: Section) => String(payloads).split(' ').map(Number);

const extensionsOf = ({ ext = [] }: Pick<SessionDescription, 'ext'>) =>
  ext.map(({ uri, value }) => `${value} ${uri}`);

/**
 * Holds an answer against its offer: RFC 3264 and RFC 9429 on what may be answered, RFC 9143 on bundles, RFC 8842 on
 * DTLS, RFC 8445 on ICE-lite.
 *
 * @returns the answer's sections that are not switched off
 */
export function expectToAnswer(offerText: string, answerText: string): Section[] {
  const offer = parse(offerText);
  const answer = parse(answerText);
  expect(answerText).toMatch(/^v=0\r\n(?:[a-z]=[^\r\n]+\r\n)+$/);
  expect(answer.icelite).toBe('ice-lite');
  expect(answer.fingerprint?.type).toBe('sha-256');
  expect(answer.media.map(({ type, mid }) => [type, mid])).toEqual(
    offer.media.map(({ type, mid }) => [type, mid]),
  );
  expect(answer.media.map(({ protocol }) => protocol)).toEqual(offer.media.map(({ protocol }) => protocol));
  const used = answer.media.filter(({ port }) => port !== 0);
  for (const section of used) {
    const offered = offer.media[answer.media.indexOf(section)];
    if (offered) expectSectionToAnswer({ offer, offered }, section);
  }
  expectOneBundle(offer, answer, used);
  // One handshake for all; an offer that contradicts itself is answered by one of what it says.
  const setups = offer.media.map(({ setup }) => setup ?? offer.setup);
  const fitting = setups.map((setup) => (setup === 'passive' ? 'active' : 'passive'));
  expect(new Set(used.map(({ setup }) => setup)).size).toBe(1);
  expect(fitting).toContain(used[0]?.setup);
  // The section that the bundle names first speaks of the transport for all of them.
  const [speaker] = String(answer.groups?.[0]?.mids ?? used[0]?.mid).split(' ');
  const speaking = used.find(({ mid }) => String(mid) === speaker) ?? used[0];
  expect(speaking?.candidates?.length).toBeGreaterThan(0);
  expect(speaking?.endOfCandidates).toBeDefined();
  expect(new Set(used.map(({ iceUfrag, icePwd }) => `${iceUfrag} ${icePwd}`)).size).toBe(1);
  return used;
}

function expectSectionToAnswer(
  { offer, offered }: { offer: SessionDescription; offered: Section },
  section: Section,
): void {
  const direction = offered.direction ?? offer.direction ?? 'sendrecv';
  expect(DIRECTIONS[direction]).toContain(section.direction);
  const numbers = numbersOf(section);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbersOf(offered)).toEqual(expect.arrayContaining(numbers));
  const nameOf = (from: Section, number: number) =>
    from.rtp
      .find(({ payload }) => payload === number)
      ?.codec.toString()
      .toLowerCase();
  for (const number of numbers) expect(nameOf(section, number)).toBe(nameOf(offered, number));
  expect(section.rtp.map(({ payload }) => payload)).toEqual(numbers);
  expect(new Set((section.ext ?? []).map(({ value }) => value)).size).toBe(section.ext?.length ?? 0);
  expect([...extensionsOf(offer), ...extensionsOf(offered)]).toEqual(
    expect.arrayContaining(extensionsOf(section)),
  );
  expect(section.rtcpMux).toBe('rtcp-mux');
  const rids = (from: Section) => (from.rids ?? []).map(({ id }) => id);
  expect(rids(offered)).toEqual(expect.arrayContaining(rids(section)));
  expect((section.rids ?? []).every((rid) => rid.direction === 'recv')).toBe(true);
}

function expectOneBundle(offer: SessionDescription, answer: SessionDescription, used: Section[]): void {
  const bundles = (session: SessionDescription) =>
    (session.groups ?? []).filter(({ type }) => type === 'BUNDLE').map(({ mids }) => String(mids).split(' '));
  const answered = bundles(answer);
  if (answered.length === 0) {
    expect(used).toHaveLength(1);
    return;
  }
  const mids = new Set(used.map(({ mid }) => String(mid)));
  expect(new Set(answered.flat())).toEqual(mids);
  // In the order of the offer, so that the same section speaks for all on both sides.
  const inOrder = bundles(offer).map((group) => [...new Set(group)].filter((mid) => mids.has(mid)));
  expect(inOrder).toContainEqual(answered[0]);
  expect(answered).toHaveLength(1);
}
