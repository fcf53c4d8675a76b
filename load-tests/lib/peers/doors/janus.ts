import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Door } from '../../relays/relay.ts';
import type { ReceivingPeer } from '../receiving-peer.ts';
import type { Entry } from './entry.ts';

/** What of an answer of Janus anybody here needs. */
const answerSchema = z.object({
  /** `success`, `ack`, `event`, or `error`. */
  janus: z.string(),
  data: z.object({ id: z.number() }).optional(),
  plugindata: z.object({ data: z.object({ error: z.string().optional() }) }).optional(),
  jsep: z.object({ sdp: z.string() }).optional(),
  error: z.object({ reason: z.string() }).optional(),
});

type Answer = z.infer<typeof answerSchema>;

/**
 * By the HTTP API of Janus and its streaming plugin: a session, a handle, the offer of Janus, our answer. After
 * that the viewer needs no connection to the API: the session has no timeout, by configuration.
 */
export async function enterByJanus(
  { url, mountpoint }: Door & { kind: 'janus' },
  peer: ReceivingPeer,
): Promise<Entry> {
  const session = `${url}/${idOf(await ask(url, { janus: 'create' }))}`;
  const leave = async () => {
    await ask(session, { janus: 'destroy' });
  };
  try {
    const handle = `${session}/${idOf(await ask(session, { janus: 'attach', plugin: 'janus.plugin.streaming' }))}`;
    await ask(handle, { janus: 'message', body: { request: 'watch', id: mountpoint } });
    const sdp = await peer.answer(plain(await jsepOf(session)));
    const jsep = { type: 'answer', sdp };
    await ask(handle, { janus: 'message', body: { request: 'start' }, jsep });
    return { leave };
  } catch (error) {
    await leave().catch(() => undefined);
    throw error;
  }
}

/**
 * The offer without what viewers at the other doors do not offer either: header extensions, which would make each
 * packet longer, and a stream of its own for retransmissions. libdatachannel would agree to all of it.
 *
 * Janus is made to begin the DTLS handshake: its ICE is ready some ms later than ours, so that it drops what we
 * begin with, and we would say that again only after a second.
 */
function plain(offer: string): string {
  const rtx = /^a=rtpmap:(\d+) rtx\//m.exec(offer)?.[1];
  const again = /^a=ssrc-group:FID \d+ (\d+)/m.exec(offer)?.[1];
  return offer
    .split(/\r?\n/)
    .filter((line) => !/^a=(?:extmap|ssrc-group)/.test(line) && !line.endsWith(' transport-cc'))
    .filter((line) => rtx === undefined || !new RegExp(`^a=(?:rtpmap|fmtp|rtcp-fb):${rtx} `).test(line))
    .filter((line) => again === undefined || !line.startsWith(`a=ssrc:${again} `))
    .map((line) => (rtx !== undefined && line.startsWith('m=') ? line.replace(` ${rtx}`, '') : line))
    .map((line) => (line === 'a=setup:actpass' ? 'a=setup:active' : line))
    .join('\r\n');
}

function idOf({ data }: Answer): number {
  if (!data) throw new Error('Janus has named no id');
  return data.id;
}

/** Plugins answer later, by events, which are asked for until the one with the offer comes. */
async function jsepOf(session: string): Promise<string> {
  for (;;) {
    const event = await read(await fetch(`${session}?maxev=1`));
    const refused = event.plugindata?.data.error;
    if (refused !== undefined) throw new Error(`refused: ${refused}`);
    if (event.jsep) return event.jsep.sdp;
  }
}

async function ask(url: string, message: object): Promise<Answer> {
  const body = JSON.stringify({ ...message, transaction: randomUUID() });
  return read(await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }));
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  // Its identifiers are integers of up to 53 bits, which JSON carries whole.
  const answer = answerSchema.parse(JSON.parse(text));
  if (answer.janus === 'error') throw new Error(`refused: ${answer.error?.reason ?? text}`);
  return answer;
}
