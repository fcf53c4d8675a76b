import type { CreatedStream, ErrorBody } from '@meshlift/protocol';
import { audioSection, offerOf, receiving, videoSection } from '@meshlift/sfu/testing/sdp';
import { expect, vi } from 'vitest';
import { SdpPeer } from './sdp-peer.ts';
import { TestServer } from './test-server.ts';

/** What speaks to a server, directly or through a proxy. */
type Server = Pick<TestServer, 'url' | 'metric'>;

/** What an encoder offers that sends sound and picture. Nobody ever connects with it. */
export const publishOffer = offerOf([audioSection(), videoSection()]);
/** What a player offers. */
export const playOffer = offerOf([receiving(audioSection()), receiving(videoSection())]);
/** What nobody can serve. */
export const unservedOffer = publishOffer.replaceAll('VP8', 'H265');

export const SDP = { 'content-type': 'application/sdp' };
export const FRAGMENT = { 'content-type': 'application/trickle-ice-sdpfrag' };

/** A request with whatever headers and body; no header is added. */
export function ask(
  method: string,
  url: string,
  options: { headers?: Record<string, string>; body?: string } = {},
): Promise<Response> {
  return fetch(url, { method, ...options });
}

/** `POST` of something as JSON. */
export const post = (url: string, body: unknown): Promise<Response> =>
  ask('POST', url, { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

/** `POST` of an offer by WHIP. */
export const publish = (server: Server, streamId: string, key: string, body: string = publishOffer) =>
  ask('POST', `${server.url}/whip/${streamId}`, {
    headers: { ...SDP, authorization: `Bearer ${key}` },
    body,
  });

/** `POST` of an offer by WHEP. */
export const play = (server: Server, streamId: string, body: string = playOffer) =>
  ask('POST', `${server.url}/whep/${streamId}`, { headers: SDP, body });

/** Status and code of an answer that is an error. */
export async function refusalOf(response: Response): Promise<[number, string]> {
  const { error } = (await response.json()) as ErrorBody;
  return [response.status, error.code];
}

/** The address of the session that was made. */
export function sessionUrl(response: Response): string {
  const location = response.headers.get('location');
  if (response.status !== 201 || !location) throw new Error(`no session: ${response.status}`);
  return location;
}

/**
 * Publishes for real by WHIP: the stream is live when this resolves.
 *
 * @param packets how many it sends each time, see `SdpPeer`
 */
export async function publishLive(
  server: Server,
  { streamId, publishKey, packets }: Pick<CreatedStream, 'streamId' | 'publishKey'> & { packets?: number },
  ...kinds: ('audio' | 'video')[]
) {
  const before = await liveStreams(server);
  const peer = await SdpPeer.create('SendOnly', ...kinds);
  const response = await publish(server, streamId, publishKey, peer.offer);
  const url = sessionUrl(response);
  await peer.connect(await response.text());
  peer.send(packets);
  // The server may see it connect a little later than the peer does.
  await vi.waitFor(async () => expect(await liveStreams(server)).toBe(before + 1), { timeout: 5_000 });
  return { peer, url, etag: response.headers.get('etag') ?? '' };
}

export const liveStreams = (server: Server) => server.metric('meshlift_streams{state="live"}');

/** Watches for real by WHEP: audio and video arrive when this resolves. */
export async function watchLive(server: Server, { streamId }: Pick<CreatedStream, 'streamId'>) {
  const peer = await SdpPeer.create('RecvOnly', 'audio', 'video');
  const response = await play(server, streamId, peer.offer);
  const url = sessionUrl(response);
  await peer.connect(await response.text());
  await vi.waitFor(() => expect(Math.min(...Object.values(peer.received))).toBeGreaterThan(0), {
    timeout: 5_000,
  });
  return { peer, url };
}

/** A WHEP viewer of a stream that is live. */
export async function startWatching(offer?: string) {
  const server = await TestServer.start();
  const stream = await server.createStream();
  const live = await publishLive(server, stream, 'audio', 'video');
  return { server, stream, live, url: sessionUrl(await play(server, stream.streamId, offer)) };
}
