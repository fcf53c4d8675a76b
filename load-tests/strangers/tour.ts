import type { RequestName } from '@meshlift/protocol';
import { Member } from './member.ts';
import { path, requestOf } from './steps/members.ts';
import { proper, type Said } from './steps/payload.ts';
import { FRAGMENT, read, SDP } from './steps/sdp.ts';
import type { Visit } from './visit.ts';

/** What a session's first answer to a trickling client needs of it. */
const sameCredentials = (offer: string) =>
  `${offer.match(/a=ice-ufrag:.*\r\n/)?.[0]}${offer.match(/a=ice-pwd:.*\r\n/)?.[0]}a=end-of-candidates\r\n`;

/**
 * Every door once as it should be used, so that strangers are known to get through all of them: a room that is
 * published, lifted and left, and a stream by each protocol. Then the same requests again, when they are too late.
 *
 * @throws Error for what is not accepted
 */
export async function tour(visit: Visit): Promise<void> {
  await tourOfRoom(visit);
  await tourOfStreams(visit);
}

async function tourOfRoom(visit: Visit): Promise<void> {
  const say = async (member: Member, name: RequestName, words: Partial<Said> = {}) => {
    const payload = requestOf(visit, member, { name, said: { ...proper, ...words } });
    const told = await member.request(name, payload);
    if (!told || 'code' in told) throw new Error(`${name} was answered ${told?.code ?? 'by nothing'}`);
  };
  const host = await Member.enter(visit);
  await say(host, 'room:join');
  const guest = await Member.enter(visit);
  await say(guest, 'room:join');
  for (const name of ['room:signal', 'room:advise', 'room:publish', 'room:setAudience'] as const)
    await say(guest, name);
  await say(host, 'room:setLocked');

  const viewer = await Member.enter(visit);
  await say(viewer, 'stream:watch');

  await say(host, 'room:setMode');
  for (const member of [host, guest]) {
    for (const name of path) await say(member, name, { track: 'camera' });
    for (const name of [
      'transport:check',
      'transport:restartIce',
      'room:switchStep',
      'consumer:pause',
    ] as const)
      await say(member, name);
  }
  await playByWhep(visit);
  await say(host, 'room:decideSwitch');
  await say(guest, 'consumer:setLayers', { yes: false });
  for (const member of [host, guest]) await say(member, 'room:switchStep', { step: 3 });
  await say(guest, 'producer:setPaused');
  await say(guest, 'producer:close');
  await say(host, 'room:handOver');

  // Taken over from another connection, and closed there.
  const sessionId = guest.session('receiver') ?? '';
  await viewer.accepted('session:resume', { sessionId });
  await viewer.accepted('session:close', { sessionId });
  const [{ streamId, publishKey } = { streamId: '', publishKey: '' }] = visit.streams;
  await viewer.accepted('stream:publish', { streamId, publishKey });
}

async function playByWhep(visit: Visit): Promise<void> {
  const streamId = visit.streams.at(-1)?.streamId ?? '';
  const offer = read('chromium-watch-av.sdp');
  expectOk(await visit.ask('OPTIONS', `/whep/${streamId}`));
  const session = await visit.offer(`/whep/${streamId}`, [SDP], offer);
  if (!session) throw new Error('nothing is played by WHEP');
  const headers = ['Content-Type: application/json'];
  const { path } = session;
  const events = await visit.ask('POST', `${path}/events`, { headers, body: '["active","layers"]' });
  await visit.listen(new URL(expectOk(events).headers.get('location') ?? '', 'http://localhost').pathname);
  const layer = '{"mediaId":"1","encodingId":"0"}';
  expectOk(await visit.ask('POST', `${path}/layer`, { headers, body: layer }));
  expectOk(await visit.ask('DELETE', `${path}/layer`));
  await useSession(visit, session, offer);
}

async function tourOfStreams(visit: Visit): Promise<void> {
  const created = JSON.parse(expectOk(await visit.ask('POST', '/api/streams')).body);
  const headers = [`Authorization: Bearer ${created.publishKey}`];
  const offer = read('chromium-publish-av.sdp');
  expectOk(await visit.ask('OPTIONS', `/whip/${created.streamId}`));
  const session = await visit.offer(`/whip/${created.streamId}`, [SDP, ...headers], offer);
  if (!session) throw new Error('nothing is published by WHIP');
  expectOk(await visit.ask('GET', `/api/streams/${created.streamId}`, { headers }));
  await useSession(visit, session, offer);
  const rotated = expectOk(await visit.ask('POST', `/api/streams/${created.streamId}/rotate`, { headers }));
  const { streamId } = JSON.parse(rotated.body);
  expectOk(await visit.ask('DELETE', `/api/streams/${streamId}`, { headers }));
}

/** Candidates under the right tag, under a wrong one, and the end, twice. */
async function useSession(visit: Visit, { path, etag }: { path: string; etag: string }, offer: string) {
  const body = sameCredentials(offer);
  const patch = (tag: string) => visit.ask('PATCH', path, { headers: [FRAGMENT, `If-Match: ${tag}`], body });
  expectOk(await patch(etag));
  await patch('"another"');
  for (let time = 0; time < 2; time += 1) expectOk(await visit.ask('DELETE', path));
  await patch(etag);
}

function expectOk<T extends { status: number; body: string }>(answer: T | undefined): T {
  if (answer && answer.status < 400) return answer;
  throw new Error(`answered ${answer?.status}: ${answer?.body}`);
}
